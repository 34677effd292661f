/** What a filter comes to: a tree, which history turns into SQL. */
import type { DateFieldName, FlagFieldName, NumberFieldName, RunField, TextFieldName } from './fields.ts';

export type NumberOperator = '=' | '>' | '>=' | '<' | '<=';

export type RunFilter =
  /** Without parts, `and` holds for every run. */
  | { readonly kind: 'and' | 'or'; readonly parts: readonly RunFilter[] }
  | { readonly kind: 'not'; readonly part: RunFilter }
  /** In name, net, note or a tag; letters from a to z in either case. */
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'text';
      readonly field: TextFieldName;
      readonly how: 'has' | 'is';
      readonly text: string;
    }
  /** Shares are in percent, durations in seconds. A run without the number does not meet it. */
  | {
      readonly kind: 'number';
      readonly field: NumberFieldName;
      readonly operator: NumberOperator;
      readonly value: number;
    }
  /** From `from` on and before `to`, ISO 8601 in UTC; null: without that end. */
  | {
      readonly kind: 'date';
      readonly field: DateFieldName;
      readonly from: string | null;
      readonly to: string | null;
    }
  | { readonly kind: 'flag'; readonly field: FlagFieldName; readonly value: boolean }
  | { readonly kind: 'none'; readonly field: RunField };

export const everyRun: RunFilter = { kind: 'and', parts: [] };

/** Whether a filter says anything of a field: archived and deleted runs are left out of what does not. */
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
