/**
 * Where the axis along a chart has its ticks. They depend on how much is in sight, never on where that begins: so they
 * keep their places on the data while a chart is moved, and are the same ones when it rests.
 */

/** Between two ticks there is room for the longest words: "1,200,000". */
const leastPixels = 72;
const mostSpaces = 10;
const mantissas = [1, 2, 5, 10];

/** From tick to tick, for `span` in sight on so many pixels: 1, 2 or 5 times a power of ten, a whole number if `whole`. */
export function tickStep(span: number, pixels: number, whole: boolean): number {
  const spaces = Math.min(mostSpaces, Math.max(1, Math.floor(pixels / leastPixels)));
  const least = whole ? Math.max(1, span / spaces) : span / spaces;
  const decade = Math.floor(Math.log10(least));
  const mantissa = mantissas.find((each) => each * (1 + 1e-9) >= least / 10 ** decade)!;
  // Written as a decimal, so that it is the number that its digits say.
  return Number(`${mantissa}e${decade}`);
}

/** The multiples of `step` from `min` to `max`, both included. */
export function ticksBetween(min: number, max: number, step: number): number[] {
  const slack = 1e-9;
  const first = Math.ceil(min / step - slack);
  const last = Math.floor(max / step + slack);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** How the words of a value axis' ticks are written, so that each is short and no two are alike. */
export interface TickForm {
  readonly decimals: number;
  /** As `1.2e6`. */
  readonly exponent: boolean;
}

/** From here on, and with more decimals than these, digits take more room than the axis has. */
const mostDigits = 1e5;
const mostDecimals = 5;

/** For a tick at `value` of an axis with ticks `step` apart; 0 where they are not equally far apart (a logarithmic axis). */
export function tickForm(value: number, step: number): TickForm {
  const size = Math.abs(value);
  if (size === 0) return { decimals: 0, exponent: false };
  const own = Math.floor(Math.log10(size) + 1e-9);
  // Of the smallest digit that tells neighbours apart: that of the step, or the value's second one.
  const last = step > 0 ? Math.floor(Math.log10(step) + 1e-9) - (isRoundStep(step) ? 0 : 1) : own - 1;
  const exponent = size >= mostDigits || -last > mostDecimals || (step === 0 && size < 1e-3);
  return { decimals: Math.min(mostDecimals, Math.max(0, exponent ? own - last : -last)), exponent };
}

/** A step of 0.5 has one digit, one of 0.25 has two. */
function isRoundStep(step: number): boolean {
  const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
  return Math.abs(mantissa - Math.round(mantissa)) < 1e-6;
}
