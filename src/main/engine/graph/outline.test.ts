/** Tests of what is put into functions and what stays outside. */
import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../shared/layers/index.ts';
import { activationFunctions } from '../../../shared/layers/activation.ts';
import { findPreset } from '../../../shared/network/presets.ts';
import type { KernelSource } from '../../../shared/training/kernels.ts';
import { trainingSettingsSchema } from '../../../shared/training/training.ts';
import { compile } from '../compile/compile.ts';
import { severalSteps, stepsInOneCall } from '../compile/severalSteps.ts';
import { outlineShards } from './outline.ts';
import type { GraphNode } from './graph.ts';
import { type OpName, entryOf, outputName } from './opTable.ts';

const course = findPreset('course')?.network;
if (!course) throw new Error('no preset');
const settings = (values: object = {}) => trainingSettingsSchema.parse(values);

function graphOf(
  layers: readonly Layer[],
  shards: number,
  values: object = {},
  avx512 = true,
  kernels: KernelSource = 'tensorflow',
  input = { height: 12, width: 12, channels: 2 },
) {
  const network = { name: 'net', input, layers: [...layers] };
  return compile({
    network,
    settings: settings(values),
    dataset: null,
    shards,
    constants: null,
    avx512,
    kernels,
  }).graph;
}

/** Without AVX-512, an input gradient with a large kernel is computed as a convolution (`ops/conv2d.ts`). */
const variants = [
  {
    variant: 'the AVX-512 variant',
    avx512: true,
    kernels: 'tensorflow',
    convolutions: 2,
  },
  {
    variant: 'the variant for other processors',
    avx512: false,
    kernels: 'tensorflow',
    convolutions: 3,
  },
] as const;

describe.each(variants)("$variant of the course's net in two shards", (variant) => {
  const { avx512, kernels, convolutions } = variant;
  const { graph } = compile({
    network: course,
    settings: settings(),
    dataset: null,
    shards: 2,
    constants: null,
    avx512,
    kernels,
  });

  it('has all of a shard in its function, and its variables read there', () => {
    expect(graph.functions.map(({ name }) => name)).toEqual(['train_shard_0', 'train_shard_1']);
    for (const { nodes, inputs } of graph.functions) {
      const count = (...ops: string[]) => nodes.filter((node) => ops.includes(node.op)).length;
      expect(count('Conv2D', 'Conv3D')).toBe(convolutions);
      const gradients = ['Conv2DBackpropFilter', 'Conv3DBackpropFilterV2'];
      expect(count(...gradients)).toBe(2);
      expect(count('ReadVariableOp')).toBe(1);
      expect(nodes.some(({ op }) => /Apply|Assign/.test(op))).toBe(false);
      expect(inputs.map(({ node }) => node).sort()).toEqual(
        [expect.stringMatching(/images_[01]$/), expect.stringMatching(/labels_[01]$/), 'scalars'].sort(),
      );
    }
  });

  it.each([20, 10, 5])('takes the step outside, after both, and each of %i after the one before', (count) => {
    const several = severalSteps(count);
    const updates = graph.nodes.filter(
      ({ name, op }) => name.startsWith(`${several}/`) && /^ResourceApply/.test(op),
    );
    expect(updates).toHaveLength(count);
    const calls = graph.nodes.filter(({ name }) =>
      new RegExp(`^${several}/train_shard_0(_\\d+)?$`).test(name),
    );
    expect(calls).toHaveLength(count);
    const before = calls.slice(1).map(({ control }) => control);
    expect(before.every((control) => control.length === 1)).toBe(true);
    const names = updates.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(before.flat()));
    expect(new Set(before.flat()).size).toBe(count - 1);
  });
});

it.each(variants)(
  'puts a whole step of $variant into one function where there is one shard',
  ({ avx512, kernels }) => {
    const { graph } = compile({
      network: course,
      settings: settings(),
      dataset: null,
      shards: 1,
      constants: null,
      avx512,
      kernels,
    });
    const [only, ...others] = graph.functions;
    expect(others).toEqual([]);
    const updates = only?.nodes.filter(({ op }) => op.startsWith('ResourceApply')) ?? [];
    expect(updates).toHaveLength(1);
    const reads = only?.nodes.filter(({ op }) => op === 'ReadVariableOp').map(({ name }) => name) ?? [];
    for (const { control } of updates) expect(control).toEqual(expect.arrayContaining(reads));
  },
);

const withNorm: readonly Layer[] = [
  { type: 'conv2d', filters: 3, kernelSize: 3 },
  { type: 'batchNorm2d' },
  { type: 'conv2d', filters: 3, kernelSize: 3 },
  { type: 'flatten' },
  { type: 'linear', units: 4 },
];

it.each(variants)('leaves $variant of a net alone whose shards exchange sums midway', ({ avx512 }) => {
  const layers = withNorm;
  const two = graphOf(layers, 2, {}, avx512);
  expect(two.functions).toEqual([]);
  expect(two.signatures[severalSteps(5)]).toBeUndefined();
  expect(outlineShards(two, 'evaluate')?.shards).toHaveLength(2);
  expect(graphOf(layers, 1, {}, avx512).functions).toHaveLength(1);
});

