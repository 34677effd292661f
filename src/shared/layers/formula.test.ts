import { expect, test } from 'vitest';
import { composedActivations, composedFunctions } from './composedActivations.ts';
import { type Formula, compute, derivative, numbersAt } from './formula.ts';

const mish: Formula = ['multiply', 'x', ['tanh', ['softplus', 'x']]];
const formulas: readonly Formula[] = [
  ...composedFunctions.map((name) => composedActivations[name].formula),
  mish,
  ['add', ['exponential', ['multiply', -0.5, ['multiply', 'x', 'x']]], 3],
];

test.each(formulas)('%j: its derivative is the slope of its values', (...parts) => {
  const formula = parts as unknown as Formula;
  const slope = derivative(formula);
  const step = 1e-5;
  for (let x = -6; x <= 6; x += 0.37) {
    const measured =
      (compute(formula, numbersAt(x + step)) - compute(formula, numbersAt(x - step))) / (2 * step);
    expect(compute(slope, numbersAt(x))).toBeCloseTo(measured, 7);
  }
});

test('Mish has the values of torch.nn.Mish', () => {
  // The values are those of torch.nn.functional.mish(torch.tensor([-3., -1., 0., 0.5, 4.], dtype=torch.float64)).
  const expected = [-0.145647, -0.303401, 0, 0.375245, 3.997413];
  const values = [-3, -1, 0, 0.5, 4].map((x) => compute(mish, numbersAt(x)));
  for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected[index]!, 5);
});

test('a part that is the same object is computed once', () => {
  const part: Formula = ['sigmoid', 'x'];
  let calls = 0;
  const counting = { ...numbersAt(1), sigmoid: () => (calls += 1) };
  compute(['multiply', part, part], counting);
  expect(calls).toBe(1);
});
