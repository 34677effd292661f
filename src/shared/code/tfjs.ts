/**
 * A net and its training as a JavaScript module for TensorFlow.js' layers (channels last): `createModel()` makes the net,
 * `train(model, data)` trains it. Random numbers are TensorFlow.js' own. Comments say where it does otherwise.
 */
import type { Pair } from '../layers/layer.ts';
import type { Network } from '../network/network.ts';
import { type Optimizer, type TrainingSettings, trainingSettingsSchema } from '../training/training.ts';
import { type ChannelsLastStep, type PlannedStep, hasStep, planOf } from './channelsLast.ts';
import type { CodeOptions } from './pytorch.ts';
import { networkHeader } from './pytorchModel.ts';
import { augments } from './pytorchData.ts';
import { brokenNote } from './text.ts';

const js = ([height, width]: Pair) => (height === width ? `${height}` : `[${height}, ${width}]`);
const differs = ([height, width]: Pair, value: number) => height !== value || width !== value;

function call(name: string, ...fields: readonly string[]): string {
  return fields.length > 0 ? `tf.layers.${name}({ ${fields.join(', ')} })` : `tf.layers.${name}()`;
}

function parametersOf(fanIn: number, bias: boolean): string[] {
  return bias ? [`...starting(${fanIn})`] : ['useBias: false', `...starting(${fanIn})`];
}

function layerOf(step: Exclude<ChannelsLastStep, { kind: 'residual' }>): string {
  switch (step.kind) {
    case 'zeroPad': {
      const [height, width] = step.padding;
      return call('zeroPadding2d', `padding: [[${height}, ${height}], [${width}, ${width}]]`);
    }
    case 'lowestPad':
      return `new PadLowest({ padding: [${step.padding.join(', ')}] })`;
    case 'conv':
      return call(
        'conv2d',
        `filters: ${step.filters}`,
        `kernelSize: ${js(step.kernel)}`,
        ...(differs(step.stride, 1) ? [`strides: ${js(step.stride)}`] : []),
        ...(differs(step.dilation, 1) ? [`dilationRate: ${js(step.dilation)}`] : []),
        ...parametersOf(step.fanIn, step.bias),
      );
    case 'everyNth':
      return call('maxPooling2d', 'poolSize: 1', `strides: ${js(step.stride)}`);
    case 'maxPool':
    case 'averagePool': {
      const same = step.kernel[0] === step.stride[0] && step.kernel[1] === step.stride[1];
      const name = step.kind === 'maxPool' ? 'maxPooling2d' : 'averagePooling2d';
      return call(name, `poolSize: ${js(step.kernel)}`, ...(same ? [] : [`strides: ${js(step.stride)}`]));
    }
    case 'globalAverage':
      return call('globalAveragePooling2d', '');
    case 'batchNorm':
      return call('batchNormalization', `momentum: 1 - ${step.momentum}`, `epsilon: ${step.epsilon}`);
    case 'dropout':
      return call('dropout', `rate: ${step.p}`);
    case 'activation':
      if (step.function === 'leakyRelu') return call('leakyReLU', `alpha: ${step.negativeSlope}`);
      if (step.function === 'elu' && step.alpha !== 1) return `new ScaledElu({ alpha: ${step.alpha} })`;
      return call('activation', `activation: '${step.function === 'silu' ? 'swish' : step.function}'`);
    case 'flatten':
      return call('flatten');
    case 'dense':
      return call('dense', `units: ${step.units}`, ...parametersOf(step.fanIn, step.bias));
  }
}

const comment = (shape: string | null) => (shape === null ? '' : ` // ${shape}`);

function modelLines(steps: readonly PlannedStep[], { height, width, channels }: Network['input']): string[] {
  let blocks = 0;
  const walk = (inner: readonly PlannedStep[], name: string): string[] =>
    inner.flatMap(({ step, shape }) => {
      if (step.kind !== 'residual') return [`${name} = ${layerOf(step)}.apply(${name});${comment(shape)}`];
      blocks += 1;
      const side = `shortcut${blocks}`;
      return [
        `let ${side} = ${name};`,
        ...walk(step.main, name),
        ...walk(step.side, side),
        `${name} = tf.layers.add().apply([${name}, ${side}]);${comment(shape)}`,
      ];
    });
  const functional = hasStep(steps, 'residual') || steps.length === 0;
  const shape = `[${height}, ${width}, ${channels}]`;
  if (functional) {
    return [
      `const inputs = tf.input({ shape: ${shape} });`,
      'let x = inputs;',
      ...walk(steps, 'x'),
      'return tf.model({ inputs, outputs: x });',
    ];
  }
  return [
    'const model = tf.sequential();',
    `model.add(tf.layers.inputLayer({ inputShape: ${shape} }));`,
    ...steps.flatMap(({ step, shape: after }) =>
      step.kind === 'residual' ? [] : [`model.add(${layerOf(step)});${comment(after)}`],
    ),
    'return model;',
  ];
}

