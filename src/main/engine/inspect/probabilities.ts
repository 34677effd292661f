/** Converts logits to probabilities and predicted classes. */
import { crossEntropy } from '../../../shared/inspect/softmax.ts';
import type { TensorValues } from '../../../shared/inspect/inspection.ts';

/**
 * Returns the softmax of each row of `logits` (images × classes), in double precision and without overflow. These are plain
 * loops, because a run's page asks for a test set's rows after each epoch, while the net trains: with an array for each
 * row they took five times as long.
 */
export function softmaxRows({ shape: [rows = 0, classes = 0], data }: TensorValues): Float32Array {
  const shares = new Float32Array(data.length);
  const powers = new Float64Array(classes);
  for (let row = 0; row < rows; row += 1) {
    const start = row * classes;
    let largest = -Infinity;
    for (let i = 0; i < classes; i += 1) largest = Math.max(largest, data[start + i] as number);
    let sum = 0;
    for (let i = 0; i < classes; i += 1) {
      const power = Math.exp((data[start + i] as number) - largest);
      powers[i] = power;
      sum += power;
    }
    for (let i = 0; i < classes; i += 1) shares[start + i] = (powers[i] as number) / sum;
  }
  return shares;
}

/** Returns the index of each row's largest element, the first of equal ones as in TensorFlow and PyTorch. */
export function largestOf({ shape: [rows = 0, classes = 0], data }: TensorValues): number[] {
  return Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let i = 1; i < classes; i += 1) {
      const at = row * classes;
      if ((data[at + i] as number) > (data[at + best] as number)) best = i;
    }
    return best;
  });
}

/**
 * Returns the mean cross-entropy of rows of logits and its gradient with respect to them: (softmax − one-hot)
 * / rows.
 */
export function crossEntropyOf(
  logits: TensorValues,
  labels: readonly number[],
): { loss: number; gradient: Float32Array } {
  const [rows = 0, classes = 0] = logits.shape;
  const gradient = softmaxRows(logits);
  let loss = 0;
  labels.forEach((label, row) => {
    const own = logits.data.subarray(row * classes, (row + 1) * classes);
    loss += crossEntropy(own, label) / rows;
    gradient[row * classes + label] = (gradient[row * classes + label] as number) - 1;
  });
  return { loss, gradient: gradient.map((value) => value / rows) };
}

/** Returns one row per label, with 1 at its class. */
export function oneHot(labels: readonly number[], classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => (rows[row * classes + label] = 1));
  return rows;
}
