/** 95% intervals of proportions and of the difference of two paired proportions. */
import { type PairedCounts, differenceOf, requireImages } from './pairedCounts.ts';

/** Lower and upper limit. */
export type Interval = readonly [number, number];

/** The normal distribution's 97.5 % point. */
export const z95 = 1.959963984540054;

/**
 * Computes Wilson's score interval of a proportion (E. Wilson, J. Am. Stat. Assoc. 22, 1927), without continuity
 * correction. `total` is at least 1.
 */
export function wilson(successes: number, total: number, z = z95): Interval {
  const square = z * z;
  const middle = (2 * successes + square) / (2 * (total + square));
  const half =
    (z * Math.sqrt(square + (4 * successes * (total - successes)) / total)) / (2 * (total + square));
  // At the ends the limit is exactly 0 or 1; rounding must not change it.
  return [
    successes === 0 ? 0 : Math.max(0, middle - half),
    successes === total ? 1 : Math.min(1, middle + half),
  ];
}

/**
 * Computes the interval of A's accuracy minus B's on the same images: R. Newcombe, "Improved confidence intervals for
 * the difference between binomial proportions based on paired data", Statistics in Medicine 17, 1998, method 10 (square
 * and add on Wilson's limits, the correlation φ with its continuity correction n/2). It lies within [−1, 1], has no
 * zero width if the nets agree on every image, and keeps its 95 % coverage in small tables too.
 */
export function newcombe(counts: PairedCounts, z = z95): Interval {
  const n = requireImages(counts);
  const { bothRight: a, onlyA: b, onlyB: c, bothWrong: d } = counts;
  const [lowerA, upperA] = wilson(a + b, n, z);
  const [lowerB, upperB] = wilson(a + c, n, z);
  const [pA, pB] = [(a + b) / n, (a + c) / n];
  const phi = correlation(a, b, c, d, n);
  const below = spread(pA - lowerA, upperB - pB, phi);
  const above = spread(upperA - pA, pB - lowerB, phi);
  const difference = differenceOf(counts);
  return [Math.max(-1, difference - below), Math.min(1, difference + above)];
}

function correlation(a: number, b: number, c: number, d: number, n: number): number {
  const root = Math.sqrt((a + b) * (c + d) * (a + c) * (b + d));
  if (root === 0) return 0;
  const covariance = a * d - b * c;
  return (covariance > 0 ? Math.max(covariance - n / 2, 0) : covariance) / root;
}

/** Computes √(x² − 2φxy + y²), whose radicand rounding may take below 0. */
function spread(x: number, y: number, phi: number): number {
  return Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
}

export function excludesZero([lower, upper]: Interval): boolean {
  return lower > 0 || upper < 0;
}
