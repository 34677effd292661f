/** Nets by chance, the same ones every time: all layer kinds and options, always layers that fit each other. */
import { activationFunctions } from '../../src/shared/layers/activation.ts';
import { type Layer, layerKind } from '../../src/shared/layers/index.ts';
import type { PairField, Shape } from '../../src/shared/layers/layer.ts';
import type { Network } from '../../src/shared/network/network.ts';
import { Problem } from '../../src/shared/base/problem.ts';
import { Dice } from './dice.ts';

function maybe<T extends object>(dice: Dice, value: T): T | object {
  return dice.below(2) === 0 ? value : {};
}

function pair(dice: Dice, from: number, to: number): PairField {
  const one = () => from + dice.below(to - from + 1);
  return dice.below(3) === 0 ? [one(), one()] : one();
}

function mapLayer(dice: Dice, deep: boolean): Layer {
  const kinds = ['conv2d', 'maxPool2d', 'avgPool2d', 'batchNorm2d', 'dropout', 'activation'] as const;
  const type = dice.of([...kinds, 'conv2d', ...(deep ? (['residual'] as const) : [])]);
  switch (type) {
    case 'conv2d':
      return {
        type,
        filters: 1 + dice.below(6),
        kernelSize: pair(dice, 1, 4),
        ...maybe(dice, { stride: pair(dice, 1, 2) }),
        ...maybe(dice, { padding: pair(dice, 0, 3) }),
        ...maybe(dice, { dilation: pair(dice, 1, 2) }),
        ...maybe(dice, { bias: dice.of([true, false]) }),
      };
    case 'maxPool2d':
    case 'avgPool2d':
      return {
        type,
        kernelSize: pair(dice, 1, 3),
        ...maybe(dice, { stride: pair(dice, 1, 3) }),
        ...maybe(dice, { padding: pair(dice, 0, 1) }),
      };
    case 'batchNorm2d':
      return { type, ...maybe(dice, { epsilon: dice.of([1e-5, 1e-3]) }), ...maybe(dice, { momentum: 0.25 }) };
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
  if (dice.below(3) === 0) return { type: 'dropout', ...maybe(dice, { p: dice.of([0, 0.2, 0.5]) }) };
  return {
    type: 'activation',
    function: dice.of(activationFunctions),
    ...maybe(dice, { negativeSlope: dice.of([0.01, 0.2, 0]) }),
    ...maybe(dice, { alpha: dice.of([1, 0.5]) }),
    ...maybe(dice, { disabled: dice.below(3) === 0 }),
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
        () => ({
          type: 'linear',
          units: 2 + dice.below(9),
          ...maybe(dice, { bias: dice.of([true, false]) }),
        }),
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
