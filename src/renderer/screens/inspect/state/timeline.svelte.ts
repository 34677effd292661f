/** The epochs whose states the inspected nets have kept: the positions of one slider for all of them. */
import type { CallReply, LabClient } from '../../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';

type Kept = CallReply<'inspect.epochs'>;

export class Timeline {
  /** The kept epochs by run. */
  kept = $state.raw<ReadonlyMap<number, Kept>>(new Map());
  problem = $state.raw<ProblemRecord | null>(null);
  /** All kept epochs in ascending order; a net may lack some of them. */
  readonly epochs: readonly number[] = $derived(
    [...new Set([...this.kept.values()].flatMap(({ epochs }) => epochs))].sort((a, b) => a - b),
  );
  readonly #lab: LabClient;

  constructor(lab: LabClient) {
    this.#lab = lab;
  }

  /** Never throws. */
  async load(runs: readonly number[]): Promise<void> {
    try {
      const found = runs.map(async (run) => [run, await this.#lab.call('inspect.epochs', { run })] as const);
      this.kept = new Map(await Promise.all(found));
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }
}
