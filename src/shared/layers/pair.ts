/** Height and width, which one number may stand for as in PyTorch. */
import { z } from 'zod';
import { misfitMessage } from '../misfits/misfitMessage.ts';

export type Pair = readonly [height: number, width: number];

/** A pair in a layer: one whole number, or height and width. */
export type PairField = number | [number, number];

const single = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);

/** Returns the schema of one whole number, or a pair of them: height, then width. */
export function pairSchema(minimum: number, maximum: number) {
  return z.union([single(minimum, maximum), z.tuple([single(minimum, maximum), single(minimum, maximum)])], {
    error: misfitMessage('pair', { minimum, maximum }),
  });
}

export function pair(value: PairField | undefined, fallback: Pair): Pair {
  if (value === undefined) return fallback;
  return typeof value === 'number' ? [value, value] : value;
}

/** Formats `3` or `(3, 5)`, as a Python argument. */
export function pythonPair([height, width]: Pair): string {
  return height === width ? `${height}` : `(${height}, ${width})`;
}
