/**
 * History as the lab uses it: every change of a run goes through here, is checked against the table of statuses, kept
 * and told to whoever listens.
 *
 * A status that cannot be kept (the disk is full, which may be just why the run failed) is remembered and shown, and
 * kept as soon as that works again. Were the process to end before, the next one would find the run interrupted.
 */
import { Problem, type ProblemRecord } from '../../shared/problem.ts';
import type { RunDetail, RunStatus, RunSummary } from '../../shared/runs.ts';
import type { History } from '../history/open.ts';
import type { Events } from './events.ts';
import { canFollow } from './status.ts';

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
    return this.changed(id);
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
    for (const id of this.history.recover()) this.changed(id);
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

function unknownRun(id: number): never {
  throw new Problem('run.unknown', `there is no run ${id}; "runs" lists those that there are`, { run: id });
}
