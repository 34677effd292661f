/** Figures computed from the measured seconds: medians, ratios, and floating-point operations. */
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
  /** One ratio per round: the machine's speed varies from minute to minute, but little within a round. */
  readonly rounds: readonly number[];
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  /** Whether the median meets the target; null without one. */
  readonly met: boolean | null;
}

/**
 * Returns the comparisons of which both sides were measured; `seconds` holds one number per round for each
 * contestant.
 */
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
 * Returns the least number of floating-point operations in an epoch of training: two for each multiply-add of
 * the forward pass, of the weights' gradient and of the input's gradient; the last is not needed if nothing
 * below is trained.
 */
export function flopsPerEpoch(network: Network, images: number): number {
  const { layers, multiplyAdds } = summarize(network);
  const lowest = layers.find(({ parameterCount }) => parameterCount > 0);
  return (6 * multiplyAdds - 2 * (lowest?.multiplyAdds ?? 0)) * images;
}
