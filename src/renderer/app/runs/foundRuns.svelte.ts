/** Runs whose folders exist but which history does not list; at a start, the window offers once to recover them. */
import type { FoundRun } from '../../../shared/api/calls/recovery.ts';
import type { LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';

export class FoundRuns {
  /** The runs to offer; empty if there are none, or the person has declined. */
  offered = $state.raw<readonly FoundRun[]>([]);
  busy = $state.raw(false);
  /** The reasons why some of them could not be recovered. */
  problems = $state.raw<readonly ProblemRecord[]>([]);
  readonly #lab: LabClient;
  readonly #onRecovered: (runs: readonly number[]) => void;

  constructor(lab: LabClient, onRecovered: (runs: readonly number[]) => void) {
    this.#lab = lab;
    this.#onRecovered = onRecovered;
  }

  async load(): Promise<void> {
    try {
      this.offered = await this.#lab.call('recovery.list', {});
    } catch (error) {
      this.problems = [toProblemRecord(error)];
    }
  }

  async recover(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const numbers = this.offered.map(({ number }) => number);
      const { runs, problems } = await this.#lab.call('recovery.recover', { numbers });
      this.offered = await this.#lab.call('recovery.list', {});
      this.problems = problems;
      if (runs.length > 0) this.#onRecovered(runs);
    } catch (error) {
      this.problems = [toProblemRecord(error)];
    } finally {
      this.busy = false;
    }
  }

  /** Hides the offer until the next start. */
  decline(): void {
    this.offered = [];
    this.problems = [];
  }
}
