/** Follows a sweep, new or resumed, to its end, and pauses it at the user's request. */
import type { LabClient } from '../../../shared/api/api.ts';
import type { RunStatus, RunSummary } from '../../../shared/runs/runs.ts';
import type { SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import { exitCodes } from '../../host/exitCodes.ts';
import { waitFor } from './follow.ts';
import type { SweepReporter } from './sweepReport.ts';

const ends: readonly RunStatus[] = ['finished', 'failed'];

/** The sweep that is followed, and what has been heard of it. */
class FollowedSweep {
  readonly #lab: LabClient;
  readonly #report: SweepReporter;
  readonly #over = Promise.withResolvers<void>();
  #sweep: SweepSummary | undefined;
  /** Numbers of the runs whose end has been reported. */
  readonly #told = new Set<number>();
  /**
   * Events may arrive before the reply that identifies the sweep, so the last event of each run and sweep is kept until
   * then.
   */
  #early: { runs: Map<number, RunSummary>; sweeps: Map<number, SweepSummary> } | null = {
    runs: new Map(),
    sweeps: new Map(),
  };

  constructor(lab: LabClient, report: SweepReporter) {
    this.#lab = lab;
    this.#report = report;
  }

  /** Resolves when the sweep is not running any more. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Returns the function that ends listening. */
  listen(): () => void {
    const silences = [
      this.#lab.on('run.changed', (run) => {
        if (this.#early) this.#early.runs.set(run.id, run);
        else this.#changeRun(run);
      }),
      this.#lab.on('sweep.changed', (changed) => {
        if (this.#early) this.#early.sweeps.set(changed.id, changed);
        else this.#change(changed);
      }),
      this.#lab.on('run.batchLosses', (batch) => {
        this.#report.batchLosses(batch);
      }),
    ];
    return () => {
      for (const silence of silences) silence();
    };
  }

  /** Begins to report this sweep, first what has been heard of it before. */
  begun(sweep: SweepSummary): void {
    this.#sweep = sweep;
    this.#report.started(sweep);
    const waiting = this.#early;
    this.#early = null;
    for (const run of waiting?.runs.values() ?? []) this.#changeRun(run);
    this.#change(waiting?.sweeps.get(sweep.id) ?? sweep);
  }

  pause(sweep: number): void {
    this.#report.stopping();
    // The sweep may have ended meanwhile, which its status shows.
    this.#lab.call('sweeps.pause', { sweep }).then(
      (changed) => {
        this.#change(changed);
      },
      () => {
        this.#over.resolve();
      },
    );
  }

  #change(changed: SweepSummary): void {
    if (changed.id !== this.#sweep?.id) return;
    this.#sweep = changed;
    this.#report.changed(changed);
    if (changed.status !== 'running') this.#over.resolve();
  }

  #changeRun(run: RunSummary): void {
    const sweep = this.#sweep;
    if (!sweep || run.sweep?.id !== sweep.id || this.#told.has(run.id)) return;
    if (run.status === 'running') this.#report.running(run);
    if (!ends.includes(run.status)) return;
    this.#told.add(run.id);
    // The sweep's own event comes after its run's.
    const key = run.status === 'finished' ? 'finished' : 'failed';
    this.#report.ended(run, { ...sweep, runs: { ...sweep.runs, [key]: sweep.runs[key] + 1 } });
  }
}

/**
 * Follows the sweep that `begin` starts in the lab; `stop` is aborted when it is to pause. Returns the exit
 * code: 0 if all runs finished, 130 if it was paused or cancelled, 1 if a run failed or something interrupted
 * it.
 */
export async function followSweep(
  lab: LabClient,
  begin: () => Promise<SweepSummary>,
  report: SweepReporter,
  stop: AbortSignal,
): Promise<number> {
  const followed = new FollowedSweep(lab, report);
  const silence = followed.listen();
  try {
    const begun = await begin();
    const { id } = begun;
    followed.begun(begun);
    await waitFor(followed.over, stop, () => {
      followed.pause(id);
    });
    const detail = await lab.call('sweeps.get', { sweep: id });
    report.finished(detail);
    if (detail.status === 'paused' || detail.status === 'cancelled') return exitCodes.interrupted;
    return detail.runs.finished === detail.runs.total ? exitCodes.ok : exitCodes.failure;
  } finally {
    silence();
  }
}
