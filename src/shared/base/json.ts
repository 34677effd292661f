/**
 * JSON that keeps every number. A loss that has diverged is NaN or infinite, for which JSON has no word and
 * `JSON.stringify` writes null; here they are `{"number":"NaN"}`, and what is read is what was written.
 */

const special: Readonly<Record<string, number>> = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity };

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'number' && !Number.isFinite(each) ? { number: String(each) } : each,
  );
}

/** Throws a SyntaxError where the text is not JSON. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null || !('number' in each)) return each;
    return typeof each.number === 'string' && Object.hasOwn(special, each.number)
      ? special[each.number]
      : each;
  });
}
