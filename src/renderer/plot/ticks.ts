/**
 * The ticks of a chart's horizontal axis. They depend on the width of the visible range, never on where it begins, so
 * that they keep their places on the data while a chart is panned, and are the same when it rests.
 */

/** The distance between two ticks has room for the longest label: "1,200,000". */
const leastPixels = 72;
const mostSpaces = 10;
const mantissas = [1, 2, 5, 10];

/**
 * Returns the distance between ticks for a visible `span` over the given pixels: 1, 2 or 5 times a power of ten, a
 * whole number if `whole`.
 */
export function tickStep(span: number, pixels: number, whole: boolean): number {
  const spaces = Math.min(mostSpaces, Math.max(1, Math.floor(pixels / leastPixels)));
  const least = whole ? Math.max(1, span / spaces) : span / spaces;
  const decade = Math.floor(Math.log10(least));
  const mantissa = mantissas.find((each) => each * (1 + 1e-9) >= least / 10 ** decade)!;
  // Parsing the decimal text gives the number closest to its digits.
  return Number(`${mantissa}e${decade}`);
}

/** Returns the multiples of `step` from `min` to `max`, both included. */
export function ticksBetween(min: number, max: number, step: number): number[] {
  const slack = 1e-9;
  const first = Math.ceil(min / step - slack);
  const last = Math.floor(max / step + slack);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Format of a value axis's tick labels, so that each is short and no two are equal. */
export interface TickForm {
  readonly decimals: number;
  /** Uses scientific notation: `1.2e6`. */
  readonly exponent: boolean;
}

/** Values from this one on, and with more decimals than these, need more room than the axis has. */
const mostDigits = 1e5;
const mostDecimals = 5;

/**
 * Returns the format for a tick at `value` of an axis with ticks `step` apart; `step` is 0 if the distance varies (a
 * logarithmic axis).
 */
export function tickForm(value: number, step: number): TickForm {
  const size = Math.abs(value);
  if (size === 0) return { decimals: 0, exponent: false };
  const own = Math.floor(Math.log10(size) + 1e-9);
  // The smallest digit that distinguishes neighbours: that of the step, or the value's second one.
  const last = step > 0 ? Math.floor(Math.log10(step) + 1e-9) - (isRoundStep(step) ? 0 : 1) : own - 1;
  const exponent = size >= mostDigits || -last > mostDecimals || (step === 0 && size < 1e-3);
  return { decimals: Math.min(mostDecimals, Math.max(0, exponent ? own - last : -last)), exponent };
}

/** Returns whether a step has one digit: 0.5 has one, 0.25 has two. */
function isRoundStep(step: number): boolean {
  const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
  return Math.abs(mantissa - Math.round(mantissa)) < 1e-6;
}