it.each(variants)('knows what TensorFlow calls the outputs of every operation of $variant', ({ avx512 }) => {
  const layers: Layer[] = [
    { type: 'conv2d', filters: 3, kernelSize: 3, dilation: 2 },
    { type: 'batchNorm2d' },
    { type: 'conv2d', filters: 3, kernelSize: 1, stride: 2 },
    { type: 'avgPool2d', kernelSize: 2, padding: 1 },
    { type: 'dropout', p: 0.5 },
    { type: 'residual', layers: [{ type: 'conv2d', filters: 3, kernelSize: 3, padding: 1 }] },
    ...activationFunctions.map((name): Layer => ({ type: 'activation', function: name })),
    { type: 'globalAveragePool' },
    { type: 'linear', units: 4 },
  ];
  for (const optimizer of ['sgd', 'adam', 'adamW', 'rmsProp', 'adagrad']) {
    const graph = graphOf(
      layers,
      1,
      {
        optimizer: { type: optimizer },
        labelSmoothing: 0.1,
        clipping: { type: 'norm', maximum: 1 },
      },
      avx512,
    );
    const ops = new Set(graph.functions.flatMap(({ nodes }) => nodes.map(({ op }) => op)));
    for (const op of ops) {
      if (entryOf(op).effect !== 'write') expect(outputName(op, 0)).toMatch(/^\w+:0$/);
    }
  }
});

describe("of Stride's own kernels", () => {
  const large = { batchSize: 64 };
  const inStep = (layers: readonly Layer[], shards: number, values: object = {}) =>
    graphOf(layers, shards, { ...large, ...values }, true, 'stride', course.input);
  const programsOf = ({ nodes }: { nodes: readonly GraphNode[] }, op: OpName) =>
    nodes.filter((node) => node.op === op).map((node) => String(node.attributes['program']?.value));

  it.each([1, 2, 4])("a whole step of the course's net in %i shards is one operation", (shards) => {
    const graph = inStep(course.layers, shards);
    expect(graph.functions).toEqual([]);
    const [alone, ...several] = programsOf(graph, 'StrideStep');
    expect(new Set(several)).toEqual(new Set([alone]));
    const lines = (alone ?? '').split('\n');
    const count = (operation: string) => lines.filter((line) => line.startsWith(`${operation} `)).length;
    // Each shard's thread takes the step of some rows of the linear layer's weight, and one the step of all other parameters.
    expect([count('StrideConv2D'), count('StrideLinearStep'), count('ResourceApplyMomentum')]).toEqual([
      2 * shards,
      shards,
      1,
    ]);
    const blocks = Array.from({ length: shards }, (_, shard) => `Block 0 ${shard}`);
    expect(lines.filter((line) => line.startsWith('Block 0'))).toEqual(blocks);
  });

  it('has phases where the shards of a batch norm wait for each other', () => {
    const [program = ''] = programsOf(inStep(withNorm, 2), 'StrideStep');
    const headings = program.split('\n').filter((line) => line.startsWith('Block '));
    const phases = ['0 0', '0 1', '1 0', '1 1', '2 0', '2 1', '2 -1', '3 0', '3 1'];
    expect(headings).toEqual(phases.map((place) => `Block ${place}`));
  });

  it('computes a residual sum together with the ReLU after it, and with its gradient', () => {
    const conv: Layer = { type: 'conv2d', filters: 3, kernelSize: 3, padding: 1 };
    const relu: Layer = { type: 'activation', function: 'relu' };
    const block: Layer = { type: 'residual', layers: [conv] };
    const layers: Layer[] = [conv, block, relu, block, { type: 'flatten' }, { type: 'linear', units: 4 }];
    const [program = ''] = programsOf(inStep(layers, 2), 'StrideStep');
    const operations = program.split('\n').map((line) => line.split(' ')[0]);
    const count = (operation: string) => operations.filter((each) => each === operation).length;
    expect([count('AddRelu'), count('AddReluGrad'), count('Relu'), count('ReluGrad')]).toEqual([2, 2, 0, 0]);
    // The second block's sum has no ReLU after it, and the first one's gradient none before it.
    expect(count('AddV2')).toBe(4);
  });

  it('leaves what the library does not know to TensorFlow, and the steps around it', () => {
    const [first, ...rest] = course.layers;
    const layers: Layer[] = [first as Layer, { type: 'dropout', p: 0.5 }, ...rest];
    const graph = inStep(layers, 2);
    expect(programsOf(graph, 'StrideStep')).toEqual([]);
    expect(graph.functions).toHaveLength(2);
    for (const called of graph.functions)
      expect(programsOf(called, 'StrideSequence').length).toBeGreaterThan(1);
    expect(graph.signatures[stepsInOneCall]).toBeUndefined();
    const adam = inStep(course.layers, 2, { optimizer: { type: 'adam' } });
    expect(programsOf(adam, 'StrideStep').length).toBeGreaterThan(1);
    expect(adam.signatures[severalSteps(5)]).toBeDefined();
  });
});
