/**
 * Every operation's backward pass against central differences of the loss, in float32 and without PyTorch: of every
 * parameter and of the images, in training mode; and of the images again in evaluation mode (`saliency`).
 *
 * Where a function has kinks the difference is wrong across one, so the images' values lie apart and away from zero,
 * and what stands before a kink (a 1×1 convolution of one channel, with given numbers) keeps them so.
 */
import { describe, expect, it } from 'vitest';
import './support.ts';
import { compile } from '../../src/main/engine/compile/compile.ts';
import { initialParameters } from '../../src/main/engine/compile/parameters.ts';
import { Generator, randperm } from '../../src/main/engine/random/generator.ts';
import { type Inputs, Session } from '../../src/main/engine/native/session.ts';
import { activationFunctions } from '../../src/shared/layers/activation.ts';
import { newLayer } from '../../src/shared/layers/fields.ts';
import { type Layer, type LayerType, layerKind, layerTypes } from '../../src/shared/layers/index.ts';
import { type Shape, elements } from '../../src/shared/layers/layer.ts';
import { parseNetwork } from '../../src/shared/network/network.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';

const flatten: Layer = { type: 'flatten' };
const linear = (units: number, bias = true): Layer => ({ type: 'linear', units, bias });
const conv = (filters: number, kernelSize: number | [number, number], rest: object = {}): Layer =>
  ({ type: 'conv2d', filters, kernelSize, ...rest }) as Layer;
const activation = (name: (typeof activationFunctions)[number], rest: object = {}): Layer => ({
  type: 'activation',
  function: name,
  ...rest,
});
const head = [flatten, linear(3)];

interface Case {
  readonly name: string;
  readonly layers: readonly Layer[];
  /** Height, width, channels. */
  readonly size?: readonly [number, number, number];
}

/** Keeps the order of its input's values, and their distance from zero: `steady` are its numbers. */
const steadyConv = conv(1, 1);
const steady: Readonly<Record<string, readonly number[]>> = { '0.weight': [0.8], '0.bias': [0.05] };

const convs: [string, Layer, Case['size']?][] = [
  ['plain', conv(2, 3)],
  ['without bias', conv(2, 2, { bias: false })],
  ['stride', conv(2, 3, { stride: 2 })],
  ['rectangular, uneven stride and padding', conv(2, [3, 2], { stride: [1, 2], padding: [2, 0] })],
  ['stride beyond the kernel', conv(2, 2, { stride: 3 }), [6, 7, 1]],
  ['strided 1×1', conv(2, 1, { stride: 2 }), [5, 4, 3]],
  ['strided 1×1, padded', conv(2, 1, { stride: [2, 3], padding: 1 }), [4, 5, 3]],
  ['padding beyond the kernel', conv(2, 2, { padding: 3 }), [3, 3, 1]],
  ['dilation', conv(2, 2, { dilation: 2 })],
  [
    'dilation, stride and padding',
    conv(2, 3, { dilation: [2, 1], stride: [2, 3], padding: [1, 2] }),
    [6, 6, 2],
  ],
  ['dilation, padding beyond its reach', conv(2, 2, { dilation: 2, padding: 3, stride: 2 }), [4, 3, 1]],
  ['dilation along an axis of one', conv(2, [1, 2], { dilation: [3, 2] })],
  ['the whole image', conv(3, 4), [4, 4, 2]],
  ['two channels', conv(3, 2), [4, 5, 2]],
  ['three channels, padded as much as the kernel takes', conv(2, 3, { padding: 1 }), [4, 3, 3]],
];

const pools: [string, object, Case['size']?][] = [
  ['plain', { kernelSize: 2 }, [4, 4, 2]],
  ['overlapping, padded', { kernelSize: 3, stride: 2, padding: 1 }],
  ['rectangular', { kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] }, [4, 5, 1]],
  ['gaps', { kernelSize: 2, stride: 3 }, [6, 5, 1]],
];

