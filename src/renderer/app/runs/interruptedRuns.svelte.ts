/**
 * Interrupted runs: Stride was quit while they trained (each with a checkpoint), or its process died. At the next start
 * the window offers once to resume them, or resumes them automatically if that was set. An interrupted sweep is offered
 * as one: it knows which of its runs remain, even if none of them was running.
 */
import type { LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import { type RunSummary, endedProcess } from '../../../shared/runs/runs.ts';
import type { SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import type { PreferencesState } from '../preferences/preferences.svelte.ts';

/** Runs beyond this number are not named, but they are still resumed. */
const most = 1000;

export type Offered =
  | { readonly kind: 'run'; readonly run: RunSummary; readonly at: string }
  | { readonly kind: 'sweep'; readonly sweep: SweepSummary; readonly at: string };

export class InterruptedRuns {
  /** The runs and sweeps to offer, newest first; empty if there are none, or the person has declined. */
  offered = $state.raw<readonly Offered[]>([]);
  busy = $state.raw(false);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: LabClient;
  readonly #preferences: PreferencesState;
  readonly #onResumed: (what: readonly Offered[]) => void;

  /** `onResumed` is called with those that were resumed automatically. */
  constructor(lab: LabClient, preferences: PreferencesState, onResumed: (what: readonly Offered[]) => void) {
    this.#lab = lab;
    this.#preferences = preferences;
    this.#onResumed = onResumed;
    lab.on('run.changed', (run) => {
      // The run was resumed on its own page, or in another window.
      if (run.status !== 'interrupted') this.#forgetRuns([run.id]);
    });
    lab.on('sweep.changed', (sweep) => {
      if (sweep.status !== 'interrupted') this.#keep((each) => !isSweep(each, sweep.id));
    });
    lab.on('runs.removed', ({ runs }) => {
      this.#forgetRuns(runs);
    });
  }

  /** Call this once the preferences have been loaded. */
  async load(): Promise<void> {
    try {
      const [{ rows }, { sweeps }] = await Promise.all([
        this.#lab.call('runs.query', { filter: 'status:interrupted', rows: most }),
        this.#lab.call('sweeps.list', { limit: most }),
      ]);
      const declined = this.#preferences.get('runs.resumeDeclined');
      const fresh = offersOf(rows, sweeps).filter(({ at }) => at > declined);
      this.offered = fresh;
      const safe = fresh.filter((offer) => !tookProcess(offer));
      if (safe.length > 0 && this.#preferences.get('runs.resumeAtStart')) {
        await this.resume(safe);
        if (!this.problem) this.#onResumed(safe);
      }
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  /** Resumes them in the order of their start. Those that cannot be resumed stay offered, with the reason. */
  async resume(which: readonly Offered[] = this.offered): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    for (const offer of which.toReversed()) {
      try {
        if (offer.kind === 'sweep') await this.#lab.call('sweeps.resume', { sweep: offer.sweep.id });
        else await this.#lab.call('runs.resume', { run: offer.run.id });
        this.#keep((each) => each !== offer);
      } catch (error) {
        this.problem = toProblemRecord(error);
      }
    }
    this.busy = false;
  }

  /** Declined runs are not offered again; they can be resumed on their own pages. */
  decline(): void {
    const latest = this.offered.map(({ at }) => at).sort();
    this.#preferences.set('runs.resumeDeclined', latest.at(-1) ?? '');
    this.offered = [];
    this.problem = null;
  }

  #forgetRuns(runs: readonly number[]): void {
    this.#keep((each) => each.kind !== 'run' || !runs.includes(each.run.id));
  }

  #keep(which: (each: Offered) => boolean): void {
    const left = this.offered.filter(which);
    if (left.length < this.offered.length) this.offered = left;
  }
}

/** Returns the problem of a run or sweep that ended its own process, or null. */
export function tookProcess(offer: Offered): ProblemRecord | null {
  const { problem } = offer.kind === 'run' ? offer.run : offer.sweep;
  return problem && endedProcess(problem.code) ? problem : null;
}

function isSweep(each: Offered, id: number): boolean {
  return each.kind === 'sweep' && each.sweep.id === id;
}

/** Runs of an interrupted sweep are resumed by the sweep; those of a cancelled one are offered individually. */
function offersOf(rows: readonly RunSummary[], all: readonly SweepSummary[]): Offered[] {
  const sweeps = all.filter(({ status }) => status === 'interrupted');
  const cut = new Set(sweeps.map(({ id }) => id));
  const runs = rows.filter(({ endedAt, sweep }) => endedAt !== null && !(sweep && cut.has(sweep.id)));
  const ends = (id: number) =>
    rows.flatMap(({ sweep, endedAt }) => (sweep?.id === id && endedAt ? [endedAt] : []));
  return [
    ...runs.map((run): Offered => ({ kind: 'run', run, at: run.endedAt ?? '' })),
    ...sweeps.map((sweep): Offered => {
      // A sweep whose process died has no end time of its own.
      const at = [...ends(sweep.id), sweep.endedAt ?? sweep.createdAt].sort().at(-1) ?? '';
      return { kind: 'sweep', sweep, at };
    }),
  ].sort((a, b) => b.at.localeCompare(a.at));
}
