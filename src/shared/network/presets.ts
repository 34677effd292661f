/**
 * Predefined nets: the course's two, layer by layer as in its scripts, with the settings of the scripts, and two from
 * the literature.
 */
import type { Layer } from '../layers/index.ts';
import type { Network } from './network.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../training/training.ts';

const input = { height: 28, width: 28, channels: 1 };

const course: Network = {
  name: 'course',
  input,
  layers: [
    { type: 'conv2d', filters: 10, kernelSize: 5 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'conv2d', filters: 20, kernelSize: 5 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'flatten' },
    { type: 'linear', units: 10 },
  ],
};

const homework: Network = {
  name: 'homework',
  input,
  layers: [
    { type: 'conv2d', filters: 10, kernelSize: 3 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'conv2d', filters: 20, kernelSize: 3, padding: 1 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'conv2d', filters: 30, kernelSize: 3 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'flatten' },
    { type: 'linear', units: 60 },
    { type: 'linear', units: 30 },
    { type: 'linear', units: 10 },
  ],
};

export const courseNets: readonly Network[] = [course, homework];

/**
 * LeNet-5 (LeCun et al. 1998, Gradient-based learning applied to document recognition), with PyTorch's usual
 * simplifications: 28×28 images padded by 2, plain average pooling, every map connected to every map, a linear output.
 */
const lenet: Network = {
  name: 'LeNet-5',
  input,
  layers: [
    { type: 'conv2d', filters: 6, kernelSize: 5, padding: 2 },
    { type: 'activation', function: 'tanh' },
    { type: 'avgPool2d', kernelSize: 2 },
    { type: 'conv2d', filters: 16, kernelSize: 5 },
    { type: 'activation', function: 'tanh' },
    { type: 'avgPool2d', kernelSize: 2 },
    { type: 'conv2d', filters: 120, kernelSize: 5 },
    { type: 'activation', function: 'tanh' },
    { type: 'flatten' },
    { type: 'linear', units: 84 },
    { type: 'activation', function: 'tanh' },
    { type: 'linear', units: 10 },
  ],
};

/**
 * Returns a block of two 3×3 convolutions, the first with the given stride; blocks after the first one halve the map
 * and double its channels.
 */
function block(filters: number, stride: number): Layer[] {
  return [
    {
      type: 'residual',
      layers: [
        { type: 'conv2d', filters, kernelSize: 3, stride, padding: 1, bias: false },
        { type: 'batchNorm2d' },
        { type: 'activation', function: 'relu' },
        { type: 'conv2d', filters, kernelSize: 3, padding: 1, bias: false },
        { type: 'batchNorm2d' },
      ],
    },
    { type: 'activation', function: 'relu' },
  ];
}

/**
 * ResNet-8, the smallest of the family for CIFAR-10 (He et al. 2016, Deep residual learning, section 4.2, n = 1). Its
 * first convolution has stride 2, as in the family for ImageNet, so that every position averaged at the end has seen
 * the whole image.
 */
const resnet: Network = {
  name: 'ResNet-8',
  input,
  layers: [
    { type: 'conv2d', filters: 16, kernelSize: 3, stride: 2, padding: 1, bias: false },
    { type: 'batchNorm2d' },
    { type: 'activation', function: 'relu' },
    ...block(16, 1),
    ...block(32, 2),
    ...block(64, 2),
    { type: 'globalAveragePool' },
    { type: 'linear', units: 10 },
  ],
};

export interface Preset {
  readonly network: Network;
  readonly settings: TrainingSettings;
}

export const presets: readonly Preset[] = [
  { network: course, settings: trainingSettingsSchema.parse({ epochs: 10 }) },
  { network: homework, settings: trainingSettingsSchema.parse({ epochs: 2 }) },
  { network: lenet, settings: settings(5, 0.05) },
  { network: resnet, settings: settings(2, 0.05) },
];

function settings(epochs: number, learningRate: number): TrainingSettings {
  return trainingSettingsSchema.parse({ epochs, optimizer: { type: 'sgd', learningRate, momentum: 0.9 } });
}

export function findPreset(name: string): Preset | undefined {
  return presets.find((preset) => preset.network.name === name);
}