const cases: Readonly<Partial<Record<LayerType, readonly Case[]>>> = {
  conv2d: convs.map(([name, layer, size]) => ({
    name,
    layers: [layer, activation('tanh'), ...head],
    ...(size && { size }),
  })),
  maxPool2d: pools.flatMap(([name, window, size]) => {
    const pool = { type: 'maxPool2d', ...window } as Layer;
    return [
      { name, layers: [pool, ...head], ...(size && { size }) },
      // The conv's bias takes its gradient from before the pool's.
      { name: `${name}, after a conv`, layers: [steadyConv, pool, ...head], size: [6, 5, 1] as const },
    ];
  }),
  avgPool2d: pools.map(([name, window, size]) => ({
    name,
    layers: [conv(2, 1), { type: 'avgPool2d', ...window } as Layer, ...head],
    ...(size && { size }),
  })),
  globalAveragePool: [
    { name: 'plain', layers: [conv(4, 2), { type: 'globalAveragePool' }, linear(3)] },
    { name: 'flattened', layers: [conv(3, 2), { type: 'globalAveragePool' }, flatten] },
    { name: 'first', layers: [{ type: 'globalAveragePool' }, linear(3)], size: [3, 4, 3] },
  ],
  batchNorm2d: [
    { name: 'first', layers: [{ type: 'batchNorm2d' }, ...head], size: [3, 4, 2] },
    {
      name: 'between convs, with its own constants',
      layers: [
        conv(2, 2, { bias: false }),
        { type: 'batchNorm2d', epsilon: 0.1, momentum: 0.5 },
        activation('tanh'),
        conv(2, 2),
        ...head,
      ],
    },
  ],
  dropout: [
    // Its mask is a function of the step's number, the same on both sides of a difference.
    { name: 'of a map', layers: [conv(2, 2), { type: 'dropout', p: 0.4 }, ...head] },
    {
      name: 'of a map behind two convs',
      layers: [conv(2, 2), conv(2, 2), { type: 'dropout', p: 0.4 }, ...head],
    },
    {
      name: 'of features',
      layers: [flatten, linear(12), { type: 'dropout', p: 0.5 }, linear(3)],
      size: [2, 3, 1],
    },
    { name: 'off', layers: [{ type: 'dropout', p: 0 }, ...head], size: [2, 3, 2] },
  ],
  activation: [
    ...activationFunctions.map((name) => ({ name, layers: [steadyConv, activation(name), ...head] })),
    { name: 'leakyRelu, its slope', layers: [activation('leakyRelu', { negativeSlope: 0.4 }), ...head] },
    { name: 'elu, its alpha', layers: [activation('elu', { alpha: 0.5 }), ...head] },
    { name: 'of features', layers: [conv(2, 2), flatten, activation('gelu'), linear(3)] },
  ],
  flatten: [
    { name: 'plain', layers: [conv(2, 2), flatten, linear(3)] },
    { name: 'last', layers: [conv(3, [4, 2], { stride: 3 }), activation('tanh'), flatten], size: [4, 5, 1] },
    { name: 'twice', layers: [flatten, flatten, linear(3)], size: [2, 3, 2] },
  ],
  linear: [
    { name: 'deep', layers: [flatten, linear(4), activation('tanh'), linear(3)], size: [2, 3, 2] },
    { name: 'without bias', layers: [flatten, linear(3, false)], size: [2, 3, 2] },
  ],
  residual: [
    {
      name: 'same shape',
      layers: [
        { type: 'residual', layers: [conv(2, 3, { padding: 1 }), activation('tanh'), conv(2, 1)] },
        ...head,
      ],
      size: [4, 3, 2],
    },
    {
      name: 'shortcut, batch norm, nested',
      layers: [
        {
          type: 'residual',
          layers: [
            conv(3, 3, { padding: 1, stride: 2, bias: false }),
            { type: 'batchNorm2d' },
            { type: 'residual', layers: [activation('silu'), conv(3, 1)] },
          ],
        },
        ...head,
      ],
      size: [5, 4, 2],
    },
    {
      name: 'features of a flattened map',
      layers: [
        conv(2, 2),
        flatten,
        { type: 'residual', layers: [linear(18), activation('tanh')] },
        linear(3),
      ],
      size: [4, 4, 1],
    },
  ],
};

/** Returns a kind's cases; a kind without cases of its own is tested as a new layer of a map of one channel. */
function casesOf(type: LayerType): readonly Case[] {
  const own = cases[type];
  if (own) return own;
  const map: Shape = { kind: 'map', channels: 1, height: 4, width: 4 };
  const layer = newLayer(type, map);
  const rest = layerKind(layer).outputShape(layer, map).kind === 'map' ? head : [linear(3)];
  return [{ name: 'as it is made', layers: [steadyConv, layer, ...rest], size: [4, 4, 1] }];
}

const batch = 4;
/** Of a value. Smaller ones lose the loss's last digits, larger ones see its curve. */
const step = 8e-3;
/** Of a tensor's largest element, and as it is: what float32 and the step leave. */
const tolerance = { relative: 1.5e-3, absolute: 5e-5 };

