/**
 * Optimizer steps as graph nodes, with `torch.optim`'s arithmetic: its position of epsilon, its bias
 * correction and its weight decay. The table has an entry for every optimizer. What changes from step to step
 * (learning rate, bias corrections) is computed in double precision outside and fed as float32 scalars, as
 * PyTorch does in Python.
 */
import type { Optimizer, OptimizerType, TrainingSettings } from '../../../shared/training/training.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { type SteppedWeight, strideLinearStep } from '../graph/linearOperations.ts';
import {
  type Variable,
  add,
  applyGradientDescent,
  applyMomentum,
  assignVariable,
  divide,
  multiply,
  readVariable,
  scalar,
  square,
  squareRoot,
  subtract,
} from '../graph/operations.ts';

export interface ParameterStep {
  readonly target: Variable;
  /** Value of the parameter before the step. */
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly slots: readonly Variable[];
  readonly scalars: readonly Tensor[];
}

interface OptimizerKind<O> {
  /** Names of the float32 arrays that are kept for each parameter; all start at zero. */
  slots(optimizer: O): readonly string[];
  /** Returns the numbers that are fed at step `step` (counted from 1) with that learning rate. */
  scalars(optimizer: O, learningRate: number, step: number): readonly number[];
  /** Adds the step's nodes and returns the names of those with an effect. */
  update(g: Graph, optimizer: O, step: ParameterStep): readonly string[];
}

type Of<T extends OptimizerType> = Extract<Optimizer, { type: T }>;

function decayed(g: Graph, weightDecay: number, { gradient, value }: ParameterStep): Tensor {
  return weightDecay === 0 ? gradient : add(g, gradient, multiply(g, value, scalar(g, weightDecay)));
}

/** Assigns kept·old + (1 − kept)·now and returns the new value. */
function blend(g: Graph, variable: Variable, kept: number, now: Tensor): { value: Tensor; effect: string } {
  const old = readVariable(g, variable);
  const value = add(g, multiply(g, old, scalar(g, kept)), multiply(g, now, scalar(g, 1 - kept)));
  return { value, effect: assignVariable(g, variable, value) };
}

const slot = (step: ParameterStep, index: number): Variable => step.slots[index] as Variable;
const fed = (step: ParameterStep, index: number): Tensor => step.scalars[index] as Tensor;

/**
 * Adds Adam's update (Kingma and Ba 2015): parameter ← parameter·shrink − stepSize·m / (√v / √correction₂ +
 * ε).
 */
function adamUpdate(
  g: Graph,
  { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
  step: ParameterStep,
  gradient: Tensor,
  value: Tensor,
): string[] {
  const m = blend(g, slot(step, 0), beta1, gradient);
  const v = blend(g, slot(step, 1), beta2, square(g, gradient));
  const denominator = add(g, divide(g, squareRoot(g, v.value), fed(step, 1)), scalar(g, epsilon));
  const change = multiply(g, divide(g, m.value, denominator), fed(step, 0));
  return [m.effect, v.effect, assignVariable(g, step.target, subtract(g, value, change))];
}

function adamScalars(
  { beta1, beta2 }: { beta1: number; beta2: number },
  learningRate: number,
  step: number,
): number[] {
  return [learningRate / (1 - beta1 ** step), Math.sqrt(1 - beta2 ** step)];
}

const kinds: { readonly [T in OptimizerType]: OptimizerKind<Of<T>> } = {
  sgd: {
    slots: ({ momentum }) => (momentum > 0 ? ['momentum'] : []),
    scalars: (_optimizer, learningRate) => [learningRate],
    update(g, { momentum, nesterov, weightDecay }, step) {
      const gradient = decayed(g, weightDecay, step);
      const [accumulator] = step.slots;
      return accumulator
        ? [applyMomentum(g, step.target, accumulator, fed(step, 0), gradient, scalar(g, momentum), nesterov)]
        : [applyGradientDescent(g, step.target, fed(step, 0), gradient)];
    },
  },
  adam: {
    slots: () => ['m', 'v'],
    scalars: adamScalars,
    update: (g, optimizer, step) =>
      adamUpdate(g, optimizer, step, decayed(g, optimizer.weightDecay, step), step.value),
  },
  /** Decays the parameter rather than the gradient (Loshchilov and Hutter 2019). */
  adamW: {
    slots: () => ['m', 'v'],
    scalars: (optimizer, learningRate, step) => [
      ...adamScalars(optimizer, learningRate, step),
      1 - learningRate * optimizer.weightDecay,
    ],
    update: (g, optimizer, step) =>
      adamUpdate(g, optimizer, step, step.gradient, multiply(g, step.value, fed(step, 2))),
  },
  /** This is the variant that is not centred. */
  rmsProp: {
    slots: ({ momentum }) => (momentum > 0 ? ['square', 'momentum'] : ['square']),
    scalars: (_optimizer, learningRate) => [learningRate],
    update(g, { alpha, momentum, epsilon, weightDecay }, step) {
      const gradient = decayed(g, weightDecay, step);
      const squares = blend(g, slot(step, 0), alpha, square(g, gradient));
      let direction = divide(g, gradient, add(g, squareRoot(g, squares.value), scalar(g, epsilon)));
      const effects = [squares.effect];
      const buffer = step.slots[1];
      if (buffer) {
        direction = add(g, multiply(g, readVariable(g, buffer), scalar(g, momentum)), direction);
        effects.push(assignVariable(g, buffer, direction));
      }
      const value = subtract(g, step.value, multiply(g, direction, fed(step, 0)));
      return [...effects, assignVariable(g, step.target, value)];
    },
  },
  adagrad: {
    slots: () => ['sum'],
    scalars: ({ learningRateDecay }, learningRate, step) => [
      learningRate / (1 + (step - 1) * learningRateDecay),
    ],
    update(g, { epsilon, weightDecay }, step) {
      const gradient = decayed(g, weightDecay, step);
      const sum = add(g, readVariable(g, slot(step, 0)), square(g, gradient));
      const direction = divide(g, gradient, add(g, squareRoot(g, sum), scalar(g, epsilon)));
      const value = subtract(g, step.value, multiply(g, direction, fed(step, 0)));
      return [assignVariable(g, slot(step, 0), sum), assignVariable(g, step.target, value)];
    },
  },
};

function kindOf<O extends Optimizer>(optimizer: O): OptimizerKind<O> {
  return kinds[optimizer.type] as unknown as OptimizerKind<O>;
}

export const optimizerSlots = (optimizer: Optimizer) => kindOf(optimizer).slots(optimizer);

export const optimizerScalars = (optimizer: Optimizer, learningRate: number, step: number) =>
  kindOf(optimizer).scalars(optimizer, learningRate, step);

/** Returns whether the steps of weights may be taken together with their gradients (`productUpdate`). */
export const takesProducts = ({ optimizer, clipping }: TrainingSettings): boolean =>
  optimizer.type === 'sgd' && clipping === null;

/** Adds the steps of weights whose gradients are products. `takesProducts` must hold. */
export function productUpdate(
  g: Graph,
  optimizer: Optimizer,
  weights: readonly SteppedWeight[],
  [learningRate]: readonly Tensor[],
): readonly string[] {
  if (optimizer.type !== 'sgd' || !learningRate) throw new Error(`${optimizer.type} needs gradients`);
  const { momentum, nesterov, weightDecay } = optimizer;
  return strideLinearStep(g, weights, { learningRate, momentum, nesterov, weightDecay });
}

export const optimizerUpdate = (g: Graph, optimizer: Optimizer, step: ParameterStep) =>
  kindOf(optimizer).update(g, optimizer, step);
