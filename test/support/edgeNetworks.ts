/** Nets and settings at the edges of their ranges, the same ones every time: most of them barely fit, or just do not. */
import { activationFunctions } from '../../src/shared/layers/activation.ts';
import { type Layer, layerKind } from '../../src/shared/layers/index.ts';
import type { Shape } from '../../src/shared/layers/layer.ts';
import { type Network, parseNetwork } from '../../src/shared/network/network.ts';
import { Problem } from '../../src/shared/base/problem.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../../src/shared/training/training.ts';
import { Dice } from './dice.ts';

export interface Trial {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly shards: number;
}

/** Mostly returns an end of the range, sometimes anything in it, by its order of magnitude. */
function edge(dice: Dice, low: number, high: number): number {
  const among = Math.round(low * (high / Math.max(low, 1)) ** dice.unit());
  return dice.of(
    [low, high, low + 1, among, among, among].map((each) => Math.min(high, Math.max(low, each))),
  );
}

function pair(dice: Dice, low: number, high: number): [number, number] {
  return [edge(dice, low, high), edge(dice, low, high)];
}

/** A layer's options are drawn again until it fits; null where none does. */
function fitting(input: Shape, draw: () => Layer): Layer | null {
  for (let tries = 0; tries < 40; tries += 1) {
    const layer = draw();
    try {
      layerKind(layer).outputShape(layer, input);
      return layer;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  return null;
}

function mapLayer(dice: Dice, deep: boolean): Layer {
  const type = dice.of([
    'conv2d',
    'conv2d',
    'conv2d',
    'maxPool2d',
    'avgPool2d',
    'batchNorm2d',
    'other',
  ] as const);
  switch (type) {
    case 'conv2d':
      return {
        type,
        filters: edge(dice, 1, 4096),
        kernelSize: pair(dice, 1, 64),
        stride: dice.of([[1, 1], pair(dice, 1, 64)] as [number, number][]),
        padding: pair(dice, 0, 64),
        dilation: dice.of([[1, 1], pair(dice, 1, 64)] as [number, number][]),
        bias: dice.below(2) === 0,
      };
    case 'maxPool2d':
    case 'avgPool2d':
      return { type, kernelSize: pair(dice, 1, 64), stride: pair(dice, 1, 64), padding: pair(dice, 0, 32) };
    case 'batchNorm2d':
      return { type };
    case 'other':
      return dice.of<() => Layer>([
        () => ({ type: 'activation', function: dice.of(activationFunctions) }),
        () => ({ type: 'dropout', p: 0.5 }),
        ...(deep ? [() => ({ type: 'residual', layers: [mapLayer(dice, false)] }) as Layer] : []),
      ])();
  }
}

export function edgeTrial(seed: number, index: number): Trial {
  const dice = new Dice(seed * 1_000_003 + index);
  const layers: Layer[] = [];
  let shape: Shape = { kind: 'map', channels: 1, height: 28, width: 28 };
  const add = (layer: Layer) => {
    layers.push(layer);
    shape = layerKind(layer).outputShape(layer, shape);
  };
  for (let i = dice.below(4) + 1; i > 0; i -= 1) {
    const layer = fitting(shape, () => mapLayer(dice, true));
    if (layer) add(layer);
  }
  add(dice.below(2) === 0 ? { type: 'flatten' } : { type: 'globalAveragePool' });
  if (dice.below(3) === 0) add({ type: 'linear', units: edge(dice, 1, 65_536) });
  add({ type: 'linear', units: 10 });
  const settings = trainingSettingsSchema.parse({
    epochs: 1,
    batchSize: edge(dice, 1, 8192),
    optimizer: { type: dice.of(['sgd', 'adam', 'adamW', 'rmsProp', 'adagrad'] as const) },
    clipping: dice.of([null, { type: 'norm', maximum: 1 }] as const),
    labelSmoothing: dice.of([0, 0.1]),
    augmentation: dice.of([null, null, { shift: 64, rotation: 180, noise: 1, horizontalFlip: true }]),
  });
  return {
    network: parseNetwork({
      name: `edge ${seed}/${index}`,
      input: { height: 28, width: 28, channels: 1 },
      layers,
    }),
    settings,
    shards: dice.of([1, 2]),
  };
}
