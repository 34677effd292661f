/**
 * JSON that keeps every number. A diverged loss is NaN or infinite, which JSON cannot express and `JSON.stringify`
 * writes as null; here they are `{"number":"NaN"}`, so that reading restores what was written.
 */

const special: Readonly<Record<string, number>> = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity };

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'number' && !Number.isFinite(each) ? { number: String(each) } : each,
  );
}

/** Throws a SyntaxError if the text is not JSON. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null || !('number' in each)) return each;
    return typeof each.number === 'string' && Object.hasOwn(special, each.number)
      ? special[each.number]
      : each;
  });
}
