/**
 * Follows runs, new or resumed ones, from their start to their end, and stops them at the user's request. A
 * reporter shows their progress (`jsonReport.ts`, `textReport.ts`).
 */
import type { EventPayload, LabClient } from '../../../shared/api/api.ts';
import type { RunStatus, RunSummary } from '../../../shared/runs/runs.ts';
import { exitCodes } from '../../host/exitCodes.ts';

export interface Reporter {
  /** Called once, first, with all runs. */
  started(runs: readonly RunSummary[]): void;
  runningLoss(record: EventPayload<'run.runningLoss'>): void;
  epoch(record: EventPayload<'run.epoch'>): void;
  batchLosses(batch: EventPayload<'run.batchLosses'>): void;
  /** Called once per run. */
  ended(run: RunSummary): void;
  /** Called at Ctrl-C, while checkpoints are being written. */
  stopping(): void;
  /** Called once, last, with the final state of all runs. */
  finished(runs: readonly RunSummary[]): void;
}

const underWay: readonly RunStatus[] = ['queued', 'running'];

/**
 * Follows the runs that `begin` starts in the lab; `stop` is aborted when they are to end. Returns the exit
 * code: 0 if all runs finished, 130 if they were stopped, 1 if one failed.
 */
export async function follow(
  lab: LabClient,
  begin: () => Promise<readonly RunSummary[]>,
  report: Reporter,
  stop: AbortSignal,
): Promise<number> {
  const runs = new Map<number, RunSummary>();
  const allEnded = Promise.withResolvers<void>();
  const change = (run: RunSummary) => {
    const before = runs.get(run.id);
    if (!before || !underWay.includes(before.status)) return;
    runs.set(run.id, run);
    if (underWay.includes(run.status)) return;
    report.ended(run);
    if (![...runs.values()].some(({ status }) => underWay.includes(status))) allEnded.resolve();
  };

  // Events may arrive before the reply that identifies their runs, so they are kept until then. Only the last
  // change of each run counts, because a resumed one may first have been found interrupted.
  let early: (() => void)[] | null = [];
  const earlyChanges = new Map<number, RunSummary>();
  const records = <P extends { run: number }>(tell: (payload: P) => void) => {
    const listener = (payload: P) => {
      if (early)
        early.push(() => {
          listener(payload);
        });
      else if (runs.has(payload.run)) tell(payload);
    };
    return listener;
  };
  const silences = [
    lab.on('run.changed', (run) => {
      if (early) earlyChanges.set(run.id, run);
      else change(run);
    }),
    lab.on(
      'run.batchLosses',
      records((batch) => {
        report.batchLosses(batch);
      }),
    ),
    lab.on(
      'run.runningLoss',
      records((record) => {
        report.runningLoss(record);
      }),
    ),
    lab.on(
      'run.epoch',
      records((record) => {
        report.epoch(record);
      }),
    ),
  ];

  try {
    const begun = await begin();
    for (const run of begun) runs.set(run.id, { ...run, status: 'queued' });
    report.started(begun);
    const waiting = early;
    early = null;
    for (const event of waiting) event();
    for (const run of begun) change(earlyChanges.get(run.id) ?? run);

    const stopAll = () => {
      report.stopping();
      for (const [run, { status }] of runs) {
        // If stopping fails, the run's status shows it, as at any other time.
        if (underWay.includes(status)) void lab.call('runs.stop', { run }).catch(() => undefined);
      }
    };
    if (stop.aborted) stopAll();
    else stop.addEventListener('abort', stopAll, { once: true });
    await allEnded.promise;
    stop.removeEventListener('abort', stopAll);
  } finally {
    for (const silence of silences) silence();
  }

  report.finished([...runs.values()]);
  const statuses = [...runs.values()].map(({ status }) => status);
  if (statuses.includes('failed')) return exitCodes.failure;
  return statuses.every((status) => status === 'finished') ? exitCodes.ok : exitCodes.interrupted;
}
