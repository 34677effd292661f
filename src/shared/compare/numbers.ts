/** Formats a comparison's numbers, the same in window, terminal and report. */

/**
 * Formats a fraction in percent, 98.73%: two decimals for 1,000 images or more, where they are meaningful, otherwise
 * one.
 */
export function percent(share: number, images: number): string {
  return `${(100 * share).toFixed(decimalsFor(images))}%`;
}

/** Formats a difference of proportions in percentage points, with its sign if requested. */
export function points(share: number, images: number, signed = false): string {
  const text = Math.abs(100 * share).toFixed(decimalsFor(images));
  const zero = Number(text) === 0;
  if (share < 0 && !zero) return `−${text}`;
  return signed && !zero ? `+${text}` : text;
}

function decimalsFor(images: number): number {
  return images >= 1000 ? 2 : 1;
}

/** Formats a p value, `= 0.034` or `< 0.0001`: two significant digits, and never 1.0e-5. */
export function pText(p: number): string {
  if (p < 0.0001) return '< 0.0001';
  if (p >= 0.995) return '= 1';
  return `= ${Number(p.toPrecision(2))}`;
}

const wholeNumbers = new Intl.NumberFormat('en-US');

export function whole(value: number): string {
  return wholeNumbers.format(Math.round(value));
}
