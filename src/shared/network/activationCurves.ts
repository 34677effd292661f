/** Activation functions and their derivatives as numbers, for curves; the definitions are in `layers/activation.ts`. */
import {
  type Activation,
  activationDefaults,
  seluConstants,
  softplusThreshold,
} from '../layers/activation.ts';
import { composedActivations, isComposed } from '../layers/composedActivations.ts';
import { compute, derivative, numbersAt } from '../layers/formula.ts';

export interface Curve {
  value(x: number): number;
  slope(x: number): number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Abramowitz and Stegun 7.1.26, error below 1.5e-7: less than a pixel. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const poly =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - poly * Math.exp(-x * x));
}

/** Returns an exponential unit: `scale`·x above zero, `scale`·α·(eˣ − 1) below. */
const exponentialUnit = (alpha: number, scale: number): Curve => ({
  value: (x) => scale * (x > 0 ? x : alpha * Math.expm1(x)),
  slope: (x) => scale * (x > 0 ? 1 : alpha * Math.exp(x)),
});

export function activationCurve(layer: Activation): Curve {
  const negativeSlope = layer.negativeSlope ?? activationDefaults.negativeSlope;
  if (isComposed(layer.function)) {
    const { formula } = composedActivations[layer.function];
    const slope = derivative(formula);
    return { value: (x) => compute(formula, numbersAt(x)), slope: (x) => compute(slope, numbersAt(x)) };
  }
  switch (layer.function) {
    case 'relu':
      return { value: (x) => Math.max(0, x), slope: (x) => (x > 0 ? 1 : 0) };
    case 'leakyRelu':
      return { value: (x) => (x > 0 ? x : negativeSlope * x), slope: (x) => (x > 0 ? 1 : negativeSlope) };
    case 'elu':
      return exponentialUnit(layer.alpha ?? activationDefaults.alpha, 1);
    case 'selu':
      return exponentialUnit(seluConstants.alpha, seluConstants.scale);
    case 'gelu': {
      const phi = (x: number) => (1 + errorFunction(x * Math.SQRT1_2)) / 2;
      return {
        value: (x) => x * phi(x),
        slope: (x) => phi(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
      };
    }
    case 'sigmoid':
      return { value: sigmoid, slope: (x) => sigmoid(x) * (1 - sigmoid(x)) };
    case 'tanh':
      return { value: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 };
    case 'softplus':
      return {
        value: (x) => (x > softplusThreshold ? x : Math.log1p(Math.exp(x))),
        slope: (x) => (x > softplusThreshold ? 1 : sigmoid(x)),
      };
  }
}

/** Fraction of the largest slope below which an input counts as saturated (as in a run's layer health). */
const saturatedShare = 0.05;

export function isSaturated(curve: Curve, x: number): boolean {
  return Math.abs(curve.slope(x)) < saturatedShare * largestSlope(curve);
}

function largestSlope(curve: Curve): number {
  let largest = 0;
  for (let x = -10; x <= 10; x += 0.05) largest = Math.max(largest, Math.abs(curve.slope(x)));
  return largest;
}

/** Returns the intervals of [from, to] in which the slope is below that fraction, at a resolution of a hundredth. */
export function saturatedRanges(curve: Curve, from: number, to: number): [number, number][] {
  const limit = saturatedShare * largestSlope(curve);
  const ranges: [number, number][] = [];
  const steps = Math.round((to - from) * 100);
  let start: number | null = null;
  for (let i = 0; i <= steps; i += 1) {
    const x = from + i / 100;
    const inside = Math.abs(curve.slope(x)) < limit;
    if (inside && start === null) start = x;
    if (!inside && start !== null) {
      ranges.push([start, x]);
      start = null;
    }
  }
  if (start !== null) ranges.push([start, to]);
  // A slope that only crosses zero (GELU, SiLU) is no saturated region.
  return ranges.filter(([a, b]) => b - a > 0.3);
}

/** Returns the fractions of the numbers in equal bins; values outside count in the first or last one. */
export function histogram(values: ArrayLike<number>, from: number, to: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i += 1) {
    const at = Math.floor((((values[i] as number) - from) / (to - from)) * bins);
    const bin = Math.min(bins - 1, Math.max(0, at));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts.map((count) => count / Math.max(1, values.length));
}
