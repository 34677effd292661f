/** Follows a sweep, new or resumed, to its end, and pauses it at the user's request. */
import type { LabClient } from '../../../shared/api/api.ts';
import type { RunStatus, RunSummary } from '../../../shared/runs/runs.ts';
import type { SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import { exitCodes } from '../../host/exitCodes.ts';
import type { SweepReporter } from './sweepReport.ts';

const ends: readonly RunStatus[] = ['finished', 'failed'];

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
  const over = Promise.withResolvers<void>();
  let sweep: SweepSummary | undefined;
  const told = new Set<number>();

  const change = (changed: SweepSummary) => {
    if (changed.id !== sweep?.id) return;
    sweep = changed;
    report.changed(changed);
    if (changed.status !== 'running') over.resolve();
  };
  const changeRun = (run: RunSummary) => {
    if (!sweep || run.sweep?.id !== sweep.id || told.has(run.id)) return;
    if (run.status === 'running') report.running(run);
    if (!ends.includes(run.status)) return;
    told.add(run.id);
    // The sweep's own event comes after its run's.
    const key = run.status === 'finished' ? 'finished' : 'failed';
    report.ended(run, { ...sweep, runs: { ...sweep.runs, [key]: sweep.runs[key] + 1 } });
  };

  // Events may arrive before the reply that identifies the sweep, so the last event of each run and sweep is
  // kept until then.
  let early: { runs: Map<number, RunSummary>; sweeps: Map<number, SweepSummary> } | null = {
    runs: new Map(),
    sweeps: new Map(),
  };
  const silences = [
    lab.on('run.changed', (run) => {
      if (early) early.runs.set(run.id, run);
      else changeRun(run);
    }),
    lab.on('sweep.changed', (changed) => {
      if (early) early.sweeps.set(changed.id, changed);
      else change(changed);
    }),
    lab.on('run.batchLosses', (batch) => {
      report.batchLosses(batch);
    }),
  ];

  try {
    const begun = await begin();
    sweep = begun;
    report.started(begun);
    const waiting = early;
    early = null;
    for (const run of waiting.runs.values()) changeRun(run);
    change(waiting.sweeps.get(begun.id) ?? begun);

    const pause = () => {
      report.stopping();
      // The sweep may have ended meanwhile, which its status shows.
      lab.call('sweeps.pause', { sweep: begun.id }).then(change, () => over.resolve());
    };
    if (stop.aborted) pause();
    else stop.addEventListener('abort', pause, { once: true });
    await over.promise;
    stop.removeEventListener('abort', pause);

    const detail = await lab.call('sweeps.get', { sweep: begun.id });
    report.finished(detail);
    if (detail.status === 'paused' || detail.status === 'cancelled') return exitCodes.interrupted;
    return detail.runs.finished === detail.runs.total ? exitCodes.ok : exitCodes.failure;
  } finally {
    for (const silence of silences) silence();
  }
}
