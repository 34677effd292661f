/**
 * Element-wise functions written as formulas of a few operations that the engine and every export format have. A
 * formula is computed in an algebra: with numbers for a curve, with tensors for a graph, with texts for source code.
 */

export type Formula =
  | 'x'
  | number
  | readonly ['add' | 'multiply', Formula, Formula]
  | readonly ['exponential' | 'tanh' | 'sigmoid' | 'softplus', Formula];

/** The operations for values of one kind. */
export interface Algebra<T> {
  readonly x: T;
  constant(value: number): T;
  add(a: T, b: T): T;
  multiply(a: T, b: T): T;
  exponential(a: T): T;
  tanh(a: T): T;
  sigmoid(a: T): T;
  softplus(a: T): T;
}

/** Computes the formula in an algebra. A part that occurs more than once, as the same object, is computed once. */
export function compute<T>(formula: Formula, algebra: Algebra<T>): T {
  const known = new Map<Formula, T>();
  const valueOf = (part: Formula): T => {
    const value = known.get(part) ?? fresh(part);
    known.set(part, value);
    return value;
  };
  const fresh = (part: Formula): T => {
    if (part === 'x') return algebra.x;
    if (typeof part === 'number') return algebra.constant(part);
    if (part.length === 3) return algebra[part[0]](valueOf(part[1]), valueOf(part[2]));
    return algebra[part[0]](valueOf(part[1]));
  };
  return valueOf(formula);
}

/** Returns the number of operations of the formula; a part that is the same object counts once. */
export function operationCount(formula: Formula): number {
  let count = 0;
  const step = () => (count += 1);
  compute<unknown>(formula, {
    x: null,
    constant: () => null,
    add: step,
    multiply: step,
    exponential: step,
    tanh: step,
    sigmoid: step,
    softplus: step,
  });
  return count;
}

/** Returns the derivative by x, by the chain rule. */
export function derivative(formula: Formula): Formula {
  if (formula === 'x') return 1;
  if (typeof formula === 'number') return 0;
  switch (formula[0]) {
    case 'add':
      return sum(derivative(formula[1]), derivative(formula[2]));
    case 'multiply':
      return sum(product(derivative(formula[1]), formula[2]), product(formula[1], derivative(formula[2])));
    case 'exponential':
      return product(formula, derivative(formula[1]));
    case 'tanh':
      return product(['add', 1, ['multiply', -1, ['multiply', formula, formula]]], derivative(formula[1]));
    case 'sigmoid':
      return product(['multiply', formula, ['add', 1, ['multiply', -1, formula]]], derivative(formula[1]));
    case 'softplus':
      return product(['sigmoid', formula[1]], derivative(formula[1]));
  }
}

function sum(a: Formula, b: Formula): Formula {
  if (a === 0) return b;
  return b === 0 ? a : ['add', a, b];
}

function product(a: Formula, b: Formula): Formula {
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  return b === 1 ? a : ['multiply', a, b];
}

/** Computes with IEEE doubles. The exponential within softplus does not overflow. */
export const numbersAt = (x: number): Algebra<number> => ({
  x,
  constant: (value) => value,
  add: (a, b) => a + b,
  multiply: (a, b) => a * b,
  exponential: Math.exp,
  tanh: Math.tanh,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
});
