/** Which of this lab's runs are under way, kept up to date by its events: quitting asks, and an end counts them. */
import type { LabClient } from '../../shared/api.ts';
import type { RunStatus } from '../../shared/runs.ts';

const underWay: readonly RunStatus[] = ['queued', 'running'];

export class RunActivity {
  readonly #active = new Set<number>();
  readonly #idleListeners = new Set<() => void>();

  /** Only runs that this process trains send events here, so a history shared with another Stride does not matter. */
  constructor(lab: Pick<LabClient, 'on'>) {
    lab.on('run.changed', ({ id, status }) => {
      if (underWay.includes(status)) this.#active.add(id);
      else if (this.#active.delete(id) && this.#active.size === 0) {
        for (const listener of this.#idleListeners) listener();
      }
    });
  }

  get count(): number {
    return this.#active.size;
  }

  /** Called each time the last run under way has ended or been paused. */
  onIdle(listener: () => void): void {
    this.#idleListeners.add(listener);
  }
}
