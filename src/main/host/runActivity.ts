/** Which of this lab's runs are under way, kept up to date by its events: quitting asks, and an end counts them. */
import type { LabClient } from '../../shared/api/api.ts';
import type { RunStatus } from '../../shared/runs/runs.ts';

const underWay: readonly RunStatus[] = ['queued', 'running'];

export class RunActivity {
  readonly #active = new Set<number>();
  /** Between two of a sweep's runs none may be under way, and yet it is not over. */
  readonly #sweeps = new Set<number>();
  readonly #idleListeners = new Set<() => void>();

  /** Only runs that this process trains send events here, so a history shared with another Stride does not matter. */
  constructor(lab: Pick<LabClient, 'on'>) {
    lab.on('run.changed', ({ id, status }) => {
      if (underWay.includes(status)) this.#active.add(id);
      else if (this.#active.delete(id)) this.#tellIfIdle();
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

  /** Called each time the last run under way has ended or been paused. */
  onIdle(listener: () => void): void {
    this.#idleListeners.add(listener);
  }
}
