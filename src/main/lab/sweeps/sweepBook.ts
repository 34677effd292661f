/**
 * Sweeps in history as the lab uses them: every change is stored and announced. A status that cannot be
 * stored (the disk is full) is kept in memory and shown; if the process ended, the next one would find the
 * sweep interrupted.
 */
import { Problem, type ProblemRecord } from '../../../shared/base/problem.ts';
import type { Sweep, SweepStatus, SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import type { History } from '../../history/open.ts';
import { endedProcess } from '../../../shared/runs/runs.ts';
import type { Events } from '../base/events.ts';

export class SweepBook {
  readonly history: History;
  readonly #events: Events;
  readonly #unsaved = new Map<number, { status: SweepStatus; problem: ProblemRecord | null }>();

  constructor(history: History, events: Events) {
    this.history = history;
    this.#events = events;
  }

  /** Throws a `Problem` if there is no such sweep. */
  summary(id: number): SweepSummary {
    return this.#shown(this.history.sweeps.summary(id) ?? unknownSweep(id));
  }

  definition(id: number): Sweep {
    return this.history.sweeps.definition(id) ?? unknownSweep(id);
  }

  list(limit: number, offset: number): { sweeps: SweepSummary[]; total: number } {
    const sweeps = this.history.sweeps.list(limit, offset).map((sweep) => this.#shown(sweep));
    return { sweeps, total: this.history.sweeps.count() };
  }

  /** Announces that something about the sweep, or about one of its runs, has changed. */
  changed(id: number): SweepSummary {
    const summary = this.summary(id);
    this.#events.emit('sweep.changed', summary);
    return summary;
  }

  setStatus(id: number, status: SweepStatus, problem: ProblemRecord | null = null): SweepSummary {
    try {
      this.history.sweeps.setStatus(id, status, problem);
      this.#unsaved.delete(id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#unsaved.set(id, { status, problem: problem ?? error.toRecord() });
    }
    return this.changed(id);
  }

  /** Finds sweeps whose process has ended. This is fast if there are none. */
  recover(): void {
    for (const id of this.history.recoverSweeps()) {
      const { status } = this.summary(id);
      const problem = this.history.sweeps.runProblems(id).find(({ code }) => endedProcess(code));
      // If it were resumed automatically, it would try that run again and again.
      if (problem && status === 'interrupted') this.setStatus(id, status, problem);
      else this.changed(id);
    }
  }

  /** Releases the sweeps that this process still owns, for the next process to find. */
  release(): void {
    try {
      this.history.sweeps.release(this.history.owner);
    } catch (error) {
      // The next process finds that this one has ended.
      if (!(error instanceof Problem)) throw error;
    }
  }

  #shown(sweep: SweepSummary): SweepSummary {
    return { ...sweep, ...this.#unsaved.get(sweep.id) };
  }
}

function unknownSweep(id: number): never {
  throw new Problem('sweep.unknown', `there is no sweep ${id}; "sweeps" lists those that there are`, {
    sweep: id,
  });
}
