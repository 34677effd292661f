/** Inference about two nets from several seeds of each; one run of each only describes these runs. */
import type { Interval } from './intervals.ts';
import { criticalT, twoSidedT } from './studentT.ts';
import { Xoshiro } from './xoshiro.ts';

export interface MeanDifference {
  /** A's mean minus B's. */
  readonly difference: number;
  readonly t: number;
  readonly df: number;
  readonly pValue: number;
  readonly interval: Interval;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

/**
 * Computes Student's paired t-test: one value per seed for each net, in the same order of seeds. It is valid if equal
 * seeds share something (the order of the images, the augmentation). Returns null for fewer than two seeds.
 */
export function pairedT(a: readonly number[], b: readonly number[]): MeanDifference | null {
  if (a.length !== b.length) throw new RangeError(`${a.length} values do not pair up with ${b.length}`);
  if (a.length < 2) return null;
  const differences = a.map((value, i) => value - (b[i] as number));
  return ofMean(mean(differences), Math.sqrt(variance(differences) / a.length), a.length - 1);
}

/**
 * Computes Welch's t-test (B. Welch, Biometrika 34, 1947) for seeds that are not the same. Returns null for fewer than
 * two seeds each.
 */
export function welchT(a: readonly number[], b: readonly number[]): MeanDifference | null {
  if (a.length < 2 || b.length < 2) return null;
  const [ofA, ofB] = [variance(a) / a.length, variance(b) / b.length];
  const both = ofA + ofB;
  const df =
    both === 0
      ? a.length + b.length - 2
      : both ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  return ofMean(mean(a) - mean(b), Math.sqrt(both), df);
}

function ofMean(difference: number, error: number, df: number): MeanDifference {
  if (error === 0) {
    const same = difference === 0;
    const t = same ? 0 : Math.sign(difference) * Infinity;
    return { difference, t, df, pValue: same ? 1 : 0, interval: [difference, difference] };
  }
  const t = difference / error;
  const half = criticalT(df) * error;
  return { difference, t, df, pValue: twoSidedT(t, df), interval: [difference - half, difference + half] };
}

/** Correctness of a net for each image: one array per seed. */
export type Correctness = readonly Uint8Array[];

/**
 * Computes the difference of two nets' mean accuracies with a 95 % percentile interval that includes both sources of
 * chance: seeds are drawn with replacement within each net, and images jointly for all of them (bootstrap over two
 * crossed factors; A. Owen, Ann. Appl. Stat. 1, 2007). The generator is seeded, so that the same numbers give the same
 * interval.
 */
export function bootstrapSeedsAndImages(
  a: Correctness,
  b: Correctness,
  rounds = 2000,
  seed = 0,
): { readonly difference: number; readonly interval: Interval } {
  const images = a[0]?.length ?? 0;
  const random = new Xoshiro(seed);
  const weights = new Uint8Array(images);
  const weighted = (net: Correctness): number[] =>
    net.map((right) => {
      let sum = 0;
      for (let i = 0; i < images; i += 1) sum += (weights[i] as number) * (right[i] as number);
      return sum / images;
    });
  const drawn = (accuracies: readonly number[]) =>
    mean(accuracies.map(() => accuracies[random.below(accuracies.length)] as number));
  const differences = Array.from({ length: rounds }, () => {
    weights.fill(0);
    for (let i = 0; i < images; i += 1) weights[random.below(images)]! += 1;
    return drawn(weighted(a)) - drawn(weighted(b));
  }).sort((x, y) => x - y);
  weights.fill(1);
  return {
    difference: mean(weighted(a)) - mean(weighted(b)),
    interval: [quantile(differences, 0.025), quantile(differences, 0.975)],
  };
}

/** Returns a quantile of sorted values, interpolated linearly (type 7 of Hyndman and Fan 1996, NumPy's default). */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] as number;
  return low + (place - below) * ((sorted[Math.min(below + 1, sorted.length - 1)] as number) - low);
}
