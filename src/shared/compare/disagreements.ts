/** The images on which two nets differ, the most confident ones first. */
import { type PairedCounts, outcomeOf } from '../statistics/pairedCounts.ts';
import type { TestPredictions } from './predictions.ts';

/** `wrongAlike`: both predict the same wrong class; `wrongDifferently`: they predict different wrong classes. */
export const disagreementKinds = ['onlyA', 'onlyB', 'wrongAlike', 'wrongDifferently'] as const;
export type DisagreementKind = (typeof disagreementKinds)[number];

export type Disagreements = Readonly<Record<DisagreementKind, readonly number[]>>;

/**
 * Indices in the test set. Within a kind the most confident errors come first: for images that just one net gets wrong,
 * by the probability of its wrong class; if both are wrong, by the larger of the two.
 */
export function disagreementsOf(a: TestPredictions, b: TestPredictions): Disagreements {
  const found: Record<DisagreementKind, number[]> = {
    onlyA: [],
    onlyB: [],
    wrongAlike: [],
    wrongDifferently: [],
  };
  for (let image = 0; image < a.labels.length; image += 1) {
    const kind = kindOf(a, b, image);
    if (kind) found[kind].push(image);
  }
  const sureness = {
    onlyA: sureOf(b),
    onlyB: sureOf(a),
    wrongAlike: either(a, b),
    wrongDifferently: either(a, b),
  };
  for (const kind of disagreementKinds) {
    found[kind].sort((x, y) => sureness[kind](y) - sureness[kind](x) || x - y);
  }
  return found;
}

function kindOf(a: TestPredictions, b: TestPredictions, image: number): DisagreementKind | null {
  const label = a.labels[image];
  const [byA, byB] = [a.predictions[image], b.predictions[image]];
  const outcome: keyof PairedCounts = outcomeOf(byA === label, byB === label);
  if (outcome === 'bothRight') return null;
  if (outcome === 'bothWrong') return byA === byB ? 'wrongAlike' : 'wrongDifferently';
  return outcome;
}

/** Returns the probability of the predicted class. */
function sureOf({ predictions, probabilities, classes }: TestPredictions): (image: number) => number {
  return (image) => probabilities[image * classes + (predictions[image] as number)] as number;
}

function either(a: TestPredictions, b: TestPredictions): (image: number) => number {
  const [byA, byB] = [sureOf(a), sureOf(b)];
  return (image) => Math.max(byA(image), byB(image));
}
