/** Sets of weights that a file offers: one, or several where a checkpoint keeps more than the net. */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';

export interface Candidate {
  /** Where in the file: `model_state_dict`; empty for the file itself. */
  readonly key: string;
  readonly tensors: readonly NamedTensor[];
}

export interface WeightsFile {
  readonly candidates: readonly Candidate[];
  /** Whether the weights stand in the order in which the class makes its modules; safetensors are sorted by their names. */
  readonly ordered: boolean;
  /** What was done on the way and the user should know; for instance that float16 was widened. */
  readonly notes: readonly ProblemRecord[];
}
