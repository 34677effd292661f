/** Operations that treat every element alike: arithmetic, activations and their gradients, comparisons. */
import { float, type } from './attributes.ts';
import type { Graph, Tensor } from './graph.ts';
import type { OpName } from './opTable.ts';

function elementWise(op: OpName) {
  return (g: Graph, ...inputs: Tensor[]): Tensor =>
    g.op(op, inputs, {
      attributes: { T: type(inputs[0]?.dtype ?? 'float32') },
      outputs: [inputs[0]?.dtype ?? 'float32'],
    });
}

export const add = elementWise('AddV2');
export const subtract = elementWise('Sub');
export const multiply = elementWise('Mul');
export const divide = elementWise('RealDiv');
export const minimum = elementWise('Minimum');
export const maximum = elementWise('Maximum');
export const negate = elementWise('Neg');
export const square = elementWise('Square');
export const squareRoot = elementWise('Sqrt');
export const reciprocalSquareRoot = elementWise('Rsqrt');
export const exponential = elementWise('Exp');
export const exponentialMinusOne = elementWise('Expm1');
export const errorFunction = elementWise('Erf');
export const absolute = elementWise('Abs');
export const cosine = elementWise('Cos');
export const sine = elementWise('Sin');

export const relu = elementWise('Relu');
export const elu = elementWise('Elu');
export const selu = elementWise('Selu');
export const sigmoid = elementWise('Sigmoid');
export const tanh = elementWise('Tanh');
export const softplus = elementWise('Softplus');
/** (dy, y) → dx */
export const reluGrad = elementWise('ReluGrad');
/** (dy, y) → dx */
export const eluGrad = elementWise('EluGrad');
/** (dy, y) → dx */
export const seluGrad = elementWise('SeluGrad');
/** (y, dy) → dx */
export const sigmoidGrad = elementWise('SigmoidGrad');
/** (y, dy) → dx */
export const tanhGrad = elementWise('TanhGrad');
/** (dy, x) → dx */
export const softplusGrad = elementWise('SoftplusGrad');

export function leakyReluGrad(g: Graph, dy: Tensor, x: Tensor, alpha: number): Tensor {
  return g.op('LeakyReluGrad', [dy, x], { attributes: { T: type('float32'), alpha: float(alpha) } });
}

function comparison(op: OpName) {
  return (g: Graph, a: Tensor, b: Tensor): Tensor =>
    g.op(op, [a, b], { attributes: { T: type(a.dtype) }, outputs: ['bool'] });
}
export const greater = comparison('Greater');
export const greaterEqual = comparison('GreaterEqual');
export const less = comparison('Less');
export const equal = comparison('Equal');

export function select(g: Graph, condition: Tensor, then: Tensor, otherwise: Tensor): Tensor {
  return g.op('SelectV2', [condition, then, otherwise], {
    attributes: { T: type(then.dtype) },
    outputs: [then.dtype],
  });
}
