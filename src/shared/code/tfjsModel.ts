/** A net as TensorFlow.js code: its layers, their initial values, and layers that TensorFlow.js does not have. */
import type { Pair } from '../layers/layer.ts';
import type { Network } from '../network/network.ts';
import type { TrainingSettings } from '../training/training.ts';
import { type PlannedStep, type SingleStep, hasStep } from './channelsLast.ts';

const js = ([height, width]: Pair) => (height === width ? `${height}` : `[${height}, ${width}]`);
const differs = ([height, width]: Pair, value: number) => height !== value || width !== value;

function call(name: string, ...fields: readonly string[]): string {
  return fields.length > 0 ? `tf.layers.${name}({ ${fields.join(', ')} })` : `tf.layers.${name}()`;
}

function parametersOf(fanIn: number, bias: boolean): string[] {
  return bias ? [`...starting(${fanIn})`] : ['useBias: false', `...starting(${fanIn})`];
}

function layerOf(step: SingleStep): string {
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

export function modelLines(
  steps: readonly PlannedStep[],
  { height, width, channels }: Network['input'],
): string[] {
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

export function startingLines({ initialisation }: TrainingSettings): string[] {
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

export const padLowest = [
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

export const scaledElu = [
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
export function scalesElu(steps: readonly PlannedStep[]): boolean {
  return steps.some(({ step }) =>
    step.kind === 'residual'
      ? scalesElu(step.main) || scalesElu(step.side)
      : step.kind === 'activation' && step.function === 'elu' && step.alpha !== 1,
  );
}
