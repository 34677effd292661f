/** Formats values within a net with the given number of significant digits, a true minus sign, and `0` for zero. */
export type Digits = 3 | 7;

export function formatValue(value: number, digits: Digits): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞').replace('-', '−');
  const size = Math.abs(value);
  if (size >= 10 ** digits && size < 1e6) return value.toFixed(0).replace('-', '−');
  const text =
    size >= 1e6 || size < 1e-4 ? value.toExponential(digits - 1) : trimmed(value.toPrecision(digits));
  return text.replaceAll('-', '−');
}

/** Removes trailing zeros: `1.20` says no more than `1.2`. */
function trimmed(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}
