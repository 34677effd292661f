/** Formats single figures in a comparison's tables. */

/** Stands for a missing figure. */
export const none = '–';

/** Formats three significant digits. */
export const short = (value: number | null | undefined) =>
  value === null || value === undefined ? none : String(Number(value.toPrecision(3)));

/** Formats a figure with its difference from the baseline's in brackets; without a baseline, the figure alone. */
export function against(value: number, base: number | undefined, text: (value: number) => string): string {
  if (base === undefined || Number.isNaN(value) || Number.isNaN(base)) return text(value);
  const difference = value - base;
  const sign = difference < 0 ? '−' : '+';
  return `${text(value)} (${difference === 0 ? '0' : `${sign}${text(Math.abs(difference))}`})`;
}
