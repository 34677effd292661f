/** The page's forward pass: plain loops over the list of steps, as text. `predict` takes pixels in [0, 1]. */
import { composedActivations, composedFunctions } from '../../../shared/layers/composedActivations.ts';
import { type Algebra, compute } from '../../../shared/layers/formula.ts';
import { seluConstants, softplusThreshold } from '../../../shared/layers/activation.ts';

const texts: Algebra<string> = {
  x: 'x',
  constant: String,
  add: (a, b) => `(${a} + ${b})`,
  multiply: (a, b) => `(${a} * ${b})`,
  exponential: (a) => `Math.exp(${a})`,
  tanh: (a) => `Math.tanh(${a})`,
  sigmoid: (a) => `(1 / (1 + Math.exp(-(${a}))))`,
  // The result is log(1 + exp(a)) without overflow.
  softplus: (a) => `(Math.max(${a}, 0) + Math.log1p(Math.exp(-Math.abs(${a}))))`,
};

const composed = composedFunctions
  .map((name) => `  ${name}: (x) => ${compute(composedActivations[name].formula, texts)},\n`)
  .join('');

export const forwardScript = `'use strict';
const model = JSON.parse(document.getElementById('model').textContent);
const weights = (() => {
  const text = atob(model.weights);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return new Float32Array(bytes.buffer);
})();
const part = (place) => (place ? weights.subarray(place[0], place[0] + place[1]) : null);
const count = (size) => size[0] * size[1] * size[2];

// Abramowitz and Stegun's series would be too coarse: the error function to double precision, by its power series and
// its continued fraction.
function erf(x) {
  const a = Math.abs(x);
  let value;
  if (a < 2.5) {
    let term = a;
    value = a;
    for (let n = 1; n < 60; n += 1) {
      term *= (-a * a) / n;
      value += term / (2 * n + 1);
    }
    value *= 2 / Math.sqrt(Math.PI);
  } else {
    let fraction = 0;
    for (let n = 60; n > 0; n -= 1) fraction = n / 2 / (a + fraction);
    value = 1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction);
  }
  return x < 0 ? -value : value;
}

const activations = {
  relu: (x) => (x > 0 ? x : 0),
  leakyRelu: (x, slope) => (x > 0 ? x : x * slope),
  elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
  selu: (x) => ${seluConstants.scale} * (x > 0 ? x : ${seluConstants.alpha} * Math.expm1(x)),
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: (x) => Math.tanh(x),
  softplus: (x) => (x > ${softplusThreshold} ? x : Math.log1p(Math.exp(x))),
${composed}};

// Calls visit(from, row, column) for every place of a window that lies within the map.
function slide(op, from, to, each) {
  const [, height, width] = from;
  const [, rows, columns] = to;
  const [dh, dw] = op.dilation || [1, 1];
  for (let r = 0; r < rows; r += 1)
    for (let c = 0; c < columns; c += 1)
      for (let i = 0; i < op.kernel[0]; i += 1) {
        const row = r * op.stride[0] - op.padding[0] + i * dh;
        if (row < 0 || row >= height) continue;
        for (let j = 0; j < op.kernel[1]; j += 1) {
          const column = c * op.stride[1] - op.padding[1] + j * dw;
          if (column >= 0 && column < width) each(r * columns + c, row * width + column, i * op.kernel[1] + j);
        }
      }
}

const operations = {
  conv(x, op, from, to) {
    const area = from[1] * from[2];
    const out = to[1] * to[2];
    const taps = op.kernel[0] * op.kernel[1];
    const kernel = part(op.weight);
    const bias = part(op.bias);
    const y = new Float32Array(count(to));
    const pairs = [];
    slide(op, from, to, (place, source, tap) => pairs.push(place, source, tap));
    for (let f = 0; f < to[0]; f += 1) {
      const sums = new Float64Array(out).fill(bias ? bias[f] : 0);
      for (let k = 0; k < from[0]; k += 1) {
        const weight = (f * from[0] + k) * taps;
        for (let i = 0; i < pairs.length; i += 3) sums[pairs[i]] += x[k * area + pairs[i + 1]] * kernel[weight + pairs[i + 2]];
      }
      y.set(sums, f * out);
    }
    return y;
  },
  maxPool(x, op, from, to) {
    const area = from[1] * from[2];
    const out = to[1] * to[2];
    const y = new Float32Array(count(to)).fill(-Infinity);
    slide(op, from, to, (place, source) => {
      for (let k = 0; k < from[0]; k += 1) {
        const value = x[k * area + source];
        if (value > y[k * out + place]) y[k * out + place] = value;
      }
    });
    return y;
  },
  averagePool(x, op, from, to) {
    const area = from[1] * from[2];
    const out = to[1] * to[2];
    const sums = new Float64Array(count(to));
    slide(op, from, to, (place, source) => {
      for (let k = 0; k < from[0]; k += 1) sums[k * out + place] += x[k * area + source];
    });
    return Float32Array.from(sums, (sum) => sum / (op.kernel[0] * op.kernel[1]));
  },
  globalAverage(x, op, from) {
    const area = from[1] * from[2];
    return Float32Array.from({ length: from[0] }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < area; i += 1) sum += x[k * area + i];
      return sum / area;
    });
  },
  linear(x, op, from, to) {
    const weight = part(op.weight);
    const bias = part(op.bias);
    return Float32Array.from({ length: to[0] }, (_, o) => {
      let sum = bias ? bias[o] : 0;
      for (let i = 0; i < x.length; i += 1) sum += x[i] * weight[o * x.length + i];
      return sum;
    });
  },
  scale(x, op, from) {
    const area = from[1] * from[2];
    const factor = part(op.factor);
    const shift = part(op.shift);
    return x.map((value, i) => value * factor[Math.floor(i / area)] + shift[Math.floor(i / area)]);
  },
  softmax: (x) => Float32Array.from(shares(x)),
  activation: (x, op) => x.map((value) => activations[op.function](value, op.constant)),
};

function run(nodes, x) {
  let y = x;
  for (const node of nodes) {
    if (node.op) y = operations[node.op.op](y, node.op, node.from, node.to);
    else {
      const main = run(node.main, y);
      const side = run(node.side, y);
      y = main.map((value, i) => value + side[i]);
    }
  }
  return y;
}

function predict(pixels) {
  return run(model.program, pixels);
}

function shares(logits) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (each) => Math.exp(each - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((each) => each / sum);
}
`;
