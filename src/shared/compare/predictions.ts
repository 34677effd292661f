/** A net's predictions for a test set, image by image, in the test set's order. */

export interface TestPredictions {
  /** One class per image. */
  readonly labels: Uint16Array;
  /** The predicted class of each image. */
  readonly predictions: Uint16Array;
  /** Images × classes, row-major. */
  readonly probabilities: Float32Array;
  /** Number of classes. */
  readonly classes: number;
}

/** Returns 1 for each image that the net predicts correctly, otherwise 0. */
export function correctness({ labels, predictions }: TestPredictions): Uint8Array {
  return Uint8Array.from(labels, (label, image) => (predictions[image] === label ? 1 : 0));
}

/** Returns the probability of each image's predicted class. */
export function confidences({ predictions, probabilities, classes }: TestPredictions): Float32Array {
  return Float32Array.from(
    predictions,
    (prediction, image) => probabilities[image * classes + prediction] as number,
  );
}

export function correctCount({ labels, predictions }: TestPredictions): number {
  return labels.reduce((sum, label, image) => sum + (predictions[image] === label ? 1 : 0), 0);
}

/** Returns classes × classes counts, row-major: row = label, column = prediction. */
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

/** Returns the indices of the images with this label and this prediction, the most confident first. */
export function imagesOfCell(of: TestPredictions, label: number, prediction: number): number[] {
  const { labels, predictions, probabilities, classes } = of;
  const sure = (image: number) => probabilities[image * classes + prediction] as number;
  const found: number[] = [];
  for (let i = 0; i < labels.length; i += 1) {
    if (labels[i] === label && predictions[i] === prediction) found.push(i);
  }
  return found.sort((a, b) => sure(b) - sure(a) || a - b);
}
