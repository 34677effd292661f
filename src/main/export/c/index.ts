/**
 * C99 without dependencies: the weights as constant arrays and a forward pass of plain loops
 * (`functions.ts`), channels first. Numbers have nine digits, from which every float32 is restored exactly.
 * The C library's mathematics are used only if an activation or a softmax needs them.
 */
import type { ExportOptions } from '../../../shared/export/formats.ts';
import { type TrainedModel, outputCount, parameterCount } from '../../../shared/models/trainedModel.ts';
import { type Encoded, utf8 } from '../encoded.ts';
import { type PlainNode, type PlainStep, countOf, plainProgram, plainSteps } from '../plain/program.ts';
import { activationExpression, functions, needsMath } from './functions.ts';

export function encodeC(model: TrainedModel, options: ExportOptions): Encoded {
  const program = plainProgram(model, options);
  return {
    files: [
      { path: 'model.h', bytes: utf8(headerOf(model, options)) },
      { path: 'model.c', bytes: utf8(sourceOf(model, program)) },
    ],
  };
}

/** Quotes text for a comment or a string, so that it can end neither. */
const quoted = (text: string) => JSON.stringify(text.replace(/\p{Cc}/gu, ' ')).replace(/\?\?/g, '?\\?');
const commented = (text: string) => text.replace(/[\r\n]+/g, ' ').replaceAll('*/', '* /');

function headerOf(model: TrainedModel, { normalisation, output }: ExportOptions): string {
  const { height, width, channels } = model.network.input;
  const given =
    normalisation === 'inside' ? 'pixels in [0, 1]' : 'pixels, normalised as the net was trained on them';
  return `/*
 * The net "${commented(model.network.name)}", trained by Stride (run ${model.run.id}, epoch ${model.run.epoch}): ${parameterCount(model)} parameters.
 * Written as plain C99; also valid C++.
 */
#ifndef STRIDE_MODEL_H
#define STRIDE_MODEL_H

#ifdef __cplusplus
extern "C" {
#endif

#define MODEL_CHANNELS ${channels}
#define MODEL_HEIGHT ${height}
#define MODEL_WIDTH ${width}
#define MODEL_INPUTS ${channels * height * width}
#define MODEL_CLASSES ${outputCount(model)}

extern const char *const model_class_names[MODEL_CLASSES];

/*
 * input: ${given}, channel by channel and row by row.
 * output: ${output}, one for each class.
 * The function keeps its maps in static memory: call it from one thread at a time.
 */
void model_predict(const float input[MODEL_INPUTS], float output[MODEL_CLASSES]);

/* The class with the largest output. */
int model_class(const float output[MODEL_CLASSES]);

#ifdef __cplusplus
}
#endif

#endif
`;
}

function sourceOf(model: TrainedModel, program: readonly PlainNode[]): string {
  const steps = plainSteps(program);
  const used = new Set(steps.map(({ op }) => op.op));
  const writer = new Writer();
  const result = writer.list(program, 'input');
  const activations = [...new Set(steps.flatMap(({ op }) => (op.op === 'activation' ? [op.function] : [])))];
  const names =
    model.classes.length === outputCount(model)
      ? model.classes
      : Array.from({ length: outputCount(model) }, (_, i) => `${i}`);
  return [
    '#include "model.h"',
    ...(needsMath(steps) ? ['#include <math.h>'] : []),
    '',
    '#if defined(__GNUC__)',
    '#define MODEL_ALIGNED __attribute__((aligned(16)))',
    '#else',
    '#define MODEL_ALIGNED',
    '#endif',
    '',
    `const char *const model_class_names[MODEL_CLASSES] = {${names.map(quoted).join(', ')}};`,
    '',
    ...steps.flatMap(arraysOf),
    ...[...used].filter((op) => op !== 'activation').map((op) => functions[op]),
    ...(program.some((node) => !('op' in node)) ? [functions.add] : []),
    ...activations.map(
      (name) =>
        `static void activation_${name}(float *x, int count, float constant)\n{\n    int i;\n    (void)constant;\n    for (i = 0; i < count; i += 1) x[i] = ${activationExpression(name)};\n}\n`,
    ),
    ...writer.buffers.map(({ name, size }) => `static float ${name}[${size}] MODEL_ALIGNED;`),
    '',
    'void model_predict(const float input[MODEL_INPUTS], float output[MODEL_CLASSES])',
    '{',
    '    int i;',
    ...writer.lines.map((line) => `    ${line}`),
    `    for (i = 0; i < MODEL_CLASSES; i += 1) output[i] = ${result}[i];`,
    '}',
    '',
    'int model_class(const float output[MODEL_CLASSES])',
    '{',
    '    int i, best = 0;',
    '    for (i = 1; i < MODEL_CLASSES; i += 1)',
    '        if (output[i] > output[best]) best = i;',
    '    return best;',
    '}',
    '',
  ].join('\n');
}

