/** Values that can be iterated over. */
import type { Reading } from '../reading.ts';
import { type Value, from, number, string } from '../values.ts';

/** A range with more numbers is not written out. */
const longestRange = 10_000;

/** Returns the length of a range; null if its end is unknown. */
export function rangeLength({
  start,
  stop,
  step,
}: {
  start: number;
  stop: number | null;
  step: number;
}): number | null {
  if (stop === null || step === 0 || !Number.isFinite(step)) return null;
  return Math.max(0, Math.ceil((stop - start) / step));
}

/** Returns null if the items are unknown. */
export function itemsOf(_reading: Reading, value: Value): readonly Value[] | null {
  switch (value.kind) {
    case 'list':
      return value.items;
    case 'string':
      return [...value.value].map(string);
    case 'dict':
      return [...value.entries.keys()].map(string);
    case 'range': {
      const length = rangeLength(value);
      if (length === null || length > longestRange) return null;
      return Array.from({ length }, (_, i) => from(number(value.start + i * value.step), value));
    }
    case 'module':
      return value.module.type === 'sequence'
        ? value.module.torchName === 'ModuleDict'
          ? value.module.children.map(({ key }) => string(key))
          : value.module.children.map((child) => child.value)
        : null;
    default:
      return null;
  }
}
