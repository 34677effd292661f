/**
 * Holm's step-down correction of p values for several comparisons (S. Holm, "A simple sequentially rejective multiple
 * test procedure", Scand. J. Statist. 6, 1979): of m sorted p values, the i-th becomes the largest of min(1, (m − j +
 * 1)·pⱼ) over j ≤ i. Returns them in the given order.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((x, y) => x.p - y.p || x.index - y.index);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [rank, { p, index }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}
