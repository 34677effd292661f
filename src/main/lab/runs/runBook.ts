/**
 * Runs in history as the lab uses them: every change of a run is checked against the table of statuses,
 * stored and announced to listeners.
 *
 * A status that cannot be stored (the disk is full, which may be why the run failed) is kept in memory and
 * shown, and stored as soon as that works again. If the process ends before that, the next one finds the run
 * interrupted.
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

  /** Throws a `Problem` if there is no such run. */
  summary(id: number): RunSummary {
    return this.#current(this.history.runs.summary(id) ?? unknownRun(id));
  }

  detail(id: number): RunDetail {
    return this.#current(this.history.detail(id) ?? unknownRun(id));
  }

  /** Returns whether this process trains the run, or has it queued; others may share the history. */
  trains(id: number): boolean {
    return this.history.runs.ownerOf(id) === this.history.owner;
  }

  /** Returns rows in the order of the numbers, without those that do not exist. */
  rows(ids: readonly number[]): RunSummary[] {
    return this.history.runs.rows(ids).map((run) => this.#current(run));
  }

  list(limit: number, offset: number): { runs: RunSummary[]; total: number } {
    const runs = this.history.runs.list(limit, offset).map((run) => this.#current(run));
    return { runs, total: this.history.runs.count() };
  }

  /** Announces that something about the run has changed. */
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

  /**
   * Writes an event into the run's log and announces it. Its position is the run's current one by default.
   */
  log(id: number, happening: Happening, place?: RunPosition, at?: string): RunEvent | null {
    try {
      const event = this.history.runEvents.append(id, happening, place ?? placeOf(this.summary(id)), at);
      this.#events.emit('run.event', { run: id, event });
      return event;
    } catch (error) {
      // A log that cannot be written (the disk is full) must not end what it records.
      if (!(error instanceof Problem)) throw error;
      return null;
    }
  }

  /** Restores a run's status from before an operation that failed. */
  putBack({ id, status, problem }: RunSummary): void {
    this.#unsaved.set(id, { status, problem });
    this.changed(id);
  }

  /**
   * Throws a `Problem` if the run's status is shown but cannot be stored, because nothing can be based on it
   * then.
   */
  requireKept(id: number): void {
    const unsaved = this.#unsaved.get(id);
    if (!unsaved) return;
    this.history.runs.setStatus(id, unsaved.status, unsaved.problem);
    this.#unsaved.delete(id);
  }

  /** Finds runs whose process has ended. This is fast if there are none. */
  recover(): void {
    const gone = this.history.recover();
    this.#explain(gone);
    for (const id of gone) {
      const { status, endedAt } = this.changed(id);
      const kind = status === 'finished' ? 'finished' : 'interrupted';
      this.log(id, { kind, detail: {} }, undefined, endedAt ?? undefined);
    }
  }

  /** Records what a run was doing when its process ended with it, so that it is not resumed automatically. */
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

/** Returns the run's position; once all epochs are done, the current epoch is the last one. */
function placeOf({ step, stepsPerEpoch, settings }: RunSummary): RunPosition {
  return { step, epoch: Math.min(settings.epochs, Math.floor(step / stepsPerEpoch) + 1) };
}

/** Returns the log entry for a change of status; null for changes that the caller logs in more detail. */
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
