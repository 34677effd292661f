/**
 * Binomial probabilities to full double precision, by Loader's saddle-point expansion (C. Loader, "Fast and Accurate
 * Computation of Binomial Probabilities", 2000), which avoids factorials that overflow and differences of large
 * logarithms.
 */

/** Computes log(n!) minus Stirling's approximation (n + ½)·log n − n + ½·log 2π, for integers n ≥ 0. */
function stirlingError(n: number): number {
  if (n < 16) {
    if (n === 0) return 0;
    let logFactorial = 0;
    for (let i = 2; i <= n; i += 1) logFactorial += Math.log(i);
    return logFactorial - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / (1188 * square)) / square) / square) / square) / n;
}

/** Computes x·log(x/m) + m − x without losing digits near x = m. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) < 0.1 * (x + m)) {
    const v = (x - m) / (x + m);
    let sum = (x - m) * v;
    let term = 2 * x * v;
    for (let j = 1; ; j += 1) {
      term *= v * v;
      const next = sum + term / (2 * j + 1);
      if (next === sum) return next;
      sum = next;
    }
  }
  return x * Math.log(x / m) + m - x;
}

/** Computes P(X = k) for X ~ Bin(n, ½); 0 ≤ k ≤ n. */
export function fairBinomial(n: number, k: number): number {
  if (k === 0 || k === n) return 2 ** -n;
  const exponent =
    stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n / 2) - deviance(n - k, n / 2);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/** Computes P(X ≤ k) for X ~ Bin(n, ½). Terms below k follow from P(X = k) by their ratios, smallest error first. */
export function fairBinomialTail(n: number, k: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  let term = fairBinomial(n, k);
  let sum = term;
  for (let i = k; i > 0 && term > sum * 1e-18; i -= 1) {
    term *= i / (n - i + 1);
    sum += term;
  }
  return Math.min(1, sum);
}
