/**
 * What Stride's library computes as one operation (`src/native/sequence/program.h`) is what TensorFlow computes node by node: each
 * of TensorFlow's operations that it knows, and whole training steps.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/main/engine/compile/compile.ts';
import { optimizerScalars } from '../../src/main/engine/compile/optimizers.ts';
import { readState, writeInitial } from '../../src/main/engine/compile/state.ts';
import { Graph, type Tensor } from '../../src/main/engine/graph/graph.ts';
import { isOwn } from '../../src/main/engine/graph/opTable.ts';
import * as tf from '../../src/main/engine/graph/operations.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { type NumberInput, Session } from '../../src/main/engine/native/session.ts';
import { Generator } from '../../src/main/engine/random/generator.ts';
import { inSequences } from '../../src/main/engine/sequences/sequences.ts';
import type { Layer } from '../../src/shared/layers/index.ts';
import type { KernelSource } from '../../src/shared/training/kernels.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';

setNativeEnvironment(2);

type Shape = readonly number[];

const sizeOf = (shape: Shape) => shape.reduce((a, b) => a * b, 1);
const wave = (shape: Shape, phase: number): NumberInput => ({
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => 3 * Math.sin(1.7 * i + phase)),
  shape: [...shape],
});

const same = [4, 3, 5] as const;
const maps = [3, 6, 7, 10] as const;

/** An operation with the shapes of its inputs. The result has one more operation after it, as a sequence has several. */
const cases: Readonly<Record<string, readonly [(g: Graph, inputs: Tensor[]) => Tensor, readonly Shape[]]>> = {
  'a sum': [(g, [a, b]) => tf.add(g, a!, b!), [same, same]],
  'a sum with one number': [(g, [a, b]) => tf.add(g, a!, b!), [[], same]],
  'a sum with each feature': [(g, [a, b]) => tf.add(g, a!, b!), [maps, [10]]],
  'a sum of a row and a column': [
    (g, [a, b]) => tf.add(g, a!, b!),
    [
      [4, 1],
      [1, 9],
    ],
  ],
  'a product': [(g, [a, b]) => tf.multiply(g, a!, b!), [same, same]],
  'a product with one number': [(g, [a, b]) => tf.multiply(g, a!, b!), [maps, []]],
  'a product with each row': [
    (g, [a, b]) => tf.multiply(g, a!, b!),
    [
      [5, 33],
      [5, 1],
    ],
  ],
  'a sum of three': [(g, inputs) => tf.addN(g, inputs), [[50], [50], [50]]],
  ReLU: [(g, [x]) => tf.relu(g, x!), [[131]]],
  'the gradient of a ReLU': [(g, [dy, y]) => tf.reluGrad(g, dy!, tf.relu(g, y!)), [[131], [131]]],
  tanh: [(g, [x]) => tf.tanh(g, tf.multiply(g, x!, tf.scalar(g, 4))), [[300]]],
  'the gradient of tanh': [(g, [y, dy]) => tf.tanhGrad(g, y!, dy!), [[37], [37]]],
  'the sum of an axis': [(g, [x]) => tf.sum(g, x!, [0]), [[13, 6]]],
  'the mean of maps': [(g, [x]) => tf.mean(g, x!, [1, 2], true), [maps]],
  'repeated pixels': [(g, [x, y]) => tf.broadcastTo(g, x!, tf.shape(g, y!)), [[3, 1, 1, 10], maps]],
  'a repeated row': [(g, [x, y]) => tf.broadcastTo(g, x!, tf.shape(g, y!)), [[5], same]],
  joined: [(g, inputs) => tf.concat(g, inputs, 0), [[7], [1], [20]]],
  'a bias': [(g, [x, bias]) => tf.biasAdd(g, x!, bias!), [maps, [10]]],
  'the gradient of a bias': [(g, [dy]) => tf.biasAddGrad(g, dy!), [maps]],
  'a matrix product': [
    (g, [a, b]) => tf.matMul(g, a!, b!),
    [
      [7, 19],
      [19, 33],
    ],
  ],
  'one of a transposed matrix': [
    (g, [a, b]) => tf.matMul(g, a!, b!, true),
    [
      [19, 7],
      [19, 33],
    ],
  ],
  'one with a transposed matrix': [
    (g, [a, b]) => tf.matMul(g, a!, b!, false, true),
    [
      [7, 19],
      [33, 19],
    ],
  ],
  averages: [(g, [x]) => tf.avgPool(g, x!, { kernel: [2, 2], stride: [2, 2] }), [maps]],
  'averages of a rectangle': [(g, [x]) => tf.avgPool(g, x!, { kernel: [3, 1], stride: [3, 1] }), [maps]],
  'the gradient of averages': [
    (g, [x, dy]) => tf.avgPoolGrad(g, tf.shape(g, x!), dy!, { kernel: [2, 2], stride: [2, 2] }),
    [maps, [3, 3, 3, 10]],
  ],
  'another shape': [(g, [x]) => tf.relu(g, tf.reshape(g, x!, [5, -1])), [[4, 5, 3]]],
};

