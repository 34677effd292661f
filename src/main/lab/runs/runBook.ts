/**
 * History as the lab uses it: every change of a run goes through here, is checked against the table of statuses, kept
 * and told to whoever listens.
 *
 * A status that cannot be kept (the disk is full, which may be just why the run failed) is remembered and shown, and
 * kept as soon as that works again. Were the process to end before, the next one would find the run interrupted.
 */
import { Problem, type ProblemRecord } from '../../../shared/base/problem.ts';
import type { RunDetail, RunStatus, RunSummary } from '../../../shared/runs/runs.ts';
import type { Happening, RunEvent } from '../../../shared/runs/runEvents.ts';
import type { History } from '../../history/open.ts';
import type { RunPosition } from '../../history/tables/runEvents.ts';
import type { Events } from '../base/events.ts';
import { canFollow } from '../base/status.ts';

const doings = {
  loading: { code: 'run.process-ended-loading', words: 'building its graph' },
  firstStep: { code: 'run.process-ended-first-step', words: 'taking its first step' },
  firstEvaluation: { code: 'run.process-ended-first-evaluation', words: 'evaluated for the first time' },
} as const;

interface Unsaved {
  readonly status: RunStatus;
  readonly problem: ProblemRecord | null;
}

export class RunBook {
  readonly history: History;
  readonly #events: Events;
  readonly #unsaved = new Map<number, Unsaved>();

  constructor(history: History, events: Events) {
    this.history = history;
    this.#events = events;
  }

  /** Throws a `Problem` where there is no such run. */
  summary(id: number): RunSummary {
    return this.#current(this.history.runs.summary(id) ?? unknownRun(id));
  }

  detail(id: number): RunDetail {
    return this.#current(this.history.detail(id) ?? unknownRun(id));
  }

  /** In the order asked for; those that are not there are left out. */
  rows(ids: readonly number[]): RunSummary[] {
    return this.history.runs.rows(ids).map((run) => this.#current(run));
  }

  list(limit: number, offset: number): { runs: RunSummary[]; total: number } {
    const runs = this.history.runs.list(limit, offset).map((run) => this.#current(run));
    return { runs, total: this.history.runs.count() };
  }

  /** Tells that something about the run has changed. */
  changed(id: number): RunSummary {
    const summary = this.summary(id);
    this.#events.emit('run.changed', summary);
    return summary;
  }

  setStatus(id: number, status: RunStatus, problem: ProblemRecord | null = null): RunSummary {
    const before = this.summary(id).status;
    if (!canFollow(before, status)) throw new Error(`run ${id} is ${before} and cannot become ${status}`);
    this.#unsaved.set(id, { status, problem });
    const happening = happeningOf(before, status, problem);
    if (happening) this.log(id, happening);
    return this.changed(id);
  }

  /** Writes into the run's log, and tells. At the place where the run is, if nothing else is said. */
  log(id: number, happening: Happening, place?: RunPosition, at?: string): RunEvent | null {
    try {
      const event = this.history.runEvents.append(id, happening, place ?? placeOf(this.summary(id)), at);
      this.#events.emit('run.event', { run: id, event });
      return event;
    } catch (error) {
      // A log that cannot be written (the disk is full) is no reason to end what is logged.
      if (!(error instanceof Problem)) throw error;
      return null;
    }
  }

  /** Gives a run back the status that it had before something that did not come about. */
  putBack({ id, status, problem }: RunSummary): void {
    this.#unsaved.set(id, { status, problem });
    this.changed(id);
  }

  /** Throws a `Problem` where the run's status is shown, but cannot be kept: nothing can be built on it then. */
  requireKept(id: number): void {
    const unsaved = this.#unsaved.get(id);
    if (!unsaved) return;
    this.history.runs.setStatus(id, unsaved.status, unsaved.problem);
    this.#unsaved.delete(id);
  }

  /** Finds runs whose process is gone. Cheap where there are none. */
  recover(): void {
    const gone = this.history.recover();
    this.#explain(gone);
    for (const id of gone) {
      const { status, endedAt } = this.changed(id);
      const kind = status === 'finished' ? 'finished' : 'interrupted';
      this.log(id, { kind, detail: {} }, undefined, endedAt ?? undefined);
    }
  }

  /** A run that took its process along says what it was doing, so that it is not tried again without being asked for. */
  #explain(gone: readonly number[]): void {
    if (gone.length === 0) return;
    const { runs } = this.history;
    for (const { id, doing } of runs.doing(gone)) {
      const problem = new Problem(
        doings[doing].code,
        `Stride ended without a word while run ${id} was ${doings[doing].words}; it may be too large for this machine, ` +
          'and is not tried again by itself',
        { run: id },
      );
      runs.setProblem(id, problem.toRecord());
      runs.setDoing(id, null);
    }
  }

  #current<R extends RunSummary>(run: R): R {
    const unsaved = this.#unsaved.get(run.id);
    if (!unsaved) return run;
    try {
      this.requireKept(run.id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { ...run, ...unsaved, problem: unsaved.problem ?? error.toRecord() };
    }
    return { ...run, ...(this.history.runs.summary(run.id) ?? unknownRun(run.id)) };
  }
}

/** The epoch under way is the last one, once all are done. */
function placeOf({ step, stepsPerEpoch, settings }: RunSummary): RunPosition {
  return { step, epoch: Math.min(settings.epochs, Math.floor(step / stepsPerEpoch) + 1) };
}

/** What a change of status is in the log; null for those that are told with more detail by who makes them. */
function happeningOf(before: RunStatus, status: RunStatus, problem: ProblemRecord | null): Happening | null {
  switch (status) {
    case 'queued':
      return null;
    case 'running':
      return before === 'paused' ? { kind: 'continued', detail: {} } : null;
    case 'failed':
      return problem && { kind: 'problem', detail: { problem } };
    case 'paused':
    case 'stopped':
    case 'interrupted':
    case 'finished':
      return { kind: status, detail: {} };
  }
}

function unknownRun(id: number): never {
  throw new Problem('run.unknown', `there is no run ${id}; "runs" lists those that there are`, { run: id });
}
