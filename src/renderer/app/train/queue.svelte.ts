/** The queued runs, in their order, and the actions on them. */
import type { LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';

export class QueueState {
  waiting = $state.raw<readonly number[]>([]);
  /** The reason why the last action failed. */
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: LabClient;

  constructor(lab: LabClient) {
    this.#lab = lab;
    lab.on('queue.changed', (waiting) => (this.waiting = waiting));
  }

  async load(): Promise<void> {
    await this.#try(async () => (this.waiting = await this.#lab.call('queue.list', {})));
  }

  /** Moves a run one place up (−1) or down (1). */
  async move(run: number, by: -1 | 1): Promise<void> {
    const from = this.waiting.indexOf(run);
    const to = from + by;
    if (from < 0 || to < 0 || to >= this.waiting.length) return;
    const before = (by < 0 ? this.waiting[to] : this.waiting[to + 1]) ?? null;
    await this.#try(async () => (this.waiting = await this.#lab.call('queue.move', { run, before })));
  }

  async startNow(run: number): Promise<void> {
    await this.#try(() => this.#lab.call('queue.startNow', { run }));
  }

  /** Stops a run before it has begun; it can be resumed like any other. */
  async remove(run: number): Promise<void> {
    await this.#try(() => this.#lab.call('runs.stop', { run }));
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }
}
