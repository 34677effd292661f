/** How single figures are written in a comparison's tables. */

/** Stands for a figure that is not there. */
export const none = '–';

/** Three significant digits. */
export const short = (value: number | null | undefined) =>
  value === null || value === undefined ? none : String(Number(value.toPrecision(3)));

/** A figure, and beside it in brackets what it is more or less than the baseline's; without one, the figure alone. */
export function against(value: number, base: number | undefined, text: (value: number) => string): string {
  if (base === undefined || Number.isNaN(value) || Number.isNaN(base)) return text(value);
  const difference = value - base;
  const sign = difference < 0 ? '−' : '+';
  return `${text(value)} (${difference === 0 ? '0' : `${sign}${text(Math.abs(difference))}`})`;
}
