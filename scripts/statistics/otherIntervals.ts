/**
 * Other 95% intervals for the difference of paired proportions, with which `coverage.ts` compares
 * Newcombe's.
 */
import { type Interval, z95 } from '../../src/shared/statistics/intervals.ts';
import { type PairedCounts, differenceOf, totalOf } from '../../src/shared/statistics/pairedCounts.ts';

/** Wald's interval: D ± z·√((onlyA + onlyB)/n − D²)/√n. */
export function wald(counts: PairedCounts): Interval {
  const n = totalOf(counts);
  const difference = differenceOf(counts);
  const half = z95 * Math.sqrt(Math.max(0, (counts.onlyA + counts.onlyB) / n - difference ** 2) / n);
  return [difference - half, difference + half];
}

/**
 * Tango's score interval ("Equivalence test and confidence interval for the difference in proportions for the
 * paired-sample design", Statistics in Medicine 17, 1998): all differences that the score test does not
 * reject.
 */
export function tango(counts: PairedCounts): Interval {
  const difference = differenceOf(counts);
  const limit = (far: number, sign: number): number => {
    let [inside, outside] = [difference, far];
    for (let i = 0; i < 60; i += 1) {
      const middle = (inside + outside) / 2;
      if (sign * score(counts, middle) > z95) outside = middle;
      else inside = middle;
    }
    return inside;
  };
  return [limit(-1, 1), limit(1, -1)];
}

function score(counts: PairedCounts, delta: number): number {
  const { onlyA: b, onlyB: c } = counts;
  const n = totalOf(counts);
  const linear = -b - c + (2 * n - b + c) * delta;
  const constant = -c * delta * (1 - delta);
  const q = (Math.sqrt(Math.max(0, linear * linear - 8 * n * constant)) - linear) / (4 * n);
  const variance = n * (2 * q + delta * (1 - delta));
  const distance = b - c - n * delta;
  if (variance > 0) return distance / Math.sqrt(variance);
  return distance === 0 ? 0 : Math.sign(distance) * Infinity;
}
