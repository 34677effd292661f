/** What is worked out of the measured seconds: medians, ratios, and floating-point operations. */
import type { Network } from '../../src/shared/network/network.ts';
import { summarize } from '../../src/shared/network/shapes.ts';
import type { Comparison } from './contestants.ts';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = NaN, above = NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}

export interface Ratio extends Comparison {
  /** A ratio a round: the machine's pace changes from minute to minute, and within a round it is much the same. */
  readonly rounds: readonly number[];
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  /** Whether the median is within the target; null without one. */
  readonly met: boolean | null;
}

/** The comparisons of which both sides were measured; `seconds` holds a number a round for each contestant. */
export function ratios(
  comparisons: readonly Comparison[],
  seconds: ReadonlyMap<string, readonly number[]>,
): Ratio[] {
  return comparisons.flatMap((comparison) => {
    const [of, to] = [seconds.get(comparison.of), seconds.get(comparison.to)];
    if (!of || !to) return [];
    const rounds = of.map((value, round) => value / (to[round] ?? NaN));
    const middle = median(rounds);
    return [
      {
        ...comparison,
        rounds,
        median: middle,
        lowest: Math.min(...rounds),
        highest: Math.max(...rounds),
        met: comparison.target === null ? null : middle <= comparison.target,
      },
    ];
  });
}

/**
 * Floating-point operations that an epoch of training needs at least: a multiplication and an addition for each
 * multiply-add, forward, for the gradient of the weights and for that of the input; the last is not needed where there
 * is nothing to train below.
 */
export function flopsPerEpoch(network: Network, images: number): number {
  const { layers, multiplyAdds } = summarize(network);
  const lowest = layers.find(({ parameterCount }) => parameterCount > 0);
  return (6 * multiplyAdds - 2 * (lowest?.multiplyAdds ?? 0)) * images;
}
