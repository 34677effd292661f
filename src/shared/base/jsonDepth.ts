/**
 * The largest accepted nesting depth of JSON. A message may be 100 deep (`@msgpack/msgpack`), including its envelope.
 */
export const deepest = 32;

/**
 * Returns the nesting depth, 0 for a value without elements. It does not recurse, because the value may be nested
 * without bound.
 */
export function depthOf(value: unknown): number {
  let depth = -1;
  for (let level: unknown[] = [value]; level.length > 0; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return depth;
}
