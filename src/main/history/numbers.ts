/** A loss can be not a number (training that has diverged), which SQLite has no value for: it is kept as NULL. */

export function numberToColumn(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

export function numberFromColumn(value: number | null): number {
  return value ?? Number.NaN;
}
