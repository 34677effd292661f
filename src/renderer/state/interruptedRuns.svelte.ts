/**
 * Runs that were cut off: Stride was quit while they trained (with a checkpoint each), or its process died. At the next
 * start the window offers once to let them go on, or lets them go on by itself where that was asked for.
 */
import type { LabClient } from '../../shared/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../shared/problem.ts';
import type { RunSummary } from '../../shared/runs.ts';
import type { PreferencesState } from './preferences.svelte.ts';

/** More are not named, but resumed all the same. */
const most = 1000;

export class InterruptedRuns {
  /** To be offered, the newest first; empty where nothing is, or the person has said no. */
  offered = $state.raw<readonly RunSummary[]>([]);
  busy = $state.raw(false);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: LabClient;
  readonly #preferences: PreferencesState;
  readonly #onResumed: (runs: readonly RunSummary[]) => void;

  /** `onResumed` hears of those that go on without having been asked about. */
  constructor(
    lab: LabClient,
    preferences: PreferencesState,
    onResumed: (runs: readonly RunSummary[]) => void,
  ) {
    this.#lab = lab;
    this.#preferences = preferences;
    this.#onResumed = onResumed;
    lab.on('run.changed', (run) => {
      // Resumed on its own page, or in another window.
      if (run.status !== 'interrupted') this.#forget([run.id]);
    });
    lab.on('runs.removed', ({ runs }) => {
      this.#forget(runs);
    });
  }

  /** When the preferences are there. */
  async load(): Promise<void> {
    try {
      const { rows } = await this.#lab.call('runs.query', { filter: 'status:interrupted', rows: most });
      const declined = this.#preferences.get('runs.resumeDeclined');
      const fresh = rows.filter(({ endedAt }) => endedAt !== null && endedAt > declined);
      this.offered = fresh;
      if (fresh.length > 0 && this.#preferences.get('runs.resumeAtStart')) {
        await this.resume();
        if (!this.problem) this.#onResumed(fresh);
      }
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  /** The oldest first, as they were started. What cannot be resumed stays offered, with the reason. */
  async resume(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    for (const { id } of this.offered.toReversed()) {
      try {
        await this.#lab.call('runs.resume', { run: id });
        this.#forget([id]);
      } catch (error) {
        this.problem = toProblemRecord(error);
      }
    }
    this.busy = false;
  }

  /** These are not offered again; they can be resumed on their own pages. */
  decline(): void {
    const latest = this.offered.map(({ endedAt }) => endedAt ?? '').sort();
    this.#preferences.set('runs.resumeDeclined', latest.at(-1) ?? '');
    this.offered = [];
    this.problem = null;
  }

  #forget(runs: readonly number[]): void {
    if (this.offered.some(({ id }) => runs.includes(id)))
      this.offered = this.offered.filter(({ id }) => !runs.includes(id));
  }
}
