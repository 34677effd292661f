/**
 * McNemar's test of whether two nets' accuracies on the same images differ by more than chance. Given N images that
 * just one net gets right, each is as likely A's as B's if the nets are equally good: onlyA ~ Bin(N, ½).
 *
 * Q. McNemar, "Note on the sampling error of the difference between correlated proportions", Psychometrika 12, 1947; T.
 * Dietterich, "Approximate statistical tests for comparing supervised classification learning algorithms", Neural
 * Computation 10, 1998; for the variants M. Fagerland, S. Lydersen and P. Laake, BMC Med. Res. Methodol. 13:91, 2013.
 */
import { fairBinomial, fairBinomialTail } from './binomial.ts';
import { type PairedCounts, disagreements } from './pairedCounts.ts';

/**
 * Computes the exact conditional p, two-sided: min(1, 2·P(X ≤ min(onlyA, onlyB))). Its level never exceeds the nominal
 * one.
 */
export function exactP(counts: PairedCounts): number {
  const n = disagreements(counts);
  return Math.min(1, 2 * fairBinomialTail(n, Math.min(counts.onlyA, counts.onlyB)));
}

/**
 * Computes the exact p minus half of both tails' outermost points: exact p − P(X = min), and 1 − ½·P(X = min) for a
 * tie.
 */
export function midP(counts: PairedCounts): number {
  const n = disagreements(counts);
  if (n === 0) return 1;
  const { onlyA, onlyB } = counts;
  const point = fairBinomial(n, Math.min(onlyA, onlyB));
  return onlyA === onlyB ? 1 - point / 2 : Math.max(0, exactP(counts) - point);
}

/** Computes the smallest p that so many disagreements can give, all of them in favour of one net: 2·2⁻ᴺ. */
export function smallestP(disagreementCount: number): number {
  return Math.min(1, 2 ** (1 - disagreementCount));
}