describe('as in TensorFlow', () => {
  it.each(Object.entries(cases))('%s', async (_name, [build, shapes]) => {
    const g = new Graph();
    const inputs = shapes.map((shape, i) => tf.placeholder(g, `input_${i}`, 'float32', shape));
    const alone = tf.multiply(g, build(g, inputs), tf.scalar(g, 0.5));
    const { nodes, place } = inSequences(
      g.nodes.filter(({ op }) => op !== 'Placeholder'),
      [alone],
    );
    const sequences = nodes.filter(({ op }) => op === 'StrideSequence');
    expect(sequences).toHaveLength(1);
    for (const node of sequences) {
      // It stands beside the nodes that it computes.
      g.nodes.push(node);
    }
    const given = Object.fromEntries(inputs.map((tensor, i) => [`input_${i}`, tensor]));
    g.signature('both', { inputs: given, outputs: { alone, together: place(alone) } });
    const session = await Session.load(g);
    const values = Object.fromEntries(shapes.map((shape, i) => [`input_${i}`, wave(shape, i)]));
    // The second call has memory that was planned in the first.
    for (let call = 0; call < 2; call += 1) {
      const { alone: expected, together } = session.run('both', values);
      expect(together?.shape).toEqual(expected?.shape);
      expected?.data.forEach((value, i) => expect(together?.data[i]).toBeCloseTo(value, 4));
    }
    session.close();
  });
});

const conv = (filters: number, rest: object = {}): Layer =>
  ({ type: 'conv2d', filters, kernelSize: 3, ...rest }) as Layer;
const relu: Layer = { type: 'activation', function: 'relu' };
const tanh: Layer = { type: 'activation', function: 'tanh' };
const norm: Layer = { type: 'batchNorm2d' };
const flat: readonly Layer[] = [
  { type: 'flatten' },
  { type: 'linear', units: 17 },
  relu,
  { type: 'linear', units: 10 },
];

interface Net {
  readonly layers: readonly Layer[];
  readonly settings?: object;
  readonly learningRate?: number;
}

const nets: Readonly<Record<string, Net & { whole: boolean }>> = {
  'linear layers': { layers: flat, whole: true },
  'convolutions and pools': {
    layers: [conv(5), { type: 'maxPool2d', kernelSize: 2 }, relu, ...flat],
    whole: true,
  },
  'averages and a filter as large as its map': {
    layers: [conv(6), tanh, { type: 'avgPool2d', kernelSize: 2 }, conv(20, { kernelSize: 4 }), tanh, ...flat],
    whole: true,
  },
  'batch norm': { layers: [conv(5), norm, relu, conv(4), norm, ...flat], whole: true },
  'residual blocks': {
    layers: [
      conv(8, { padding: 1 }),
      norm,
      relu,
      {
        type: 'residual',
        layers: [conv(8, { padding: 1, bias: false }), norm, relu, conv(8, { padding: 1 }), norm],
      },
      relu,
      { type: 'residual', layers: [conv(12, { padding: 1, stride: 2 }), norm] },
      relu,
      { type: 'globalAveragePool' },
      { type: 'linear', units: 10 },
    ],
    whole: true,
  },
  'Nesterov and weight decay': {
    layers: [conv(5), relu, ...flat],
    whole: true,
    settings: { optimizer: { type: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 } },
  },
  'no momentum': {
    layers: [conv(5), ...flat],
    whole: true,
    settings: { optimizer: { type: 'sgd', momentum: 0 } },
  },
  // Where a gradient is nearly zero, its sign decides on a whole step.
  Adam: {
    layers: [conv(5), norm, ...flat],
    whole: true,
    settings: { optimizer: { type: 'adam' } },
    learningRate: 1e-5,
  },
  'a bound of the gradient': {
    layers: [conv(5), relu, ...flat],
    whole: true,
    settings: { clipping: { type: 'norm', maximum: 0.5 } },
  },
  'label smoothing': { layers: flat, whole: false, settings: { labelSmoothing: 0.1 } },
  'what only TensorFlow computes': {
    layers: [conv(5), { type: 'activation', function: 'gelu' }, conv(4, { dilation: 2 }), relu, ...flat],
    whole: false,
  },
};

