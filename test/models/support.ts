/** Trained nets without a training: a net with every layer kind, weights that are drawn, and images of pixels. */
import type { Network } from '../../src/shared/network/network.ts';
import { summarize } from '../../src/shared/network/shapes.ts';
import type { Layer } from '../../src/shared/layers/index.ts';
import { activationFunctions } from '../../src/shared/layers/activation.ts';
import { type TrainedModel, trainedModel } from '../../src/shared/models/trainedModel.ts';
import type { NamedTensor } from '../../src/shared/runs/checkpoint.ts';
import { draws } from '../support/draws.ts';

/** Every layer kind, with everything that formats see differently: padding, strides, dilation, uneven kernels, no bias. */
export const everyLayer: Network = {
  name: 'every layer',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { type: 'conv2d', filters: 6, kernelSize: [3, 5], padding: [1, 2] },
    { type: 'batchNorm2d', epsilon: 1e-4, momentum: 0.2 },
    { type: 'activation', function: 'leakyRelu', negativeSlope: 0.2 },
    { type: 'maxPool2d', kernelSize: 3, stride: 2, padding: 1 },
    {
      type: 'residual',
      layers: [
        { type: 'conv2d', filters: 8, kernelSize: 3, padding: 1, stride: 2, bias: false },
        { type: 'batchNorm2d' },
        { type: 'activation', function: 'elu', alpha: 0.7 },
        { type: 'conv2d', filters: 8, kernelSize: 3, padding: 2, dilation: 2 },
      ],
    },
    {
      type: 'residual',
      layers: [
        { type: 'conv2d', filters: 8, kernelSize: 1 },
        { type: 'activation', function: 'selu' },
      ],
    },
    { type: 'avgPool2d', kernelSize: [3, 2], stride: [2, 1], padding: [1, 1] },
    { type: 'conv2d', filters: 10, kernelSize: 2, stride: 2, dilation: 2, padding: 1 },
    { type: 'dropout', p: 0.3 },
    { type: 'activation', function: 'gelu' },
    { type: 'flatten' },
    { type: 'linear', units: 24, bias: false },
    { type: 'activation', function: 'softplus' },
    { type: 'linear', units: 10 },
  ],
};

/** Layers with every kind of weight, in a file of few kilobytes. */
export const smallNet: Network = {
  name: 'small',
  input: { height: 8, width: 8, channels: 1 },
  layers: [
    { type: 'conv2d', filters: 4, kernelSize: 3, padding: 1 },
    { type: 'batchNorm2d' },
    { type: 'activation', function: 'relu' },
    { type: 'maxPool2d', kernelSize: 2 },
    {
      type: 'residual',
      layers: [
        { type: 'conv2d', filters: 6, kernelSize: 3, padding: 1, bias: false },
        { type: 'batchNorm2d' },
        { type: 'activation', function: 'silu' },
      ],
    },
    { type: 'dropout', p: 0.25 },
    { type: 'flatten' },
    { type: 'linear', units: 10 },
  ],
};

/** The activations one after another, and the global average as the way to the flat part. */
export const everyActivation: Network = {
  name: 'every activation',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { type: 'conv2d', filters: 8, kernelSize: 5, stride: 2 },
    ...activationFunctions.flatMap((each): Layer[] => [
      { type: 'activation', function: each },
      { type: 'conv2d', filters: 8, kernelSize: 1 },
    ]),
    { type: 'globalAveragePool' },
    { type: 'linear', units: 10 },
  ],
};

/** Weights as large as trained ones; variances around 1e-3, where an epsilon of another size shows. */
export function drawnTensors(network: Network, seed = 1): NamedTensor[] {
  const next = draws(seed);
  return summarize(network).layers.flatMap(({ index, parameters }) =>
    parameters.map(({ name, shape, fanIn, role }) => {
      const length = shape.reduce((a, b) => a * b, 1);
      const scale = role === 'matrix' ? Math.sqrt(6 / fanIn) : 0.4;
      const value = () => {
        if (name.endsWith('running_var')) return 0.05 + next();
        if (role === 'scale') return 0.5 + next();
        return (2 * next() - 1) * scale;
      };
      return { name: `${index}.${name}`, shape, data: Float32Array.from({ length }, value) };
    }),
  );
}

export function drawnModel(network: Network, seed = 1): TrainedModel {
  return trainedModel({
    network,
    tensors: drawnTensors(network, seed),
    classes: Array.from({ length: 10 }, (_, i) => String(i)),
    normalisation: { mean: [0.1307], deviation: [0.3081] },
    dataset: 'MNIST',
    run: { id: 7, name: 'drawn', step: 938, epoch: 1 },
  });
}

/** What a call refuses. Throws if it refuses nothing. */
export function problemOf(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was refused');
}