function startingLines({ initialisation }: TrainingSettings): string[] {
  const scaling = (scale: string, mode: string, distribution: string) =>
    `tf.initializers.varianceScaling({ scale: ${scale}, mode: '${mode}', distribution: '${distribution}' })`;
  const kinds = {
    default: scaling('1 / 3', 'fanIn', 'uniform'),
    kaimingUniform: scaling('2', 'fanIn', 'uniform'),
    kaimingNormal: 'tf.initializers.randomNormal({ stddev: Math.sqrt(2 / fanIn) })',
    xavierUniform: scaling('1', 'fanAvg', 'uniform'),
    xavierNormal: scaling('1', 'fanAvg', 'normal'),
    zeros: 'tf.initializers.zeros()',
    constant: `tf.initializers.constant({ value: ${initialisation.type === 'constant' ? initialisation.value : 0} })`,
  } as const;
  return [
    ...(initialisation.type === 'xavierNormal'
      ? ['/** Its normal distribution is cut off at two deviations; PyTorch’s is not. */']
      : ['/** Initial values as PyTorch draws them; biases are uniform in ±1/√fanIn. */']),
    'function starting(fanIn) {',
    '  const bound = 1 / Math.sqrt(fanIn);',
    '  return {',
    `    kernelInitializer: ${kinds[initialisation.type]},`,
    '    biasInitializer: tf.initializers.randomUniform({ minval: -bound, maxval: bound }),',
    '  };',
    '}',
  ];
}

const padLowest = [
  '/** Before a max-pool: what is added around a map must be less than anything in it; zeros would not be. */',
  'class PadLowest extends tf.layers.Layer {',
  '  constructor(config) {',
  '    super(config);',
  '    this.padding = config.padding;',
  '  }',
  '  computeOutputShape([batch, height, width, channels]) {',
  '    const [above, beside] = this.padding;',
  '    return [batch, height + 2 * above, width + 2 * beside, channels];',
  '  }',
  '  call(inputs) {',
  '    const [above, beside] = this.padding;',
  '    const x = Array.isArray(inputs) ? inputs[0] : inputs;',
  '    return tf.pad(x, [[0, 0], [above, above], [beside, beside], [0, 0]], -Infinity);',
  '  }',
  '  getConfig() {',
  '    return { ...super.getConfig(), padding: this.padding };',
  '  }',
  "  static className = 'PadLowest';",
  '}',
  'tf.serialization.registerClass(PadLowest);',
  '',
];

const scaledElu = [
  '/** TensorFlow.js’ own ELU has no alpha other than 1. */',
  'class ScaledElu extends tf.layers.Layer {',
  '  constructor(config) {',
  '    super(config);',
  '    this.alpha = config.alpha;',
  '  }',
  '  computeOutputShape(shape) {',
  '    return shape;',
  '  }',
  '  call(inputs) {',
  '    const x = Array.isArray(inputs) ? inputs[0] : inputs;',
  '    return tf.where(tf.greater(x, 0), x, tf.mul(tf.expm1(tf.minimum(x, 0)), this.alpha));',
  '  }',
  '  getConfig() {',
  '    return { ...super.getConfig(), alpha: this.alpha };',
  '  }',
  "  static className = 'ScaledElu';",
  '}',
  'tf.serialization.registerClass(ScaledElu);',
  '',
];

/** Returns whether any activation of the plan is an ELU with another alpha than 1. */
function scalesElu(steps: readonly PlannedStep[]): boolean {
  return steps.some(({ step }) =>
    step.kind === 'residual'
      ? scalesElu(step.main) || scalesElu(step.side)
      : step.kind === 'activation' && step.function === 'elu' && step.alpha !== 1,
  );
}

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

function trainLines(settings: TrainingSettings): string[] {
  const { schedule, earlyStopping, clipping, validation, labelSmoothing } = settings;
  const scheduled = schedule.type !== 'constant' || schedule.warmUpSteps > 0;
  const monitors = {
    testLoss: 'val_loss',
    validationLoss: 'val_loss',
    testAccuracy: 'val_acc',
    validationAccuracy: 'val_acc',
    trainLoss: 'loss',
  } as const;
  const callbacks = [
    ...(scheduled
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

export function toTensorFlowJs(network: Network, options: CodeOptions = {}): string {
  const settings = options.settings ?? trainingSettingsSchema.parse({});
  const { steps, problem, disabled } = planOf(network);
  return [
    ...networkHeader(network, '//'),
    '// Written by Stride, for @tensorflow/tfjs 4 or @tensorflow/tfjs-node. The same net; random numbers are TensorFlow.js’ own.',
    ...disabled.map(({ position, type }) => `// Layer ${position} (${type}) is disabled, and is not here.`),
    ...(problem ? [`// ${brokenNote(problem)}`] : []),
    "import * as tf from '@tensorflow/tfjs';",
    '',
    ...startingLines(settings),
    '',
    ...(hasStep(steps, 'lowestPad') ? padLowest : []),
    ...(scalesElu(steps) ? scaledElu : []),
    'export function createModel() {',
    ...(hasStep(steps, 'everyNth')
      ? [
          '  // There is no convolution with stride and dilation: it is dilated, then every n-th place is kept (a pool of 1).',
        ]
      : []),
    ...(hasStep(steps, 'batchNorm')
      ? ['  // The biased variance is kept for evaluation, in PyTorch the unbiased one.']
      : []),
    ...(hasStep(steps, 'flatten')
      ? [
          '  // Flatten puts channels last, PyTorch first: the next layer has the same weights in another order.',
        ]
      : []),
    ...modelLines(steps, network.input).map((line) => `  ${line}`),
    '}',
    '',
    ...trainLines(settings),
    '',
  ].join('\n');
}
