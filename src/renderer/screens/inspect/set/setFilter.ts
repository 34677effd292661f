/** Which test images are listed, and in which order; everything is in the address. */
import type { Predicted } from '../../../parts/watch/images/predictions.svelte.ts';
import type { Query } from '../../../app/router.svelte.ts';

export const outcomes = ['all', 'right', 'wrong', 'differ'] as const;
export type Outcome = (typeof outcomes)[number];
export const orders = ['index', 'surest', 'leastSure'] as const;
export type Order = (typeof orders)[number];

export interface SetFilter {
  readonly label: number | null;
  /** The class that the filter's net predicts; all other fields are about the same net. */
  readonly prediction: number | null;
  /** `differ`: the two nets predict different classes. */
  readonly outcome: Outcome;
  /** The probability of the predicted class lies between these percentages, both included. */
  readonly low: number;
  readonly high: number;
  readonly order: Order;
}

type Given = Pick<Predicted, 'labels' | 'predictions' | 'probabilities'>;

const whole = (text: string | undefined, most: number): number | null => {
  const number = /^\d+$/.test(text ?? '') ? Number(text) : NaN;
  return number <= most ? number : null;
};

export function filterIn(query: Query, classes: number): SetFilter {
  return {
    label: whole(query['label'], classes - 1),
    prediction: whole(query['prediction'], classes - 1),
    outcome: outcomes.find((each) => each === query['outcome']) ?? 'all',
    low: whole(query['low'], 100) ?? 0,
    high: whole(query['high'], 100) ?? 100,
    order: orders.find((each) => each === query['order']) ?? 'index',
  };
}

export function confidenceOf({ predictions, probabilities }: Given, image: number): number {
  return probabilities.data[image * probabilities.shape[1]! + predictions[image]!]!;
}

/** Returns indices of the test set. `other` is the second net, if there is one. */
export function imagesIn(filter: SetFilter, net: Given, other: Given | null): number[] {
  const { label, prediction, outcome, low, high, order } = filter;
  const images = net.labels.flatMap((own, image) => {
    const given = net.predictions[image]!;
    if (label !== null && own !== label) return [];
    if (prediction !== null && given !== prediction) return [];
    if (outcome === 'right' && given !== own) return [];
    if (outcome === 'wrong' && given === own) return [];
    if (outcome === 'differ' && (!other || other.predictions[image] === given)) return [];
    const percent = 100 * confidenceOf(net, image);
    // Probabilities add up to 1 but for rounding: one that is a hair above 100 % is 100 %.
    return percent >= low && (percent <= high || high === 100) ? [image] : [];
  });
  if (order === 'index') return images;
  const sign = order === 'surest' ? -1 : 1;
  return images.sort((a, b) => sign * (confidenceOf(net, a) - confidenceOf(net, b)) || a - b);
}