/** 0.2, 0.2 + d, …, each with either sign, shuffled: apart from each other by more than two steps, and from zero. */
function ladder(count: number): Float32Array {
  const distance = Math.max(0.05, 1.8 / count);
  const order = randperm(new Generator(count), count);
  return Float32Array.from(
    order,
    (place) =>
      (place % 2 === 0 ? 1 : -1) * (0.2 + distance * Math.floor(place / 2)) + (place % 2) * (distance / 2),
  );
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

async function open({ name, layers, size: [height, width, channels] = [5, 5, 1] }: Case, avx512: boolean) {
  const network = parseNetwork({ name, input: { height, width, channels }, layers });
  const settings = trainingSettingsSchema.parse({ seed: 3 });
  const compiled = compile({
    network,
    settings,
    dataset: null,
    shards: [1, batch - 1],
    constants: null,
    inspection: true,
    avx512,
  });
  const session = await Session.load(compiled.graph);
  const shape = [batch, channels, height, width];
  const values = new Map(
    initialParameters(compiled.parameters, new Generator(5)).map(({ name, data }) => [name, data]),
  );
  for (const [name, data] of values) {
    if (layers[0] === steadyConv) data.set(steady[name] ?? data);
    // Something that does something, where the initial value is 0 or 1.
    if (/running_mean|running_var|\bweight$/.test(name) && data.every((value) => value === data[0])) {
      data.forEach((_, i) => (data[i] = name.endsWith('mean') ? 0.1 * i - 0.1 : 0.8 + 0.3 * i));
    }
  }
  const images = ladder(product(shape));
  const each = images.length / batch;

  const write = () => {
    const inputs = compiled.state.map(({ name, shape }) => {
      const known = values.get(name.replace(/^parameter\//, ''));
      return [name, { data: known ?? new Float32Array(product(shape)), shape }] as const;
    });
    session.run('write', Object.fromEntries(inputs));
  };
  write();
  const inputs = (): Inputs => ({
    images: [
      { data: images.slice(0, each), shape: [1, ...shape.slice(1)] },
      { data: images.slice(each), shape: [batch - 1, ...shape.slice(1)] },
    ],
    labels: [{ data: Int32Array.of(1) }, { data: Int32Array.of(0, 2, 1) }],
    scalars: { data: Float32Array.of(1 / batch, 0) },
    ...(compiled.random ? { step: { data: Int32Array.of(7), shape: [] } } : {}),
  });
  const classes = elements(compiled.summary.output);
  const weights = Float32Array.from({ length: batch * classes }, (_, i) => ((i * 7) % 5) - 2);
  return {
    session,
    compiled,
    values,
    images,
    write,
    gradients: () => session.run('gradients', inputs()),
    saliency: () =>
      session.run('saliency', {
        images: { data: images, shape },
        weights: { data: weights, shape: [batch, classes] },
      }),
    /** Of the logits, whose gradient `saliency` gives. */
    weighted: (logits: ArrayLike<number>) =>
      weights.reduce((sum, weight, i) => sum + weight * (logits[i] as number), 0),
  };
}

/** Central differences of `f` by each element of `data`; `changed` makes a change felt. */
function differences(data: Float32Array, changed: () => void, f: () => number): number[] {
  return Array.from(data, (value, i) => {
    const at = (place: number): [number, number] => {
      data[i] = place;
      changed();
      // What float32 has made of it is where the function was looked at.
      return [data[i] as number, f()];
    };
    const [above, high] = at(value + step);
    const [below, low] = at(value - step);
    data[i] = value;
    changed();
    return (high - low) / (above - below);
  });
}

function expectClose(name: string, actual: ArrayLike<number> | undefined, expected: readonly number[]): void {
  expect(actual, name).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const allowed = tolerance.relative * largest + tolerance.absolute;
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - ((actual ?? [])[i] ?? NaN))));
  expect(worst, `${name}: largest error, of gradients up to ${largest}`).toBeLessThan(allowed);
}

describe.each(layerTypes)('%s', (type) => {
  // As for a CPU with AVX-512 and for one without: the graphs differ, and any CPU runs both. What takes more images than
  // these is held against the graph for other CPUs (`avx512Variant.test.ts`).
  const both = casesOf(type).flatMap((given) => [
    { ...given, avx512: true },
    { ...given, avx512: false },
  ]);
  it.each(both)('$name, AVX-512 variant: $avx512', async ({ avx512, ...given }) => {
    const net = await open(given, avx512);
    const { session, compiled, values, images, write } = net;
    try {
      const analytic = net.gradients();
      const loss = () => net.gradients()['loss']?.data[0] as number;
      for (const { name, spec } of compiled.parameters.filter(({ spec }) => spec.trainable)) {
        const data = values.get(name) as Float32Array;
        expect(data, name).toHaveLength(product(spec.shape));
        expectClose(name, analytic[name]?.data, differences(data, write, loss));
      }
      const ofImages = ['images_0', 'images_1'].flatMap((name) => [...(analytic[name]?.data ?? [])]);
      expectClose(
        'images',
        ofImages,
        differences(images, () => undefined, loss),
      );

      const inEvaluation = net.saliency()['gradient']?.data;
      const sum = () => net.weighted(net.saliency()['logits']?.data ?? []);
      expectClose(
        'images, in evaluation',
        inEvaluation,
        differences(images, () => undefined, sum),
      );
    } finally {
      session.close();
    }
  });

  it('has a case, and each case has the layer', () => {
    const has = (layers: readonly Layer[]): boolean =>
      layers.some((layer) => layer.type === type || (layer.type === 'residual' && has(layer.layers)));
    expect(casesOf(type).length).toBeGreaterThan(0);
    for (const { name, layers } of casesOf(type)) expect(has(layers), name).toBe(true);
  });
});
