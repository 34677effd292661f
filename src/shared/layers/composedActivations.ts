/**
 * Activations that are formulas of others. An entry is all that Stride needs to train with the function, to draw it, to
 * read it from PyTorch code and to export it; CONTRIBUTING.md shows how to add one.
 */
import type { Formula } from './formula.ts';

interface ComposedActivation {
  /** The name that people read. */
  readonly label: string;
  /** The class in `torch.nn`. The entry's own name is that of `torch.nn.functional` and Keras. */
  readonly torch: string;
  readonly formula: Formula;
}

export const composedActivations = {
  silu: { label: 'SiLU', torch: 'SiLU', formula: ['multiply', 'x', ['sigmoid', 'x']] },
} as const satisfies Readonly<Record<string, ComposedActivation>>;

export type ComposedFunction = keyof typeof composedActivations;

export const composedFunctions = Object.keys(composedActivations) as ComposedFunction[];

export function isComposed(name: string): name is ComposedFunction {
  return Object.hasOwn(composedActivations, name);
}
