/** How deep JSON is nested. What is sent may be 100 deep (`@msgpack/msgpack`), a message around it included. */
export const deepest = 32;

/** 0 for what holds nothing. Without recursion: it is for what may be nested without a bound. */
export function depthOf(value: unknown): number {
  let depth = -1;
  for (let level: unknown[] = [value]; level.length > 0; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return depth;
}
