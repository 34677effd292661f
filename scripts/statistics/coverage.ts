/**
 * Measures by simulation how often a 95% interval of the difference contains the true one: many tables are
 * drawn from known probabilities, and the intervals that contain the true difference are counted. The draws
 * are seeded, so the figures are reproducible. `node scripts/statistics/coverage.ts` prints the table of
 * docs/statistics.md.
 */
import type { Interval } from '../../src/shared/statistics/intervals.ts';
import { newcombe } from '../../src/shared/statistics/intervals.ts';
import type { PairedCounts } from '../../src/shared/statistics/pairedCounts.ts';
import { Xoshiro } from '../../src/shared/statistics/xoshiro.ts';
import { tango, wald } from './otherIntervals.ts';

export interface CoverageCase {
  readonly images: number;
  /** Probabilities that only A, only B, and both are correct. */
  readonly onlyA: number;
  readonly onlyB: number;
  readonly bothRight: number;
}

const of = (images: number, onlyA: number, onlyB: number, bothRight: number): CoverageCase => ({
  images,
  onlyA,
  onlyB,
  bothRight,
});

/** Cases with several sizes and effects, and few or many disagreements. */
export const coverageCases: readonly CoverageCase[] = [
  of(10, 0.1, 0.1, 0.7),
  of(20, 0.2, 0.05, 0.6),
  of(30, 0.15, 0.15, 0.6),
  of(30, 0.4, 0.1, 0.3),
  of(50, 0.03, 0.03, 0.9),
  of(50, 0.2, 0.02, 0.7),
  of(100, 0.08, 0.02, 0.85),
  of(100, 0.3, 0.3, 0.2),
  of(200, 0.02, 0.01, 0.95),
  of(500, 0.01, 0.002, 0.98),
  of(1_000, 0.01, 0.01, 0.97),
  of(1_000, 0.006, 0.002, 0.985),
  of(1_000, 0.15, 0.05, 0.7),
  of(10_000, 0.005, 0.005, 0.985),
  of(10_000, 0.0004, 0.0002, 0.9985),
  of(10_000, 0.019, 0.003, 0.968),
  of(10_000, 0.04, 0.034, 0.87),
];

/**
 * Draws the number of successes among `n` trials of probability `p`, from the lengths of the runs of failures
 * between them.
 */
function binomial(random: Xoshiro, n: number, p: number): number {
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  if (p <= 0) return 0;
  let successes = 0;
  const scale = Math.log1p(-p);
  for (let trial = 0; ; successes += 1) {
    // 1 − u is in (0, 1].
    trial += 1 + Math.floor(Math.log(1 - random.unit()) / scale);
    if (trial > n) return successes;
  }
}

export function drawTable(random: Xoshiro, { images, onlyA, onlyB, bothRight }: CoverageCase): PairedCounts {
  const a = binomial(random, images, onlyA);
  const b = binomial(random, images - a, onlyB / (1 - onlyA));
  const right = binomial(random, images - a - b, Math.min(1, bothRight / (1 - onlyA - onlyB)));
  return { bothRight: right, onlyA: a, onlyB: b, bothWrong: images - a - b - right };
}

/** Returns, for each method, the share of `tables` draws whose interval contains the true difference. */
export function coverage(
  of: CoverageCase,
  methods: readonly ((counts: PairedCounts) => Interval)[],
  tables = 10_000,
): number[] {
  const random = new Xoshiro(of.images);
  const truth = of.onlyA - of.onlyB;
  const held = methods.map(() => 0);
  for (let i = 0; i < tables; i += 1) {
    const table = drawTable(random, of);
    methods.forEach((method, index) => {
      const [lower, upper] = method(table);
      if (lower <= truth && truth <= upper) held[index]! += 1;
    });
  }
  return held.map((count) => count / tables);
}

if (import.meta.main) {
  console.log('| images | only A, only B, both right | Newcombe 10 | Tango | Wald |');
  console.log('| ---: | --- | ---: | ---: | ---: |');
  for (const each of coverageCases) {
    const shares = coverage(each, [newcombe, tango, wald]).map((share) => `${(100 * share).toFixed(1)} %`);
    const { images, onlyA, onlyB, bothRight } = each;
    console.log(`| ${images} | ${onlyA}, ${onlyB}, ${bothRight} | ${shares.join(' | ')} |`);
  }
}
