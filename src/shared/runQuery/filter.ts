/** The parsed form of a filter: a tree, which history converts to SQL. */
import type { DateFieldName, FlagFieldName, NumberFieldName, RunField, TextFieldName } from './fields.ts';

export type NumberOperator = '=' | '>' | '>=' | '<' | '<=';

export type RunFilter =
  /** Without parts, `and` matches every run. */
  | { readonly kind: 'and' | 'or'; readonly parts: readonly RunFilter[] }
  | { readonly kind: 'not'; readonly part: RunFilter }
  /** Matches in name, net, note or a tag; letters from a to z in either case. */
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'text';
      readonly field: TextFieldName;
      readonly how: 'has' | 'is';
      readonly text: string;
    }
  /** Accuracies are in percent, durations in seconds. A run without the number does not match. */
  | {
      readonly kind: 'number';
      readonly field: NumberFieldName;
      readonly operator: NumberOperator;
      readonly value: number;
    }
  /** Matches from `from` on and before `to`, ISO 8601 in UTC; null leaves that end open. */
  | {
      readonly kind: 'date';
      readonly field: DateFieldName;
      readonly from: string | null;
      readonly to: string | null;
    }
  | { readonly kind: 'flag'; readonly field: FlagFieldName; readonly value: boolean }
  | { readonly kind: 'none'; readonly field: RunField };

export const everyRun: RunFilter = { kind: 'and', parts: [] };

/** Returns whether a filter mentions a field: archived and deleted runs are excluded unless it does. */
export function mentions(filter: RunFilter, field: RunField): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.some((part) => mentions(part, field));
    case 'not':
      return mentions(filter.part, field);
    case 'word':
      return false;
    default:
      return filter.field === field;
  }
}
