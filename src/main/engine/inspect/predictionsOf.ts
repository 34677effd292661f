/** Converts the logits of all test images to predictions. The library is not needed for that. */
import type { TestPredictions } from '../../../shared/compare/predictions.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { readLabels } from '../data/images.ts';
import { largestOf, softmaxRows } from './probabilities.ts';

/** Returns the predictions that belong to the logits of all test images (images × classes, row-major). */
export async function predictionsOf(
  logits: Float32Array,
  { summary, files }: Dataset,
): Promise<TestPredictions> {
  const classes = summary.classes.length;
  const all = { shape: [files.test.labels.count, classes], data: logits };
  return {
    labels: Uint16Array.from(await readLabels(files.test.labels)),
    predictions: Uint16Array.from(largestOf(all)),
    probabilities: softmaxRows(all),
    classes,
  };
}
