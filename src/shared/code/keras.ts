/**
 * Writes a net and its training as a Keras script (Keras 3 on TensorFlow, channels last). The net and the training are
 * the same; the random numbers are Keras' own, so its losses are not Stride's. Comments in the script name the
 * differences.
 */
import type { Pair } from '../layers/layer.ts';
import type { Network } from '../network/network.ts';
import { trainingSettingsSchema } from '../training/training.ts';
import { type PlannedStep, type SingleStep, hasStep, planOf } from './channelsLast.ts';
import {
  augmentationLines,
  dataLines,
  fitLines,
  initialisers,
  optimizerLines,
  scheduleLines,
} from './kerasTraining.ts';
import { type CodeOptions, courseDataset } from './pytorch.ts';
import { networkHeader } from './pytorchModel.ts';
import { brokenNote } from './text.ts';

const kerasDatasets: Readonly<Record<string, string>> = {
  mnist: 'mnist',
  'fashion-mnist': 'fashion_mnist',
  cifar10: 'cifar10',
};

const python = ([height, width]: Pair) => (height === width ? `${height}` : `(${height}, ${width})`);
const differs = ([height, width]: Pair, value: number) => height !== value || width !== value;

/**
 * Arguments of every layer with weights: PyTorch's initial values, and a weight decay that is added to the gradient.
 */
interface Weights {
  readonly decay: boolean;
}

function parametersOf(fanIn: number, bias: boolean, { decay }: Weights): string[] {
  return [
    ...(bias ? [] : ['use_bias=False']),
    'kernel_initializer=weights()',
    ...(bias ? [`bias_initializer=biases(${fanIn})`] : []),
    ...(decay ? ['kernel_regularizer=decay', ...(bias ? ['bias_regularizer=decay'] : [])] : []),
  ];
}

function layerOf(step: SingleStep, weights: Weights): string {
  const call = (name: string, ...given: readonly string[]) => `layers.${name}(${given.join(', ')})`;
  switch (step.kind) {
    case 'zeroPad':
      return call('ZeroPadding2D', python(step.padding));
    case 'lowestPad':
      return `pad_lowest(${step.padding.join(', ')})`;
    case 'conv':
      return call(
        'Conv2D',
        `${step.filters}`,
        python(step.kernel),
        ...(differs(step.stride, 1) ? [`strides=${python(step.stride)}`] : []),
        ...(differs(step.dilation, 1) ? [`dilation_rate=${python(step.dilation)}`] : []),
        ...parametersOf(step.fanIn, step.bias, weights),
      );
    case 'everyNth':
      return call('MaxPooling2D', '1', `strides=${python(step.stride)}`);
    case 'maxPool':
    case 'averagePool': {
      const own = differs(step.kernel, step.stride[0]) || differs(step.kernel, step.stride[1]);
      const name = step.kind === 'maxPool' ? 'MaxPooling2D' : 'AveragePooling2D';
      const same = step.kernel[0] === step.stride[0] && step.kernel[1] === step.stride[1];
      return call(name, python(step.kernel), ...(own && !same ? [`strides=${python(step.stride)}`] : []));
    }
    case 'globalAverage':
      return call('GlobalAveragePooling2D');
    case 'batchNorm':
      return call(
        'BatchNormalization',
        `momentum=1 - ${step.momentum}`,
        `epsilon=${step.epsilon}`,
        ...(weights.decay ? ['gamma_regularizer=decay', 'beta_regularizer=decay'] : []),
      );
    case 'dropout':
      return call('Dropout', `${step.p}`);
    case 'activation':
      if (step.function === 'leakyRelu') return call('LeakyReLU', `negative_slope=${step.negativeSlope}`);
      if (step.function === 'elu') return call('ELU', `alpha=${step.alpha}`);
      return call('Activation', `'${step.function}'`);
    case 'flatten':
      return call('Flatten');
    case 'dense':
      return call('Dense', `${step.units}`, ...parametersOf(step.fanIn, step.bias, weights));
  }
}

const comment = (shape: string | null) => (shape === null ? '' : `  # ${shape}`);

function sequentialLines(steps: readonly PlannedStep[], input: string, weights: Weights): string[] {
  const rows = steps.flatMap(({ step, shape }) =>
    step.kind === 'residual' ? [] : [{ code: `${layerOf(step, weights)},`, shape }],
  );
  return [
    'model = keras.Sequential([',
    `    keras.Input(${input}),`,
    ...rows.map(({ code, shape }) => `    ${code}${comment(shape)}`),
    '])',
  ];
}

