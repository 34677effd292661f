/** Nets by chance, the same ones every time: all layer kinds and options, always layers that fit each other. */
import { randomUnit } from '../../src/shared/base/counterRandom.ts';
import { activationFunctions } from '../../src/shared/layers/activation.ts';
import { type Layer, layerKind } from '../../src/shared/layers/index.ts';
import type { PairField, Shape } from '../../src/shared/layers/layer.ts';
import type { Network } from '../../src/shared/network/network.ts';
import { Problem } from '../../src/shared/base/problem.ts';

class Dice {
  #drawn = 0;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  below(limit: number): number {
    return Math.floor(randomUnit(this.#seed, (this.#drawn += 1)) * limit);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  maybe<T extends object>(value: T): T | object {
    return this.below(2) === 0 ? value : {};
  }

  pair(from: number, to: number): PairField {
    const one = () => from + this.below(to - from + 1);
    return this.below(3) === 0 ? [one(), one()] : one();
  }
}

function mapLayer(dice: Dice, deep: boolean): Layer {
  const kinds = ['conv2d', 'maxPool2d', 'avgPool2d', 'batchNorm2d', 'dropout', 'activation'] as const;
  const type = dice.of([...kinds, 'conv2d', ...(deep ? (['residual'] as const) : [])]);
  switch (type) {
    case 'conv2d':
      return {
        type,
        filters: 1 + dice.below(6),
        kernelSize: dice.pair(1, 4),
        ...dice.maybe({ stride: dice.pair(1, 2) }),
        ...dice.maybe({ padding: dice.pair(0, 3) }),
        ...dice.maybe({ dilation: dice.pair(1, 2) }),
        ...dice.maybe({ bias: dice.of([true, false]) }),
      };
    case 'maxPool2d':
    case 'avgPool2d':
      return {
        type,
        kernelSize: dice.pair(1, 3),
        ...dice.maybe({ stride: dice.pair(1, 3) }),
        ...dice.maybe({ padding: dice.pair(0, 1) }),
      };
    case 'batchNorm2d':
      return { type, ...dice.maybe({ epsilon: dice.of([1e-5, 1e-3]) }), ...dice.maybe({ momentum: 0.25 }) };
    case 'residual':
      return dice.of<() => Layer>([
        () => ({ type, layers: [{ type: 'conv2d', filters: 1 + dice.below(4), kernelSize: 3, padding: 1 }] }),
        () => ({ type, layers: [mapLayer(dice, false), mapLayer(dice, false)] }),
        () => ({ type, layers: [{ type: 'activation', function: 'relu' }, mapLayer(dice, false)] }),
      ])();
    default:
      return anyLayer(dice);
  }
}

function anyLayer(dice: Dice): Layer {
  if (dice.below(3) === 0) return { type: 'dropout', ...dice.maybe({ p: dice.of([0, 0.2, 0.5]) }) };
  return {
    type: 'activation',
    function: dice.of(activationFunctions),
    ...dice.maybe({ negativeSlope: dice.of([0.01, 0.2, 0]) }),
    ...dice.maybe({ alpha: dice.of([1, 0.5]) }),
    ...dice.maybe({ disabled: dice.below(3) === 0 }),
  };
}

/** Undefined where the layer does not fit. */
function shapeAfter(layer: Layer, input: Shape): Shape | undefined {
  if (layer.disabled) return input;
  try {
    return layerKind(layer).outputShape(layer, input);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function randomNetwork(seed: number): Network {
  const dice = new Dice(seed);
  const input = { height: 7 + dice.below(8), width: 7 + dice.below(8), channels: 1 + dice.below(3) };
  const layers: Layer[] = [];
  let shape: Shape = { kind: 'map', ...input };
  const add = (layer: Layer) => {
    const next = shapeAfter(layer, shape);
    if (!next) return;
    layers.push(layer);
    shape = next;
  };
  for (let i = 2 + dice.below(7); i > 0; i -= 1) add(mapLayer(dice, true));
  add(dice.of<Layer>([{ type: 'flatten' }, { type: 'flatten' }, { type: 'globalAveragePool' }]));
  for (let i = dice.below(4); i > 0; i -= 1) {
    add(
      dice.of<() => Layer>([
        () => ({ type: 'linear', units: 2 + dice.below(9), ...dice.maybe({ bias: dice.of([true, false]) }) }),
        () => anyLayer(dice),
        () => ({ type: 'residual', layers: [{ type: 'activation', function: 'tanh' }, anyLayer(dice)] }),
        () => ({ type: 'flatten' }),
      ])(),
    );
  }
  add({ type: 'linear', units: 10 });
  return { name: `random-${seed}`, input, layers };
}

export function randomNetworks(count: number): Network[] {
  return Array.from({ length: count }, (_, i) => randomNetwork(i + 1));
}
