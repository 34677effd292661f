/** Metrics of each class from a confusion matrix. */

export interface ClassMetrics {
  /** Precision: the fraction of the images predicted as this class that belong to it; null if there were none. */
  readonly precision: number | null;
  /** Recall: the fraction of the class's images that were predicted as it; null if the class has none. */
  readonly recall: number | null;
  /** Harmonic mean of both; null if either is. */
  readonly f1: number | null;
  /** Number of images of this class. */
  readonly support: number;
}

/** `confusion` is classes × classes, row-major, row = label, column = prediction. */
export function classMetrics(confusion: readonly number[], classes: number): ClassMetrics[] {
  return Array.from({ length: classes }, (_, k) => {
    const at = (row: number, column: number) => confusion[row * classes + column] ?? 0;
    const all = Array.from({ length: classes }, (_each, i) => i);
    const support = all.reduce((sum, i) => sum + at(k, i), 0);
    const given = all.reduce((sum, i) => sum + at(i, k), 0);
    const precision = given > 0 ? at(k, k) / given : null;
    const recall = support > 0 ? at(k, k) / support : null;
    const both = precision !== null && recall !== null ? precision + recall : 0;
    const f1 =
      precision === null || recall === null ? null : both === 0 ? 0 : (2 * precision * recall) / both;
    return { precision, recall, f1, support };
  });
}
