/**
 * Runs that were cut off: Stride was quit while they trained (with a checkpoint each), or its process died. At the next
 * start the window offers once to let them go on, or lets them go on by itself where that was asked for. A sweep that was
 * cut off is offered as one: it knows what of it is left to do, also where none of its runs was under way.
 */
import type { LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import { type RunSummary, endedProcess } from '../../../shared/runs/runs.ts';
import type { SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import type { PreferencesState } from '../preferences/preferences.svelte.ts';

/** More are not named, but resumed all the same. */
const most = 1000;

export type Offered =
  | { readonly kind: 'run'; readonly run: RunSummary; readonly at: string }
  | { readonly kind: 'sweep'; readonly sweep: SweepSummary; readonly at: string };

export class InterruptedRuns {
  /** To be offered, the newest first; empty where nothing is, or the person has said no. */
  offered = $state.raw<readonly Offered[]>([]);
  busy = $state.raw(false);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: LabClient;
  readonly #preferences: PreferencesState;
  readonly #onResumed: (what: readonly Offered[]) => void;

  /** `onResumed` hears of those that go on without having been asked about. */
  constructor(lab: LabClient, preferences: PreferencesState, onResumed: (what: readonly Offered[]) => void) {
    this.#lab = lab;
    this.#preferences = preferences;
    this.#onResumed = onResumed;
    lab.on('run.changed', (run) => {
      // Resumed on its own page, or in another window.
      if (run.status !== 'interrupted') this.#forgetRuns([run.id]);
    });
    lab.on('sweep.changed', (sweep) => {
      if (sweep.status !== 'interrupted') this.#keep((each) => !isSweep(each, sweep.id));
    });
    lab.on('runs.removed', ({ runs }) => {
      this.#forgetRuns(runs);
    });
  }

  /** When the preferences are there. */
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

  /** The oldest first, as they were started. What cannot be resumed stays offered, with the reason. */
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

  /** These are not offered again; they can be resumed on their own pages. */
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

/** What it was doing when it took its process along, where it did. */
export function tookProcess(offer: Offered): ProblemRecord | null {
  const { problem } = offer.kind === 'run' ? offer.run : offer.sweep;
  return problem && endedProcess(problem.code) ? problem : null;
}

function isSweep(each: Offered, id: number): boolean {
  return each.kind === 'sweep' && each.sweep.id === id;
}

/** Runs of a sweep that was cut off are the sweep's to resume; those of one that was cancelled stand for themselves. */
function offersOf(rows: readonly RunSummary[], all: readonly SweepSummary[]): Offered[] {
  const sweeps = all.filter(({ status }) => status === 'interrupted');
  const cut = new Set(sweeps.map(({ id }) => id));
  const runs = rows.filter(({ endedAt, sweep }) => endedAt !== null && !(sweep && cut.has(sweep.id)));
  const ends = (id: number) =>
    rows.flatMap(({ sweep, endedAt }) => (sweep?.id === id && endedAt ? [endedAt] : []));
  return [
    ...runs.map((run): Offered => ({ kind: 'run', run, at: run.endedAt ?? '' })),
    ...sweeps.map((sweep): Offered => {
      // One whose process died has no end of its own.
      const at = [...ends(sweep.id), sweep.endedAt ?? sweep.createdAt].sort().at(-1) ?? '';
      return { kind: 'sweep', sweep, at };
    }),
  ].sort((a, b) => b.at.localeCompare(a.at));
}
