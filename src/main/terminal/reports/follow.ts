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

/** Waits until `over` resolves. When `stop` is aborted before that, `act` is called once. */
export async function waitFor(over: Promise<void>, stop: AbortSignal, act: () => void): Promise<void> {
  if (stop.aborted) act();
  else stop.addEventListener('abort', act, { once: true });
  await over;
  stop.removeEventListener('abort', act);
}

/** The runs that are followed, and what has been heard of them. */
class FollowedRuns {
  readonly #lab: LabClient;
  readonly #report: Reporter;
  readonly #runs = new Map<number, RunSummary>();
  readonly #allEnded = Promise.withResolvers<void>();
  /**
   * Events may arrive before the reply that identifies their runs, so they are kept until then. Only the last change of
   * each run counts, because a resumed one may first have been found interrupted.
   */
  #early: (() => void)[] | null = [];
  readonly #earlyChanges = new Map<number, RunSummary>();

  constructor(lab: LabClient, report: Reporter) {
    this.#lab = lab;
    this.#report = report;
  }

  /** Resolves when no run is queued or running any more. */
  get ended(): Promise<void> {
    return this.#allEnded.promise;
  }

  /** Returns the function that ends listening. */
  listen(): () => void {
    const { batchLosses, runningLoss, epoch } = this.#reports();
    const silences = [
      this.#lab.on('run.changed', (run) => {
        if (this.#early) this.#earlyChanges.set(run.id, run);
        else this.#change(run);
      }),
      this.#lab.on('run.batchLosses', batchLosses),
      this.#lab.on('run.runningLoss', runningLoss),
      this.#lab.on('run.epoch', epoch),
    ];
    return () => {
      for (const silence of silences) silence();
    };
  }

  /** Begins to report these runs, first what has been heard of them before. */
  begun(runs: readonly RunSummary[]): void {
    for (const run of runs) this.#runs.set(run.id, { ...run, status: 'queued' });
    this.#report.started(runs);
    const waiting = this.#early ?? [];
    this.#early = null;
    for (const event of waiting) event();
    for (const run of runs) this.#change(this.#earlyChanges.get(run.id) ?? run);
  }

  stopAll(): void {
    this.#report.stopping();
    for (const [run, { status }] of this.#runs) {
      // If stopping fails, the run's status shows it, as at any other time.
      if (underWay.includes(status)) void this.#lab.call('runs.stop', { run }).catch(() => undefined);
    }
  }

  /** Reports the end, and returns the exit code. */
  finish(): number {
    this.#report.finished([...this.#runs.values()]);
    const statuses = [...this.#runs.values()].map(({ status }) => status);
    if (statuses.includes('failed')) return exitCodes.failure;
    return statuses.every((status) => status === 'finished') ? exitCodes.ok : exitCodes.interrupted;
  }

  /** Returns listeners that report what belongs to the followed runs. */
  #reports() {
    const own = <P extends { run: number }>(tell: (payload: P) => void) => {
      const listener = (payload: P): void => {
        if (this.#early) {
          this.#early.push(() => {
            listener(payload);
          });
        } else if (this.#runs.has(payload.run)) tell(payload);
      };
      return listener;
    };
    const report = this.#report;
    return {
      batchLosses: own<EventPayload<'run.batchLosses'>>((batch) => {
        report.batchLosses(batch);
      }),
      runningLoss: own<EventPayload<'run.runningLoss'>>((record) => {
        report.runningLoss(record);
      }),
      epoch: own<EventPayload<'run.epoch'>>((record) => {
        report.epoch(record);
      }),
    };
  }

  #change(run: RunSummary): void {
    const before = this.#runs.get(run.id);
    if (!before || !underWay.includes(before.status)) return;
    this.#runs.set(run.id, run);
    if (underWay.includes(run.status)) return;
    this.#report.ended(run);
    if (![...this.#runs.values()].some(({ status }) => underWay.includes(status))) this.#allEnded.resolve();
  }
}

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
  const followed = new FollowedRuns(lab, report);
  const silence = followed.listen();
  try {
    followed.begun(await begin());
    await waitFor(followed.ended, stop, () => {
      followed.stopAll();
    });
  } finally {
    silence();
  }
  return followed.finish();
}