/** Residual blocks need the functional interface. */
function functionalLines(steps: readonly PlannedStep[], input: string, weights: Weights): string[] {
  let blocks = 0;
  const walk = (inner: readonly PlannedStep[], name: string): string[] =>
    inner.flatMap(({ step, shape }) => {
      if (step.kind !== 'residual') return [`${name} = ${layerOf(step, weights)}(${name})${comment(shape)}`];
      blocks += 1;
      const side = `shortcut${blocks}`;
      return [
        `${side} = ${name}`,
        ...walk(step.main, name),
        ...walk(step.side, side),
        `${name} = layers.Add()([${name}, ${side}])${comment(shape)}`,
      ];
    });
  return [`inputs = x = keras.Input(${input})`, ...walk(steps, 'x'), 'model = keras.Model(inputs, x)'];
}

const padLowest = [
  'def pad_lowest(height, width):',
  '    """Before a max-pool: what is added around a map must be less than anything in it; zeros would not be."""',
  '    around = [[0, 0], [height, height], [width, width], [0, 0]]',
  "    return layers.Lambda(lambda x: tf.pad(x, around, constant_values=float('-inf')))",
  '',
  '',
];

const decayLines = (weightDecay: number) => [
  "# PyTorch's weight_decay adds to the gradient; Keras' optimizers shrink the weights instead. Half of the square's",
  "# gradient is the weight itself. Keras' printed loss includes this term.",
  `decay = keras.regularizers.L2(${weightDecay} / 2)`,
];

/** Returns comments on what Keras does otherwise than PyTorch. */
function differenceNotes(steps: readonly PlannedStep[]): string[] {
  return [
    ...(hasStep(steps, 'everyNth')
      ? [
          '# Keras has no convolution with stride and dilation: it is dilated, and then every n-th place is kept (a pool of 1).',
        ]
      : []),
    ...(hasStep(steps, 'batchNorm')
      ? [
          '# Keras keeps the biased variance for evaluation, PyTorch the unbiased one; with large batches they are the same.',
        ]
      : []),
    ...(hasStep(steps, 'flatten')
      ? ['# Flatten puts channels last, PyTorch first: the next layer has the same weights in another order.']
      : []),
  ];
}

export function toKeras(network: Network, options: CodeOptions = {}): string {
  const { dataset = courseDataset } = options;
  const settings = options.settings ?? trainingSettingsSchema.parse({});
  const { steps, problem, disabled } = planOf(network);
  const { height, width, channels } = network.input;
  const weightDecay = settings.optimizer.type === 'adamW' ? 0 : settings.optimizer.weightDecay;
  const weights = { decay: weightDecay > 0 };
  const input = `(${height}, ${width}, ${channels})`;
  const known = kerasDatasets[dataset.id];
  const schedule = scheduleLines(settings);
  return [
    ...networkHeader(network, '#'),
    '# Written by Stride, for Keras 3 with TensorFlow. The same net and the same training; Keras draws other random numbers',
    '# than PyTorch, so the losses are not those of a Stride run number for number.',
    ...(known ? [] : [`# Keras does not have the data set "${dataset.name}"; MNIST stands in its place.`]),
    ...disabled.map(({ position, type }) => `# Layer ${position} (${type}) is disabled, and is not here.`),
    ...(problem ? [`# ${brokenNote(problem)}`] : []),
    '',
    ...(schedule.some((line) => line.includes('math.')) ? ['import math', ''] : []),
    'import numpy as np',
    'import tensorflow as tf',
    'import keras',
    'from keras import layers',
    '',
    `batch_size = ${settings.batchSize}`,
    `epochs = ${settings.epochs}`,
    `keras.utils.set_random_seed(${settings.seed % 2 ** 32})`,
    '',
    ...dataLines(settings, network, known ?? 'mnist'),
    'steps_per_epoch = -(-len(x_train) // batch_size)',
    ...augmentationLines(settings, network.input),
    '',
    '',
    'def normalised(pixels):',
    '    return (pixels - mean) / deviation',
    '',
    '',
    ...initialisers(settings),
    ...(hasStep(steps, 'lowestPad') ? padLowest : []),
    ...(weights.decay ? decayLines(weightDecay) : []),
    ...differenceNotes(steps),
    ...(hasStep(steps, 'residual')
      ? functionalLines(steps, input, weights)
      : sequentialLines(steps, input, weights)),
    '',
    ...optimizerLines(settings.optimizer, settings),
    settings.labelSmoothing > 0
      ? `loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=${settings.labelSmoothing})`
      : 'loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)',
    "model.compile(optimizer=optimizer, loss=loss, metrics=['accuracy'])",
    'model.summary()',
    ...schedule,
    ...fitLines(settings),
    '',
  ].join('\n');
}
