/**
 * Decides which of two nets is better on the same test images, and whether the difference exceeds chance. McNemar's
 * exact test decides, Holm's correction allows for several comparisons, and Newcombe's interval bounds the difference.
 * If test and interval disagree, the verdict says so instead of choosing one.
 */
import { holm } from '../statistics/holm.ts';
import { type Interval, excludesZero, newcombe } from '../statistics/intervals.ts';
import { exactP, midP, smallestP } from '../statistics/mcnemar.ts';
import { type PairedCounts, differenceOf, disagreements, totalOf } from '../statistics/pairedCounts.ts';

/** The accepted error probability of each comparison, or of all of them together after correction. */
const level = 0.05;

export type VerdictKind =
  /** Test and interval agree that one net is better. */
  | 'better'
  /** There are so few disagreements that no outcome could be significant. */
  | 'tooFew'
  /** The difference is significant alone, but not after the correction for the other comparisons. */
  | 'corrected'
  /** The interval and the exact test contradict each other, or the exact test and its mid-p variant do. */
  | 'borderline'
  /** Neither shows a difference. */
  | 'none';

export interface PairResult {
  readonly counts: PairedCounts;
  /** A's accuracy minus B's, and its 95% interval (Newcombe 1998, method 10), as proportions. */
  readonly difference: number;
  readonly interval: Interval;
  /** p value of McNemar's exact test, two-sided. */
  readonly pValue: number;
  readonly midP: number;
  /** p value after Holm's correction for `comparisons` comparisons. */
  readonly correctedP: number;
  readonly comparisons: number;
  readonly verdict: VerdictKind;
}

/** Compares all pairs of one comparison. Each table has at least one image. */
export function comparePairs(tables: readonly PairedCounts[]): PairResult[] {
  const corrected = holm(tables.map(exactP));
  return tables.map((counts, index) => {
    const result = {
      counts,
      difference: differenceOf(counts),
      interval: newcombe(counts),
      pValue: exactP(counts),
      midP: midP(counts),
      correctedP: corrected[index] as number,
      comparisons: tables.length,
    };
    return { ...result, verdict: verdictOf(result) };
  });
}

function verdictOf(result: Omit<PairResult, 'verdict'>): VerdictKind {
  const { counts, interval, pValue, correctedP } = result;
  if (smallestP(disagreements(counts)) > level) return 'tooFew';
  const apart = excludesZero(interval);
  if (pValue <= level) {
    if (!apart) return 'borderline';
    return correctedP <= level ? 'better' : 'corrected';
  }
  return apart || result.midP <= level ? 'borderline' : 'none';
}

/** Returns the accuracies of both nets. */
export function accuraciesOf(counts: PairedCounts): readonly [a: number, b: number] {
  const total = totalOf(counts);
  return [(counts.bothRight + counts.onlyA) / total, (counts.bothRight + counts.onlyB) / total];
}
