/**
 * Converts a loss for SQLite: NaN, the loss of a run that diverged, is stored as NULL because SQLite has no
 * such value.
 */

export function numberToColumn(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

export function numberFromColumn(value: number | null): number {
  return value ?? Number.NaN;
}
