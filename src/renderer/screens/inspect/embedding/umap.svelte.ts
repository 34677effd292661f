/** A UMAP embedding of the first images, computed by a worker that ends with the part of the screen. */
import type { UmapMessage, UmapOrder } from './umapWorker.ts';

/** Number of images: more take minutes. */
export const mostUmap = 2000;

export class UmapEmbedding {
  /** Images × 2. */
  coordinates = $state.raw<Float32Array | null>(null);
  progress = $state.raw<{ readonly done: number; readonly total: number } | null>(null);
  /** The worker's own words, if it failed. */
  failure = $state.raw<string | null>(null);
  #worker: Worker | null = null;
  #values: Float32Array | null = null;

  /** Starts unless these values were given last. `values` is images × components. */
  want(values: Float32Array, components: number): void {
    if (values === this.#values) return;
    this.stop();
    this.#values = values;
    this.coordinates = null;
    this.failure = null;
    this.progress = { done: 0, total: 1 };
    const worker = new Worker(new URL('./umapWorker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<UmapMessage>) => {
      if (data.kind === 'progress') {
        this.progress = data;
        return;
      }
      this.coordinates = data.coordinates;
      this.stop();
    });
    worker.addEventListener('error', (event) => {
      this.failure = event.message;
      this.stop();
    });
    const used = values.slice(0, mostUmap * components);
    worker.postMessage({ values: used, components } satisfies UmapOrder);
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.progress = null;
  }
}