const batch = 24;

async function trained(
  { layers, settings: values = {}, learningRate = 0.05 }: Net,
  shards: number,
  kernels: KernelSource,
) {
  const network = { name: 'net', input: { height: 10, width: 10, channels: 2 }, layers: [...layers] };
  const settings = trainingSettingsSchema.parse({ batchSize: batch, ...values });
  const compiled = compile({
    network,
    settings,
    dataset: null,
    shards,
    constants: null,
    kernels,
    avx512: false,
  });
  const session = await Session.load(compiled.graph);
  writeInitial(session, compiled, new Generator(3), settings.initialisation);
  const each = batch / shards;
  const byShard = <T>(make: (shard: number) => T) =>
    Array.from({ length: shards }, (_, shard) => make(shard));
  // Momentum and running statistics count in the second step. In later ones, a ReLU's input that is zero but for rounding may
  // let a gradient pass in one graph and not in the other, and no tolerance of rounding would cover that.
  const losses = Array.from({ length: 2 }, (_, step) => {
    const result = session.run('train', {
      images: byShard((shard) => wave([each, 2, 10, 10], step + (shard * 4) / shards)),
      labels: byShard((shard) => ({
        data: Int32Array.from({ length: each }, (_, i) => (step + i + shard * each) % 10),
      })),
      scalars: {
        data: Float32Array.from([1 / batch, ...optimizerScalars(settings.optimizer, learningRate, step + 1)]),
      },
    });
    return result['loss']?.data[0] as number;
  });
  const state = readState(session);
  session.close();
  return { graph: compiled.graph, losses, state };
}

describe.each([1, 2, 3])('steps of %i shards', (shards) => {
  it.each(Object.entries(nets))('%s', async (_name, net) => {
    const ours = await trained(net, shards, 'stride');
    const theirs = await trained(net, shards, 'tensorflow');
    expect(ours.graph.nodes.some(({ op }) => op === 'StrideStep')).toBe(net.whole);
    expect(theirs.graph.nodes.some(({ op }) => isOwn(op))).toBe(false);
    ours.losses.forEach((loss, step) => expect(loss).toBeCloseTo(theirs.losses[step] as number, 4));
    for (const { name, data } of theirs.state) {
      const found = ours.state.find((tensor) => tensor.name === name);
      data.forEach((value, at) => expect(Math.abs((found?.data[at] ?? NaN) - value)).toBeLessThan(1e-4));
    }
  });
});

it('say which node refused its inputs', async () => {
  const network = { name: 'net', input: { height: 10, width: 10, channels: 2 }, layers: [...flat] };
  const settings = trainingSettingsSchema.parse({ batchSize: batch });
  const compiled = compile({
    network,
    settings,
    dataset: null,
    shards: 2,
    constants: null,
    kernels: 'stride',
  });
  const session = await Session.load(compiled.graph);
  writeInitial(session, compiled, new Generator(3), settings.initialisation);
  const images = [0, 1].map((shard) => wave([batch / 2, 2, 10, 10], shard));
  const run = (label: number) =>
    session.run('train', {
      images,
      labels: [0, 1].map(() => ({ data: new Int32Array(batch / 2).fill(label) })),
      scalars: { data: Float32Array.of(1 / batch, ...optimizerScalars(settings.optimizer, 0.1, 1)) },
    });
  expect(() => run(12)).toThrow(/SparseSoftmaxCrossEntropyWithLogits.*there is no class 12/);
  expect(run(3)['loss']?.data[0]).toBeGreaterThan(0);
  session.close();
});
