/** Tests of the graph's text: the operations that both presets consist of, and those that must not appear. */
import { describe, expect, it } from 'vitest';
import { findPreset } from '../../../shared/network/presets.ts';
import { trainingSettingsSchema } from '../../../shared/training/training.ts';
import { compile } from './compile.ts';
import { printGraph } from '../graph/print.ts';

function textOf(name: string, shards = 2, avx512 = true): string {
  const network = findPreset(name)?.network;
  if (!network) throw new Error(`no preset ${name}`);
  const settings = trainingSettingsSchema.parse({ optimizer: { type: 'sgd', momentum: 0.5 } });
  return printGraph(
    compile({ network, settings, dataset: null, shards, constants: null, avx512, kernels: 'tensorflow' })
      .graph,
  );
}

const trainLines = (text: string) => text.split('\n').filter((line) => line.startsWith('train/'));
const count = (lines: readonly string[], op: string) =>
  lines.filter((line) => line.includes(` = ${op}(`)).length;

describe.each([
  ['course', { convs: 2, asVolumes: 1, linears: 1 }],
  ['homework', { convs: 3, asVolumes: 1, linears: 3 }],
])('%s', (name, { convs, asVolumes, linears }) => {
  const lines = trainLines(textOf(name));

  it('has every operation once a shard, forward and backward', () => {
    for (const [op, times] of [
      ['Conv2D', convs],
      ['Conv2DBackpropFilter', convs - asVolumes],
      ['Conv3DBackpropFilterV2', asVolumes],
      // The images need no gradient.
      ['Conv2DBackpropInput', convs - 1],
      ['MaxPool', convs],
      ['MaxPoolGrad', convs],
      ['ReluGrad', convs],
      // A linear layer has three: forward, the weight's gradient and the input's gradient.
      ['MatMul', 3 * linears],
    ] as const) {
      expect([op, count(lines, op)]).toEqual([op, 2 * times]);
    }
  });

  it('lays out anew the images, and the maps and their gradient at flatten', () => {
    const ofMaps = lines.filter((line) => /^train\/\d+_\w+\/(backward\/)?Transpose(_\d+)? = /.test(line));
    expect(ofMaps).toHaveLength(2 * 3);
  });

  it("takes a conv's bias gradient before the pool's, where the numbers are a quarter", () => {
    const biases = lines.filter(
      (line) => /_conv2d\/backward\/BiasAddGrad/.test(line) && line.includes('= BiasAddGrad('),
    );
    expect(biases).toHaveLength(2 * convs);
    for (const line of biases) expect(line).toMatch(/BiasAddGrad\(train\/\d+_activation\/backward\/ReluGrad/);
  });

  it('takes one step for all parameters, and gives the loss after it', () => {
    expect(count(lines, 'ResourceApplyMomentum')).toBe(1);
    const loss = lines.find((line) => line.startsWith('train/loss = '));
    expect(loss).toMatch(/\^train\/step\/parameters\/ResourceApplyMomentum/);
  });

  it('has flat maps alone for a CPU without AVX-512', () => {
    const narrow = trainLines(textOf(name, 2, false));
    const dilated = (all: readonly string[]) =>
      all.filter((line) => /dilations=\[1,1,(?!1,)/.test(line)).length;
    // Each shard has the forward pass of every conv, the input's gradient of all but the first, and the
    // filter's gradient of those that are not computed as volumes.
    expect([dilated(narrow), dilated(lines)]).toEqual([0, 2 * (convs + (convs - 1) + (convs - asVolumes))]);
    expect(count(narrow, 'Conv3DBackpropFilterV2')).toBe(0);
  });
});

it('is the same text every time', () => {
  expect(textOf('homework')).toBe(textOf('homework'));
});

it("reads homework's second conv with its padding", () => {
  expect(
    trainLines(textOf('homework', 1, false)).find((line) => line.startsWith('train/3_conv2d/Conv2D = ')),
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
      'train5',
      'train10',
      'train20',
      'validate',
      'write',
    ].sort(),
  );
});
