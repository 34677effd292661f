/** The graph as text: what it is made of for both presets, and what must not be in it. */
import { describe, expect, it } from 'vitest';
import { findPreset } from '../../shared/presets.ts';
import { trainingSettingsSchema } from '../../shared/training.ts';
import { compile } from './compile.ts';
import { printGraph } from './graph/print.ts';

function textOf(name: string, shards = 2): string {
  const network = findPreset(name)?.network;
  if (!network) throw new Error(`no preset ${name}`);
  const settings = trainingSettingsSchema.parse({ optimizer: { type: 'sgd', momentum: 0.5 } });
  return printGraph(compile({ network, settings, dataset: null, shards, constants: null }).graph);
}

const trainLines = (text: string) => text.split('\n').filter((line) => line.startsWith('train/'));
const count = (lines: readonly string[], op: string) =>
  lines.filter((line) => line.includes(` = ${op}(`)).length;

describe.each([
  ['course', { convs: 2, pools: 2, linears: 1 }],
  ['homework', { convs: 3, pools: 3, linears: 3 }],
])('%s', (name, { convs, pools, linears }) => {
  const lines = trainLines(textOf(name));

  it('has every operation once a shard, forward and backward', () => {
    expect(count(lines, 'Conv2D')).toBe(2 * convs);
    expect(count(lines, 'Conv2DBackpropFilter')).toBe(2 * convs);
    expect(count(lines, 'MaxPool')).toBe(2 * pools);
    expect(count(lines, 'MaxPoolGrad')).toBe(2 * pools);
    expect(count(lines, 'ReluGrad')).toBe(2 * pools);
    // Forward, weight's gradient, input's gradient.
    expect(count(lines, 'MatMul')).toBe(2 * 3 * linears);
    expect(count(lines, 'ResourceApplyMomentum')).toBe(2 * (convs + linears));
  });

  it("does not compute the images' gradient", () => {
    expect(count(lines, 'Conv2DBackpropInput')).toBe(2 * (convs - 1));
  });

  it("takes a conv's bias gradient before the pool's, where the numbers are a quarter", () => {
    const biases = lines.filter(
      (line) => /_conv2d\/backward\/BiasAddGrad/.test(line) && line.includes('= BiasAddGrad('),
    );
    expect(biases).toHaveLength(2 * convs);
    for (const line of biases) expect(line).toMatch(/BiasAddGrad\(train\/\d+_activation\/backward\/ReluGrad/);
  });

  it('gives the loss after all updates', () => {
    const loss = lines.find((line) => line.startsWith('train/loss = '));
    expect(loss?.match(/\^train\/step\/[\d.\w]+\/ResourceApplyMomentum/g)).toHaveLength(
      2 * (convs + linears),
    );
  });
});

it('is the same text every time', () => {
  expect(textOf('homework')).toBe(textOf('homework'));
});

it("reads homework's second conv with its padding", () => {
  expect(
    trainLines(textOf('homework', 1)).find((line) => line.startsWith('train/3_conv2d/Conv2D = ')),
  ).toContain('padding=EXPLICIT explicit_paddings=[0,0,1,1,1,1,0,0]');
});

it('has a signature for each thing that the engine does', () => {
  const signatures = textOf('course')
    .split('\n')
    .filter((line) => line.startsWith('signature '));
  expect(signatures.map((line) => line.split(/[ :]/)[1]).sort()).toEqual(
    [
      'evaluate',
      'finite',
      'gradients',
      'measure',
      'predict',
      'read',
      'train',
      'trainSeveral',
      'validate',
      'write',
    ].sort(),
  );
});
