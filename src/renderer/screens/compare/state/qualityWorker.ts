/** Computes the quality of each net whose predictions arrive, apart from the page, and answers in their order. */
import { type TestPredictions } from '../../../../shared/compare/predictions.ts';
import { qualityOf } from '../../../../shared/compare/quality.ts';

self.addEventListener('message', ({ data }: MessageEvent<TestPredictions>) => {
  self.postMessage(qualityOf(data));
});
