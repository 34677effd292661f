/** Computes a UMAP embedding apart from the page, and reports how far it has come. */
import { UMAP } from 'umap-js';

export interface UmapOrder {
  /** Points × components, row-major. */
  readonly values: Float32Array;
  readonly components: number;
}
export type UmapMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  /** Points × 2. */
  | { readonly kind: 'done'; readonly coordinates: Float32Array };

const post = (message: UmapMessage) => {
  self.postMessage(message);
};

self.addEventListener('message', ({ data }: MessageEvent<UmapOrder>) => {
  const { values, components } = data;
  const points = Array.from({ length: values.length / components }, (_, point) => [
    ...values.subarray(point * components, (point + 1) * components),
  ]);
  // A fixed generator: the same features give the same picture.
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const umap = new UMAP({ nNeighbors: Math.max(2, Math.min(15, points.length - 1)), random });
  const total = umap.initializeFit(points);
  for (let step = 1; step <= total; step += 1) {
    umap.step();
    if (step % 10 === 0) post({ kind: 'progress', done: step, total });
  }
  post({ kind: 'done', coordinates: Float32Array.from(umap.getEmbedding().flat()) });
});
