/** The qualities of several nets, computed by a worker: each takes some forty milliseconds, in which the page could not answer. */
import type { TestPredictions } from '../../../../shared/compare/predictions.ts';
import type { Quality } from '../../../../shared/compare/quality.ts';

export class Qualities {
  readonly #worker = new Worker(new URL('./qualityWorker.ts', import.meta.url), { type: 'module' });
  readonly #waiting: PromiseWithResolvers<Quality>[] = [];

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Quality>) => {
      this.#waiting.shift()?.resolve(data);
    });
    this.#worker.addEventListener('error', ({ message }) => {
      for (const each of this.#waiting.splice(0)) each.reject(new Error(message));
    });
  }

  /** Rejects with the worker's own words, if it failed. */
  of(predictions: TestPredictions): Promise<Quality> {
    const answer = Promise.withResolvers<Quality>();
    this.#waiting.push(answer);
    this.#worker.postMessage(predictions);
    return answer.promise;
  }

  /** Ends the worker; what it has not answered yet is never answered. */
  end(): void {
    this.#worker.terminate();
  }
}
