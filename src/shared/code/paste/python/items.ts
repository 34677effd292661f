/** What can be gone through one by one. */
import type { Reading } from '../reading.ts';
import { type Value, from, number, string } from '../values.ts';

/** A range with more numbers is not written out. */
const longestRange = 10_000;

/** How many numbers a range has; null where its end is not known. */
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

/** Null where that is not known. */
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
