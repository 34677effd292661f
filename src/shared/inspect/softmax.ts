/** Softmax and cross-entropy of one image, spelt out class by class. */

/** The softmax of one class, with the largest logit subtracted as in the computation. */
export interface SoftmaxRow {
  readonly logit: number;
  readonly shifted: number;
  readonly power: number;
  readonly probability: number;
}

export function spellOutSoftmax(logits: ArrayLike<number>): {
  rows: SoftmaxRow[];
  largest: number;
  sum: number;
} {
  const largest = Math.max(...Array.from(logits));
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, each) => total + each, 0);
  const rows = powers.map((power, i) => {
    const logit = logits[i] as number;
    return { logit, shifted: logit - largest, power, probability: power / sum };
  });
  return { rows, largest, sum };
}

/** Returns −log softmax(logits)[label], natural logarithm: `torch.nn.CrossEntropyLoss` of one image. */
export function crossEntropy(logits: ArrayLike<number>, label: number): number {
  const { largest, sum } = spellOutSoftmax(logits);
  return Math.log(sum) + largest - (logits[label] as number);
}
