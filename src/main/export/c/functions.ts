/** The loops of the C export, one function per operation; only those that a net needs are written. */
import {
  type ActivationFunction,
  type PrimitiveFunction,
  seluConstants,
  softplusThreshold,
} from '../../../shared/layers/activation.ts';
import { composedActivations, isComposed } from '../../../shared/layers/composedActivations.ts';
import { type Algebra, compute } from '../../../shared/layers/formula.ts';
import type { PlainOp, PlainStep } from '../plain/program.ts';

type Name = Exclude<PlainOp['op'], 'activation'> | 'add' | 'activation';

export const functions: Readonly<Record<Name, string>> = {
  activation: '',
  conv: `static void conv(const float *x, float *y, const float *weight, const float *bias, int channels, int height,
                 int width, int filters, int rows, int columns, int kh, int kw, int sh, int sw, int ph, int pw,
                 int dh, int dw)
{
    int f, r, c, k, i, j;
    for (f = 0; f < filters; f += 1)
        for (r = 0; r < rows; r += 1)
            for (c = 0; c < columns; c += 1) {
                float sum = bias ? bias[f] : 0.0f;
                for (k = 0; k < channels; k += 1)
                    for (i = 0; i < kh; i += 1) {
                        int row = r * sh - ph + i * dh;
                        if (row < 0 || row >= height) continue;
                        for (j = 0; j < kw; j += 1) {
                            int column = c * sw - pw + j * dw;
                            if (column < 0 || column >= width) continue;
                            sum += x[(k * height + row) * width + column] * weight[((f * channels + k) * kh + i) * kw + j];
                        }
                    }
                y[(f * rows + r) * columns + c] = sum;
            }
}
`,
  maxPool: `static void maxPool(const float *x, float *y, int channels, int height, int width, int rows, int columns, int kh,
                    int kw, int sh, int sw, int ph, int pw)
{
    int k, r, c, i, j;
    for (k = 0; k < channels; k += 1)
        for (r = 0; r < rows; r += 1)
            for (c = 0; c < columns; c += 1) {
                float largest = 0.0f;
                int found = 0;
                for (i = 0; i < kh; i += 1) {
                    int row = r * sh - ph + i;
                    if (row < 0 || row >= height) continue;
                    for (j = 0; j < kw; j += 1) {
                        int column = c * sw - pw + j;
                        float value;
                        if (column < 0 || column >= width) continue;
                        value = x[(k * height + row) * width + column];
                        if (!found || value > largest) largest = value;
                        found = 1;
                    }
                }
                y[(k * rows + r) * columns + c] = largest;
            }
}
`,
  averagePool: `/* The padding counts as zeros. */
static void averagePool(const float *x, float *y, int channels, int height, int width, int rows, int columns, int kh,
                        int kw, int sh, int sw, int ph, int pw)
{
    int k, r, c, i, j;
    for (k = 0; k < channels; k += 1)
        for (r = 0; r < rows; r += 1)
            for (c = 0; c < columns; c += 1) {
                float sum = 0.0f;
                for (i = 0; i < kh; i += 1) {
                    int row = r * sh - ph + i;
                    if (row < 0 || row >= height) continue;
                    for (j = 0; j < kw; j += 1) {
                        int column = c * sw - pw + j;
                        if (column < 0 || column >= width) continue;
                        sum += x[(k * height + row) * width + column];
                    }
                }
                y[(k * rows + r) * columns + c] = sum / (float)(kh * kw);
            }
}
`,
  globalAverage: `static void globalAverage(const float *x, float *y, int channels, int area)
{
    int k, i;
    for (k = 0; k < channels; k += 1) {
        float sum = 0.0f;
        for (i = 0; i < area; i += 1) sum += x[k * area + i];
        y[k] = sum / (float)area;
    }
}
`,
  linear: `static void linear(const float *x, float *y, const float *weight, const float *bias, int inputs, int outputs)
{
    int o, i;
    for (o = 0; o < outputs; o += 1) {
        float sum = bias ? bias[o] : 0.0f;
        for (i = 0; i < inputs; i += 1) sum += x[i] * weight[o * inputs + i];
        y[o] = sum;
    }
}
`,
  scale: `static void scale(float *x, int channels, int area, const float *factor, const float *shift)
{
    int k, i;
    for (k = 0; k < channels; k += 1)
        for (i = 0; i < area; i += 1) x[k * area + i] = x[k * area + i] * factor[k] + shift[k];
}
`,
  softmax: `static void softmax(const float *x, float *y, int count)
{
    int i;
    float largest = x[0], sum = 0.0f;
    for (i = 1; i < count; i += 1)
        if (x[i] > largest) largest = x[i];
    for (i = 0; i < count; i += 1) {
        y[i] = expf(x[i] - largest);
        sum += y[i];
    }
    for (i = 0; i < count; i += 1) y[i] /= sum;
}
`,
  add: `static void add(float *x, const float *y, int count)
{
    int i;
    for (i = 0; i < count; i += 1) x[i] += y[i];
}
`,
};

/** Expressions in `x[i]`, by PyTorch's definitions. */
const primitives: Readonly<Record<PrimitiveFunction, string>> = {
  relu: 'x[i] > 0.0f ? x[i] : 0.0f',
  leakyRelu: 'x[i] > 0.0f ? x[i] : x[i] * constant',
  elu: 'x[i] > 0.0f ? x[i] : constant * expm1f(x[i])',
  selu: `${seluConstants.scale}f * (x[i] > 0.0f ? x[i] : ${seluConstants.alpha}f * expm1f(x[i]))`,
  gelu: '0.5f * x[i] * (1.0f + erff(x[i] * 0.70710678f))',
  sigmoid: '1.0f / (1.0f + expf(-x[i]))',
  tanh: 'tanhf(x[i])',
  softplus: `x[i] > ${softplusThreshold}.0f ? x[i] : log1pf(expf(x[i]))`,
};

const literal = (value: number) => `${Number.isInteger(value) ? value.toFixed(1) : value}f`;

const texts: Algebra<string> = {
  x: 'x[i]',
  constant: literal,
  add: (a, b) => `(${a} + ${b})`,
  multiply: (a, b) => `(${a} * ${b})`,
  exponential: (a) => `expf(${a})`,
  tanh: (a) => `tanhf(${a})`,
  sigmoid: (a) => `(1.0f / (1.0f + expf(-(${a}))))`,
  // The result is log(1 + exp(a)) without overflow.
  softplus: (a) => `(fmaxf(${a}, 0.0f) + log1pf(expf(-fabsf(${a}))))`,
};

export function activationExpression(name: ActivationFunction): string {
  return isComposed(name) ? compute(composedActivations[name].formula, texts) : primitives[name];
}

export function needsMath(steps: readonly PlainStep[]): boolean {
  return steps.some(
    ({ op }) =>
      op.op === 'softmax' ||
      (op.op === 'activation' && op.function !== 'relu' && op.function !== 'leakyRelu'),
  );
}
