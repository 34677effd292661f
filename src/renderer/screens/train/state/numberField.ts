/** What may be typed into a number field, and what was meant. */

export interface NumberRule {
  readonly whole: boolean;
  readonly minimum: number;
  readonly maximum: number;
  /** The minimum or the maximum itself is not allowed. */
  readonly aboveMinimum?: boolean;
  readonly belowMaximum?: boolean;
}

/** The number, or null where the text is none or breaks the rule. `1e-3` is a number; the empty text is not. */
export function parseNumber(text: string, rule: NumberRule): number | null {
  const trimmed = text.trim();
  const value = Number(trimmed);
  if (trimmed === '' || !Number.isFinite(value)) return null;
  if (rule.whole && !Number.isSafeInteger(value)) return null;
  if (rule.aboveMinimum ? value <= rule.minimum : value < rule.minimum) return null;
  if (rule.belowMaximum ? value >= rule.maximum : value > rule.maximum) return null;
  return value;
}
