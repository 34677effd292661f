/** Sets of weights in a file: one, or several if a checkpoint stores more than the net. */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';

export interface Candidate {
  /** Key of the set in the file: `model_state_dict`; empty for the file itself. */
  readonly key: string;
  readonly tensors: readonly NamedTensor[];
}

export interface WeightsFile {
  readonly candidates: readonly Candidate[];
  /**
   * Whether the weights are in the order in which the class creates its modules; safetensors are sorted by
   * name.
   */
  readonly ordered: boolean;
  /** Notes for the user about the reading, for instance that float16 was widened. */
  readonly notes: readonly ProblemRecord[];
}
