/** Arguments of a torch call, by name and of the expected kind; any others are reported. */
import type { PairField } from '../../../layers/layer.ts';
import { type CallArguments, NotUnderstood, type Value } from '../values.ts';

export type Bound = ReadonlyMap<string, Value>;

/** Assigns arguments to the names of the signature. */
export function bind(
  what: string,
  signature: readonly string[],
  { positional, named }: CallArguments,
): Bound {
  const bound = new Map<string, Value>();
  if (positional.length > signature.length)
    throw new NotUnderstood('arguments', { what, most: signature.length, given: positional.length });
  positional.forEach((value, i) => bound.set(signature[i] as string, value));
  for (const [name, value] of named) {
    if (!signature.includes(name)) throw new NotUnderstood('argument-unknown', { what, argument: name });
    bound.set(name, value);
  }
  return bound;
}

export function unreadable(what: string, argument: string): NotUnderstood {
  return new NotUnderstood('argument-unreadable', { what, argument });
}

export function numberOf(bound: Bound, name: string, what: string, fallback?: number): number {
  const value = bound.get(name);
  if (value === undefined && fallback !== undefined) return fallback;
  if (value?.kind === 'number') return value.value;
  if (value?.kind === 'boolean') return Number(value.value);
  throw unreadable(what, name);
}

/** Returns undefined if it is absent or cannot be read. */
export function readableNumber(bound: Bound, name: string): number | undefined {
  const value = bound.get(name);
  return value?.kind === 'number' ? value.value : undefined;
}

export function booleanOf(bound: Bound, name: string, what: string, fallback: boolean): boolean {
  const value = bound.get(name);
  if (value === undefined) return fallback;
  if (value.kind === 'boolean') return value.value;
  if (value.kind === 'number') return value.value !== 0;
  if (value.kind === 'none') return false;
  throw unreadable(what, name);
}

/** Returns one number or a pair. */
export function pairOf(bound: Bound, name: string, what: string): PairField | undefined {
  const value = bound.get(name);
  if (value === undefined || value.kind === 'none') return undefined;
  if (value.kind === 'number') return value.value;
  if (value.kind === 'list') {
    const [height, width] = value.items;
    if (value.items.length === 1 && height?.kind === 'number') return height.value;
    if (value.items.length === 2 && height?.kind === 'number' && width?.kind === 'number')
      return [height.value, width.value];
  }
  throw unreadable(what, name);
}

/** Reports an argument that supports only its default here. */
export function only(
  bound: Bound,
  name: string,
  allowed: string | number | boolean | null,
  what: string,
): void {
  const value = bound.get(name);
  if (value === undefined) return;
  const given =
    value.kind === 'none'
      ? null
      : value.kind === 'number' || value.kind === 'string' || value.kind === 'boolean'
        ? value.value
        : undefined;
  if (given === allowed || (typeof allowed === 'boolean' && given === Number(allowed))) return;
  if (value.kind === 'list' && value.items.every((item) => item.kind === 'number' && item.value === allowed))
    return;
  if (given === undefined && value.kind !== 'list') throw unreadable(what, name);
  const shown = given === null ? 'None' : given === true ? 'True' : String(given ?? '…');
  throw new NotUnderstood('argument-unsupported', { what, argument: name, value: shown });
}

export const numbersOf = (value: Value | undefined): number[] | null => {
  if (value?.kind === 'number') return [value.value];
  if (value?.kind !== 'list') return null;
  const items = value.items.map((item) => (item.kind === 'number' ? item.value : NaN));
  return items.every((item) => !Number.isNaN(item)) ? items : null;
};
