/** Runs whose folders are there, but which history does not know: at a start the window offers once to take them back. */
import type { FoundRun } from '../../../shared/api/calls/recovery.ts';
import type { LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';

export class FoundRuns {
  /** To be offered; empty where there are none, or where the person has said no. */
  offered = $state.raw<readonly FoundRun[]>([]);
  busy = $state.raw(false);
  /** What kept some of them from it. */
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

  /** Until the next start. */
  decline(): void {
    this.offered = [];
    this.problems = [];
  }
}
