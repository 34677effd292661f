/** Training settings as TensorFlow.js code: optimizer, schedule of the learning rate, and `train(model, data)`. */
import type { Optimizer, TrainingSettings } from '../training/training.ts';
import { augments } from './pytorchData.ts';

function optimizerLines(optimizer: Optimizer): string[] {
  const notes: string[] = [];
  const decays = optimizer.weightDecay > 0;
  if (decays && optimizer.type === 'adamW')
    notes.push(
      `// TensorFlow.js has no AdamW: its weight decay of ${optimizer.weightDecay} is missing here.`,
    );
  else if (decays)
    notes.push(
      `// TensorFlow.js’ optimizers have no weight decay: that of ${optimizer.weightDecay} is missing here.`,
    );
  const rate = optimizer.learningRate;
  switch (optimizer.type) {
    case 'sgd':
      return [
        ...notes,
        optimizer.momentum > 0
          ? `const optimizer = tf.train.momentum(${rate}, ${optimizer.momentum}${optimizer.nesterov ? ', true' : ''});`
          : `const optimizer = tf.train.sgd(${rate});`,
      ];
    case 'adam':
    case 'adamW':
      return [
        ...notes,
        `const optimizer = tf.train.adam(${rate}, ${optimizer.beta1}, ${optimizer.beta2}, ${optimizer.epsilon});`,
      ];
    case 'rmsProp':
      return [
        ...notes,
        '// Epsilon is added under the square root, in PyTorch beside it.',
        `const optimizer = tf.train.rmsprop(${rate}, ${optimizer.alpha}, ${optimizer.momentum}, ${optimizer.epsilon});`,
      ];
    case 'adagrad':
      return [
        ...notes,
        `// Its epsilon is its own (1e-7; here it would be ${optimizer.epsilon})${optimizer.learningRateDecay > 0 ? ', and it has no decay of the rate' : ''}.`,
        `const optimizer = tf.train.adagrad(${rate}, 0);`,
      ];
  }
}

function rateLines({ schedule, optimizer }: TrainingSettings): string[] {
  const base = optimizer.learningRate;
  const epoch = 'Math.floor((step - 1) / stepsPerEpoch)';
  const scheduled = (): string[] => {
    switch (schedule.type) {
      case 'constant':
        return [`const rate = ${base};`];
      case 'step':
        return [`const rate = ${base} * ${schedule.gamma} ** Math.floor(${epoch} / ${schedule.stepSize});`];
      case 'exponential':
        return [`const rate = ${base} * ${schedule.gamma} ** ${epoch};`];
      case 'cosine':
        return [`const rate = anneal(${base}, ${schedule.minimum}, ${epoch} / epochs);`];
      case 'oneCycle': {
        const { maximum, pctStart, divFactor, finalDivFactor } = schedule;
        return [
          `const [low, high] = [${maximum} / ${divFactor}, ${maximum}];`,
          'const last = epochs * stepsPerEpoch - 1;',
          `const peak = ${pctStart} * epochs * stepsPerEpoch - 1;`,
          'const rate = peak > 0 && step - 1 <= peak',
          '  ? anneal(low, high, (step - 1) / peak)',
          `  : anneal(high, low / ${finalDivFactor}, (step - 1 - peak) / (last - peak));`,
        ];
      }
    }
  };
  const warm = schedule.warmUpSteps > 0 ? ` * Math.min(1, step / ${schedule.warmUpSteps})` : '';
  return [
    ...(['cosine', 'oneCycle'].includes(schedule.type)
      ? ['const anneal = (from, to, share) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));', '']
      : []),
    '/** At a step, counted from 1. */',
    'function learningRate(step, stepsPerEpoch) {',
    ...scheduled().map((line) => `  ${line}`),
    `  return rate${warm};`,
    '}',
    '',
  ];
}

/** The quantity that early stopping watches, as `model.fit` names it. */
const monitors = {
  testLoss: 'val_loss',
  validationLoss: 'val_loss',
  testAccuracy: 'val_acc',
  validationAccuracy: 'val_acc',
  trainLoss: 'loss',
} as const;

const changesRate = ({ schedule }: TrainingSettings) =>
  schedule.type !== 'constant' || schedule.warmUpSteps > 0;

function callbackLines(settings: TrainingSettings): string[] {
  const { earlyStopping } = settings;
  return [
    ...(changesRate(settings)
      ? [
          'new tf.CustomCallback({',
          '  onBatchBegin: () => {',
          '    step += 1;',
          '    optimizer.learningRate = learningRate(step, stepsPerEpoch);',
          '  },',
          '}),',
        ]
      : []),
    ...(earlyStopping
      ? [
          `tf.callbacks.earlyStopping({ monitor: '${monitors[earlyStopping.metric]}', minDelta: ${earlyStopping.minimumChange}, patience: ${earlyStopping.patience} }),`,
        ]
      : []),
  ];
}

export function trainLines(settings: TrainingSettings): string[] {
  const { clipping, validation, labelSmoothing } = settings;
  const scheduled = changesRate(settings);
  const callbacks = callbackLines(settings);
  return [
    `const batchSize = ${settings.batchSize};`,
    `const epochs = ${settings.epochs};`,
    ...(scheduled ? ['', ...rateLines(settings)] : ['']),
    '/**',
    ' * Images: float32 tensors [count, height, width, channels], normalised as the run’s were; labels: one-hot [count, classes].',
    ' * The layers of TensorFlow.js have no data sets of their own.',
    ' */',
    'export async function train(model, { trainImages, trainLabels, testImages, testLabels }) {',
    ...(clipping ? ['  // Gradients are not clipped here: model.fit has no clipping.'] : []),
    ...(augments(settings) ? ['  // The random changes of the training images are missing here.'] : []),
    ...(validation
      ? ['  // No validation images are held back here; the test images take their place.']
      : []),
    ...optimizerLines(settings.optimizer).map((line) => `  ${line}`),
    ...(labelSmoothing > 0
      ? [
          `  const loss = (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits, undefined, ${labelSmoothing});`,
        ]
      : ['  const loss = (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits);']),
    "  model.compile({ optimizer, loss, metrics: ['accuracy'] });",
    ...(scheduled
      ? ['  const stepsPerEpoch = Math.ceil(trainImages.shape[0] / batchSize);', '  let step = 0;']
      : []),
    '  return model.fit(trainImages, trainLabels, {',
    '    batchSize,',
    '    epochs,',
    '    shuffle: true,',
    '    validationData: [testImages, testLabels],',
    ...(callbacks.length > 0
      ? ['    callbacks: [', ...callbacks.map((line) => `      ${line}`), '    ],']
      : []),
    '  });',
    '}',
  ];
}
