/** The Keras lines around a model: its images, initial weights, optimizer, learning rate and the call of `fit`. */
import type { Network } from '../network/network.ts';
import { type Optimizer, type TrainingSettings, courseNormalisation } from '../training/training.ts';
import { augments } from './pytorchData.ts';
import { rateLines } from './pytorchOptimizer.ts';

export function optimizerLines(optimizer: Optimizer, settings: TrainingSettings): string[] {
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

/** Returns whether the rate is set at every step. Adagrad's own decay is one such change. */
function changesRate({ schedule, optimizer }: TrainingSettings): boolean {
  return (
    schedule.type !== 'constant' ||
    schedule.warmUpSteps > 0 ||
    (optimizer.type === 'adagrad' && optimizer.learningRateDecay > 0)
  );
}

export function scheduleLines(settings: TrainingSettings): string[] {
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

export function initialisers({ initialisation }: TrainingSettings): string[] {
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

export function augmentationLines(
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

export function dataLines(settings: TrainingSettings, network: Network, dataset: string): string[] {
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

export function fitLines(settings: TrainingSettings): string[] {
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
