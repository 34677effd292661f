/**
 * A net and its training as a Keras script (Keras 3 on TensorFlow, channels last). It is the same net and the same
 * training; its random numbers are Keras' own, so its losses are not Stride's. Comments say where Keras does otherwise.
 */
import type { Pair } from '../layers/layer.ts';
import type { Network } from '../network.ts';
import {
  type Optimizer,
  type TrainingSettings,
  courseNormalisation,
  trainingSettingsSchema,
} from '../training.ts';
import { type ChannelsLastStep, type PlannedStep, hasStep, planOf } from './channelsLast.ts';
import { type CodeOptions, courseDataset } from './pytorch.ts';
import { networkHeader } from './pytorchModel.ts';
import { augments, rateLines } from './pytorchTraining.ts';
import { brokenNote } from './text.ts';

const kerasDatasets: Readonly<Record<string, string>> = {
  mnist: 'mnist',
  'fashion-mnist': 'fashion_mnist',
  cifar10: 'cifar10',
};

const python = ([height, width]: Pair) => (height === width ? `${height}` : `(${height}, ${width})`);
const differs = ([height, width]: Pair, value: number) => height !== value || width !== value;

/** What every layer with weights is made with: PyTorch's initial values, and a decay that goes into the gradient. */
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

function layerOf(step: Exclude<ChannelsLastStep, { kind: 'residual' }>, weights: Weights): string {
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

function optimizerLines(optimizer: Optimizer, settings: TrainingSettings): string[] {
  const given: string[] = [`learning_rate=${optimizer.learningRate}`];
  const { clipping } = settings;
  const clip = clipping
    ? [`${clipping.type === 'norm' ? 'global_clipnorm' : 'clipvalue'}=${clipping.maximum}`]
    : [];
  const make = (name: string) => `optimizer = keras.optimizers.${name}(${[...given, ...clip].join(', ')})`;
  switch (optimizer.type) {
    case 'sgd':
      if (optimizer.momentum > 0) given.push(`momentum=${optimizer.momentum}`);
      if (optimizer.momentum > 0 && optimizer.nesterov) given.push('nesterov=True');
      return [
        ...(optimizer.momentum > 0 && changesRate(settings)
          ? [
              '# Keras keeps steps in its momentum, PyTorch gradients: after a change of the rate they differ for a while.',
            ]
          : []),
        make('SGD'),
      ];
    case 'adam':
    case 'adamW':
      given.push(
        `beta_1=${optimizer.beta1}`,
        `beta_2=${optimizer.beta2}`,
        `epsilon=${optimizer.epsilon}`,
        ...(optimizer.type === 'adamW' ? [`weight_decay=${optimizer.weightDecay}`] : []),
      );
      return [
        '# Keras adds epsilon before the bias correction, PyTorch after it: the first steps differ slightly.',
        make(optimizer.type === 'adam' ? 'Adam' : 'AdamW'),
      ];
    case 'rmsProp':
      given.push(
        `rho=${optimizer.alpha}`,
        ...(optimizer.momentum > 0 ? [`momentum=${optimizer.momentum}`] : []),
        `epsilon=${optimizer.epsilon}`,
      );
      return ['# Keras adds epsilon under the square root, PyTorch beside it.', make('RMSprop')];
    case 'adagrad':
      given.push('initial_accumulator_value=0.0', `epsilon=${optimizer.epsilon}`);
      return ['# Keras adds epsilon under the square root, PyTorch beside it.', make('Adagrad')];
  }
}

/** Whether the rate is set at every step. Adagrad's own decay is one such change. */
function changesRate({ schedule, optimizer }: TrainingSettings): boolean {
  return (
    schedule.type !== 'constant' ||
    schedule.warmUpSteps > 0 ||
    (optimizer.type === 'adagrad' && optimizer.learningRateDecay > 0)
  );
}

function scheduleLines(settings: TrainingSettings): string[] {
  if (!changesRate(settings)) return [];
  const { optimizer } = settings;
  const decay =
    optimizer.type === 'adagrad' && optimizer.learningRateDecay > 0
      ? ` / (1 + self.step * ${optimizer.learningRateDecay})`
      : '';
  return [
    '',
    '',
    'def learning_rate(step):',
    '    """At a step, counted from 1."""',
    ...rateLines(settings, 'steps_per_epoch').map((line) => `    ${line}`),
    '',
    '',
    'class Schedule(keras.callbacks.Callback):',
    '    step = 0',
    '',
    '    def on_train_batch_begin(self, batch, logs=None):',
    `        self.model.optimizer.learning_rate = learning_rate(self.step + 1)${decay}`,
    '        self.step += 1',
    '',
    '',
  ];
}

function initialisers({ initialisation }: TrainingSettings): string[] {
  const scaling = (scale: string, mode: string, distribution: string) =>
    `keras.initializers.VarianceScaling(scale=${scale}, mode='${mode}', distribution='${distribution}')`;
  const kinds = {
    default: scaling('1 / 3', 'fan_in', 'uniform'),
    kaimingUniform: scaling('2', 'fan_in', 'uniform'),
    kaimingNormal: scaling('2', 'fan_in', 'untruncated_normal'),
    xavierUniform: scaling('1', 'fan_avg', 'uniform'),
    xavierNormal: scaling('1', 'fan_avg', 'untruncated_normal'),
    zeros: 'keras.initializers.Zeros()',
    constant: `keras.initializers.Constant(${initialisation.type === 'constant' ? initialisation.value : 0})`,
  } as const;
  return [
    'def weights():',
    ...(initialisation.type === 'default' ? ['    """As PyTorch starts: uniform in ±1/√fan_in."""'] : []),
    `    return ${kinds[initialisation.type]}`,
    '',
    '',
    'def biases(fan_in):',
    '    return keras.initializers.RandomUniform(-fan_in ** -0.5, fan_in ** -0.5)',
    '',
    '',
  ];
}

function augmentationLines(
  { augmentation }: TrainingSettings,
  { height, width }: Network['input'],
): string[] {
  if (!augmentation) return [];
  const { shift, rotation, scale, horizontalFlip, noise } = augmentation;
  const black = "fill_mode='constant', fill_value=0.0";
  return [
    'augmentation = keras.Sequential([',
    ...(horizontalFlip ? ["    layers.RandomFlip('horizontal'),"] : []),
    ...(rotation > 0 ? [`    layers.RandomRotation(${rotation} / 360, ${black}),`] : []),
    ...(scale > 0 ? [`    layers.RandomZoom((-${scale}, ${scale}), ${black}),`] : []),
    ...(shift > 0
      ? [`    layers.RandomTranslation(${shift} / ${height}, ${shift} / ${width}, ${black}),`]
      : []),
    ...(noise > 0 ? [`    layers.GaussianNoise(${noise}),`] : []),
    '])',
  ];
}

function dataLines(settings: TrainingSettings, network: Network, dataset: string): string[] {
  const { normalisation, validation, labelSmoothing } = settings;
  const constants = {
    course: [`mean, deviation = ${courseNormalisation.mean}, ${courseNormalisation.deviation}`],
    dataset: ['mean, deviation = x_train.mean((0, 1, 2)), x_train.std((0, 1, 2))'],
    none: ['mean, deviation = 0.0, 1.0'],
  }[normalisation];
  const { height, width, channels } = network.input;
  const shape = `(-1, ${height}, ${width}, ${channels})`;
  return [
    `(x_train, y_train), (x_test, y_test) = keras.datasets.${dataset}.load_data()`,
    `x_train = x_train.reshape(${shape}).astype('float32') / 255`,
    `x_test = x_test.reshape(${shape}).astype('float32') / 255`,
    'y_train, y_test = y_train.reshape(-1), y_test.reshape(-1)',
    ...constants,
    ...(labelSmoothing > 0
      ? ['y_train, y_test = keras.utils.to_categorical(y_train), keras.utils.to_categorical(y_test)']
      : []),
    ...(validation
      ? [
          '# The same share of every class is held back; other images than in Stride, whose generator NumPy does not have.',
          `labels = ${labelSmoothing > 0 ? 'y_train.argmax(1)' : 'y_train'}`,
          `random = np.random.default_rng(${validation.seed})`,
          'held = np.zeros(len(labels), dtype=bool)',
          'for label in np.unique(labels):',
          '    members = random.permutation(np.flatnonzero(labels == label))',
          `    held[members[:min(max(int(len(members) * ${validation.fraction} + 0.5), 1), len(members) - 1)]] = True`,
          'x_validation, y_validation = x_train[held], y_train[held]',
          'x_train, y_train = x_train[~held], y_train[~held]',
        ]
      : []),
  ];
}

function fitLines(settings: TrainingSettings): string[] {
  const { earlyStopping, validation } = settings;
  const changes = augments(settings);
  const watchesTest = !validation || (earlyStopping?.metric.startsWith('test') ?? false);
  const held = watchesTest ? 'test' : 'validation';
  const monitors = {
    testLoss: 'val_loss',
    validationLoss: 'val_loss',
    testAccuracy: 'val_accuracy',
    validationAccuracy: 'val_accuracy',
    trainLoss: 'loss',
  } as const;
  const callbacks = [
    ...(changesRate(settings) ? ['Schedule()'] : []),
    ...(earlyStopping
      ? [
          `keras.callbacks.EarlyStopping('${monitors[earlyStopping.metric]}', min_delta=${earlyStopping.minimumChange}, patience=${earlyStopping.patience})`,
        ]
      : []),
  ];
  const given = `validation_data=(normalised(x_${held}), y_${held})${callbacks.length > 0 ? `,\n          callbacks=[${callbacks.join(',\n                     ')}]` : ''}`;
  return [
    ...(changes
      ? [
          'train = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(len(x_train)).batch(batch_size)',
          'train = train.map(lambda x, y: (normalised(augmentation(x, training=True)), y))',
          `model.fit(train, epochs=epochs, ${given})`,
        ]
      : [
          `model.fit(normalised(x_train), y_train, batch_size=batch_size, epochs=epochs, shuffle=True,`,
          `          ${given})`,
        ]),
    'loss, accuracy = model.evaluate(normalised(x_test), y_test, batch_size=1000, verbose=0)',
    "print('accuracy on test set: %.2f %%, loss: %.4f' % (100 * accuracy, loss))",
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
    ...(hasStep(steps, 'lowestPad')
      ? [
          'def pad_lowest(height, width):',
          '    """Before a max-pool: what is added around a map must be less than anything in it; zeros would not be."""',
          '    around = [[0, 0], [height, height], [width, width], [0, 0]]',
          "    return layers.Lambda(lambda x: tf.pad(x, around, constant_values=float('-inf')))",
          '',
          '',
        ]
      : []),
    ...(weights.decay
      ? [
          "# PyTorch's weight_decay adds to the gradient; Keras' optimizers shrink the weights instead. Half of the square's",
          "# gradient is the weight itself. Keras' printed loss includes this term.",
          `decay = keras.regularizers.L2(${weightDecay} / 2)`,
        ]
      : []),
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
