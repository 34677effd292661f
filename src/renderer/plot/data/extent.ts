/** Ranges of axes that grow in a few steps and not with every point. */

const steps = [1, 2, 5];

/**
 * Returns the first of 1, 2, 5, 10, 20, 50, … that contains `progress`, but not more than `planned`, unless progress
 * exceeds it.
 */
export function growingExtent(progress: number, planned: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const step of steps) {
      const extent = step * decade;
      if (extent >= planned) return Math.max(planned, progress);
      if (extent >= progress) return extent;
    }
  }
}

/**
 * Returns the lower end of an accuracy axis, in percent: a round number with some room below the lowest value, 90
 * without values.
 */
export function accuracyFloor(lowest: number): number {
  if (lowest > 100) return 90;
  for (const floor of [98, 95, 90, 80, 60]) {
    if (lowest >= floor + (100 - floor) * 0.1) return floor;
  }
  return 0;
}

const mantissas = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Returns the smallest round number that is at least `value`, a positive one. */
export function roundUp(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  // Rounding must not push a round number up to the next one.
  return decade * mantissas.find((mantissa) => mantissa * (1 + 1e-9) >= value / decade)!;
}

/** Returns the largest round number that is at most `value`, a positive one. */
export function roundDown(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  return decade * mantissas.findLast((mantissa) => mantissa <= (value / decade) * (1 + 1e-9))!;
}

/**
 * Returns the value axis's range for visible values between `low` and `high`. It begins at 0 if that leaves the values
 * enough of the height; logarithmic ranges end at round numbers. Without visible values, it is that of a net that has
 * not learned.
 */
export function lossExtent(
  low: number,
  high: number,
  logarithmic: boolean,
): { readonly min: number; readonly max: number } {
  if (!(high > 0) || !Number.isFinite(high))
    return logarithmic ? { min: 0.01, max: 3 } : { min: 0, max: 2.5 };
  if (logarithmic) {
    const min = roundDown(low > 0 ? low : high / 1000);
    const max = roundUp(high);
    return min < max ? { min, max } : { min: min / 2, max: max * 2 };
  }
  const max = roundUp(high * 1.02);
  const span = high - low;
  if (low <= 0 || span > high * 0.4) return { min: low < 0 ? -roundUp(-low) : 0, max };
  // The grid depends on the spread of the values, so that the ends are round.
  const grid = roundUp(Math.max(span, high * 1e-3)) / 4;
  return { min: Math.max(0, Math.floor(low / grid) * grid), max: Math.ceil(high / grid) * grid };
}
