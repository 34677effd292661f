/** Precision, recall and F1 of each class (C. van Rijsbergen, "Information Retrieval", 1979), from a confusion matrix. */

export interface ClassScores {
  /** Images of the class, and images that are given it. */
  readonly images: number;
  readonly predicted: number;
  readonly right: number;
  /** Null where nothing is divided by: no image is given the class, or there is none of it. */
  readonly precision: number | null;
  readonly recall: number | null;
  /** 2·right / (images + predicted); null where both are 0. */
  readonly f1: number | null;
}

/** `confusion` is classes × classes counts, row-major: row = label, column = prediction. */
export function classScores(confusion: readonly number[]): ClassScores[] {
  const classes = Math.sqrt(confusion.length);
  if (!Number.isInteger(classes)) throw new RangeError(`${confusion.length} cells are not a square matrix`);
  const range = Array.from({ length: classes }, (_, i) => i);
  const cell = (label: number, prediction: number) => confusion[label * classes + prediction] as number;
  return range.map((own) => {
    const images = range.reduce((sum, prediction) => sum + cell(own, prediction), 0);
    const predicted = range.reduce((sum, label) => sum + cell(label, own), 0);
    const right = cell(own, own);
    return {
      images,
      predicted,
      right,
      precision: share(right, predicted),
      recall: share(right, images),
      f1: share(2 * right, images + predicted),
    };
  });
}

/** Row = label, column = prediction. */
export function confusionOf(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): number[] {
  const cells = new Array<number>(classes * classes).fill(0);
  for (let i = 0; i < labels.length; i += 1) {
    cells[(labels[i] as number) * classes + (predictions[i] as number)]! += 1;
  }
  return cells;
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
