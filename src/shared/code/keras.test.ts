/**
 * The Keras code is complete Python, with explicit padding where Keras' own would differ, and comments on other
 * differences.
 */
import { parser } from '@lezer/python';
import { expect, test } from 'vitest';
import { randomNetworks } from '../../../test/support/randomNetworks.ts';
import type { Layer } from '../layers/index.ts';
import { presets } from '../network/presets.ts';
import { trainingSettingsSchema } from '../training/training.ts';
import { toKeras } from './keras.ts';

const input = { height: 12, width: 12, channels: 1 };
const layersOf = (...layers: Layer[]) =>
  toKeras({ name: 'net', input, layers })
    .split('\n')
    .filter((line) => /^ {4}(layers|pad_lowest)|^x = |^shortcut/.test(line))
    .map((line) => line.trim());

test('the course net', () => {
  const [course] = presets;
  const lines = toKeras((course as (typeof presets)[number]).network).split('\n');
  expect(lines.filter((line) => line.startsWith('    layers.')).map((line) => line.trim())).toEqual([
    'layers.Conv2D(10, 5, kernel_initializer=weights(), bias_initializer=biases(25)),  # 24×24×10',
    'layers.MaxPooling2D(2),  # 12×12×10',
    "layers.Activation('relu'),  # 12×12×10",
    'layers.Conv2D(20, 5, kernel_initializer=weights(), bias_initializer=biases(250)),  # 8×8×20',
    'layers.MaxPooling2D(2),  # 4×4×20',
    "layers.Activation('relu'),  # 4×4×20",
    'layers.Flatten(),  # 320',
    'layers.Dense(10, kernel_initializer=weights(), bias_initializer=biases(320)),  # 10',
  ]);
  expect(lines).toContain('optimizer = keras.optimizers.SGD(learning_rate=0.01, momentum=0.5)');
});

test('padding is a layer of its own, and before a max-pool it is lower than any number', () => {
  expect(
    layersOf(
      { type: 'conv2d', filters: 2, kernelSize: 3, padding: [1, 2], bias: false },
      { type: 'maxPool2d', kernelSize: 3, stride: 2, padding: 1 },
      { type: 'avgPool2d', kernelSize: 2, padding: 1 },
    ),
  ).toEqual([
    'layers.ZeroPadding2D((1, 2)),',
    'layers.Conv2D(2, 3, use_bias=False, kernel_initializer=weights()),  # 12×14×2',
    'pad_lowest(1, 1),',
    'layers.MaxPooling2D(3, strides=2),  # 6×7×2',
    'layers.ZeroPadding2D(1),',
    'layers.AveragePooling2D(2),  # 4×4×2',
  ]);
});

test('a stride with dilation, which Keras does not have', () => {
  expect(layersOf({ type: 'conv2d', filters: 2, kernelSize: 3, stride: 2, dilation: 2 })).toEqual([
    'layers.Conv2D(2, 3, dilation_rate=2, kernel_initializer=weights(), bias_initializer=biases(9)),',
    'layers.MaxPooling2D(1, strides=2),  # 4×4×2',
  ]);
});

test('a residual block with its shortcut', () => {
  const block: Layer = {
    type: 'residual',
    layers: [{ type: 'conv2d', filters: 2, kernelSize: 3, padding: 1, stride: 2 }],
  };
  expect(layersOf(block)).toEqual([
    'shortcut1 = x',
    'x = layers.ZeroPadding2D(1)(x)',
    'x = layers.Conv2D(2, 3, strides=2, kernel_initializer=weights(), bias_initializer=biases(9))(x)  # 6×6×2',
    'shortcut1 = layers.Conv2D(2, 1, strides=2, kernel_initializer=weights(), bias_initializer=biases(1))(shortcut1)  # 6×6×2',
    'x = layers.Add()([x, shortcut1])  # 6×6×2',
  ]);
});

test('every net and every setting is whole Python', () => {
  const settings = [
    {},
    { optimizer: { type: 'adam', weightDecay: 0.1 }, schedule: { type: 'oneCycle', warmUpSteps: 5 } },
    {
      optimizer: { type: 'adagrad', learningRateDecay: 0.1 },
      validation: { fraction: 0.1 },
      labelSmoothing: 0.1,
    },
    {
      optimizer: { type: 'rmsProp' },
      schedule: { type: 'cosine' },
      augmentation: { shift: 2, rotation: 5, scale: 0.1, noise: 0.1, horizontalFlip: true },
      earlyStopping: { metric: 'validationLoss', patience: 2 },
      validation: { fraction: 0.2 },
      clipping: { type: 'norm', maximum: 1 },
    },
  ].map((each) => trainingSettingsSchema.parse(each));
  for (const [i, network] of randomNetworks(100).entries()) {
    const code = toKeras(network, { settings: settings[i % settings.length] });
    const broken: string[] = [];
    parser.parse(code).iterate({
      enter(node) {
        if (node.type.isError) broken.push(code.slice(Math.max(0, node.from - 40), node.to + 40));
      },
    });
    expect(broken).toEqual([]);
    expect(code).not.toMatch(/undefined|NaN|\[object/);
  }
});