/**
 * Returns a C literal with nine digits and a point or an exponent, which is parsed to a float with the same
 * bits.
 */
function cFloat(value: number): string {
  const text = Number(value.toPrecision(9)).toString();
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

function arraysOf({ name, op }: PlainStep): string[] {
  const array = (suffix: string, data: Float32Array) => {
    const lines: string[] = [];
    for (let from = 0; from < data.length; from += 8)
      lines.push(`    ${Array.from(data.subarray(from, from + 8), cFloat).join(', ')}`);
    return `static const float ${name}_${suffix}[${data.length}] MODEL_ALIGNED = {\n${lines.join(',\n')}\n};\n`;
  };
  if (op.op === 'scale') return [array('factor', op.factor), array('shift', op.shift)];
  if (op.op !== 'conv' && op.op !== 'linear') return [];
  return [array('weight', op.weight), ...(op.bias ? [array('bias', op.bias)] : [])];
}

/**
 * Writes the lines of the forward pass and the maps that they need: one per step that does not work in place.
 */
class Writer {
  readonly lines: string[] = [];
  readonly buffers: { name: string; size: number }[] = [];

  /** Writes the steps and returns the name of the array with the result. */
  list(nodes: readonly PlainNode[], x: string): string {
    let last = x;
    for (const node of nodes) last = 'op' in node ? this.#step(node, last) : this.#block(node, last);
    return last;
  }

  #buffer(name: string, size: number): string {
    this.buffers.push({ name: `map_${name}`, size });
    return `map_${name}`;
  }

  #block({ name, from, to, main, side }: Exclude<PlainNode, PlainStep>, x: string): string {
    // The input is needed twice, so nothing in the block may change it in place.
    const kept = this.#copy(`${name}_input`, x, countOf(from));
    const mainResult = this.list(main, this.#copy(`${name}_main`, x, countOf(from)));
    const sideResult = this.list(side, kept);
    this.lines.push(`add(${mainResult}, ${sideResult}, ${countOf(to)});`);
    return mainResult;
  }

  #copy(name: string, x: string, size: number): string {
    const buffer = this.#buffer(name, size);
    this.lines.push(`for (i = 0; i < ${size}; i += 1) ${buffer}[i] = ${x}[i];`);
    return buffer;
  }

  #step({ name, from, to, op }: PlainStep, x: string): string {
    const [channels, height, width] = from;
    const area = height * width;
    if (op.op === 'scale' || op.op === 'activation') {
      const y = x === 'input' ? this.#copy(name, x, countOf(from)) : x;
      this.lines.push(
        op.op === 'scale'
          ? `scale(${y}, ${channels}, ${area}, ${name}_factor, ${name}_shift);`
          : `activation_${op.function}(${y}, ${countOf(from)}, ${cFloat(op.constant)});`,
      );
      return y;
    }
    const y = this.#buffer(name, countOf(to));
    const bias = 'bias' in op && op.bias ? `${name}_bias` : '0';
    switch (op.op) {
      case 'conv': {
        const sizes = [
          channels,
          height,
          width,
          ...to,
          ...op.kernel,
          ...op.stride,
          ...op.padding,
          ...op.dilation,
        ];
        this.lines.push(`conv(${x}, ${y}, ${name}_weight, ${bias}, ${sizes.join(', ')});`);
        break;
      }
      case 'maxPool':
      case 'averagePool': {
        const sizes = [channels, height, width, to[1], to[2], ...op.kernel, ...op.stride, ...op.padding];
        this.lines.push(`${op.op}(${x}, ${y}, ${sizes.join(', ')});`);
        break;
      }
      case 'globalAverage':
        this.lines.push(`globalAverage(${x}, ${y}, ${channels}, ${area});`);
        break;
      case 'linear':
        this.lines.push(`linear(${x}, ${y}, ${name}_weight, ${bias}, ${countOf(from)}, ${countOf(to)});`);
        break;
      case 'softmax':
        this.lines.push(`softmax(${x}, ${y}, ${countOf(from)});`);
        break;
    }
    return y;
  }
}
