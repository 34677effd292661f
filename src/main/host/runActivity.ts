/**
 * Tracks this process's active runs through the lab's events: quitting asks the user, and an ending program counts them.
 */
import type { LabClient } from '../../shared/api/api.ts';
import type { RunStatus } from '../../shared/runs/runs.ts';

const underWay: readonly RunStatus[] = ['queued', 'running'];

export class RunActivity {
  readonly #active = new Set<number>();
  /** A sweep stays active even between two of its runs. */
  readonly #sweeps = new Set<number>();
  readonly #idleListeners = new Set<() => void>();

  /** Starts tracking. The lab also sends events of runs that other processes train; quitting does not end those. */
  constructor(lab: Pick<LabClient, 'on'> & { trains(run: number): boolean }) {
    lab.on('run.changed', ({ id, status }) => {
      if (underWay.includes(status)) {
        if (lab.trains(id)) this.#active.add(id);
      } else if (this.#active.delete(id)) this.#tellIfIdle();
    });
    lab.on('sweep.changed', ({ id, status }) => {
      if (status === 'running') this.#sweeps.add(id);
      else if (this.#sweeps.delete(id)) this.#tellIfIdle();
    });
  }

  get count(): number {
    return Math.max(this.#active.size, this.#sweeps.size);
  }

  #tellIfIdle(): void {
    if (this.count > 0) return;
    for (const listener of this.#idleListeners) listener();
  }

  /** Calls the listener each time the last active run has ended or been paused. */
  onIdle(listener: () => void): void {
    this.#idleListeners.add(listener);
  }
}
