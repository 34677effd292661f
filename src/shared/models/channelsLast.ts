/**
 * Converts a trained net to steps with channels last, for TensorFlow, Keras and similar: `shared/code/channelsLast.ts`
 * decides which steps a layer becomes, and here they get their weights. A convolution's kernel is height × width × in ×
 * out, a dense layer's in × out. If a flattened map goes straight into a dense layer, the rows of its kernel are
 * permuted into the order of the flattened map; everywhere else the map is converted to PyTorch's order first.
 */
import { type SingleStep, channelsLast } from '../code/channelsLast.ts';
import { type Computation, isElementwise, stepsThrough } from '../layers/computation.ts';
import { computationsOf } from '../layers/index.ts';
import type { MapShape, Shape } from '../layers/layer.ts';
import { inputShape } from '../network/shapes.ts';
import type { ExportOptions } from '../export/formats.ts';
import type { TrainedLayer, TrainedModel, Weights } from './trainedModel.ts';

export type ModelStep =
  | SingleStep
  /** Transposes height × width × channels to channels × height × width. */
  | { readonly kind: 'channelsFirst' }
  /** Computes (x − mean) / deviation with one number per channel. */
  | { readonly kind: 'normalise'; readonly mean: readonly number[]; readonly deviation: readonly number[] }
  | { readonly kind: 'softmax' };

export interface WeightedStep {
  /** Unique name in the model; letters, digits and underscores. */
  readonly name: string;
  readonly step: ModelStep;
  /** Input shape of the step's layer. */
  readonly input: Shape;
  /** Keras' names: `kernel`, `bias`, `gamma`, `beta`, `moving_mean`, `moving_variance`. */
  readonly weights: Readonly<Record<string, Weights>>;
}

export interface WeightedBlock {
  readonly name: string;
  readonly main: readonly LastStep[];
  readonly side: readonly LastStep[];
}

export type LastStep = WeightedStep | WeightedBlock;

/** Returns a name of lower-case letters, digits and underscores. */
export const identifier = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '_');

export function channelsLastModel(model: TrainedModel, options: ExportOptions): LastStep[] {
  const { normalisation } = model;
  const input = inputShape(model.network);
  const output = model.layers.at(-1)?.output ?? input;
  const inside = options.normalisation === 'inside' && normalisation;
  return [
    ...(inside ? [plain('normalisation', { kind: 'normalise', ...normalisation }, input)] : []),
    ...listOf(model.layers, input),
    ...(options.output === 'probabilities' ? [plain('probabilities', { kind: 'softmax' }, output)] : []),
  ];
}

const plain = (name: string, step: ModelStep, input: Shape): WeightedStep => ({
  name,
  step,
  input,
  weights: {},
});

function listOf(layers: readonly TrainedLayer[], input: Shape): LastStep[] {
  const result: LastStep[] = [];
  let flattened: MapShape | null = null;
  let shape = input;
  for (const [position, trained] of layers.entries()) {
    const before = shape;
    shape = trained.output;
    const name = identifier(trained.name);
    const { layer } = trained;
    if (layer.type === 'residual') {
      const { layers: main, shortcut } = layer;
      const side = shortcut ? listOf([shortcut], before) : [];
      result.push({ name, main: listOf(main, before), side });
      continue;
    }
    const steps: Omit<WeightedStep, 'name'>[] = [];
    const computed = stepsThrough(computationsOf(layer, before), before);
    for (const [i, { computation, input: given }] of computed.entries()) {
      if (computation.kind === 'flatten' && given.kind === 'map' && !isOnePixel(given)) {
        const after = [
          ...computed.slice(i + 1).map((each) => each.computation),
          ...layers.slice(position + 1).flatMap(computationsIn),
        ];
        if (goesIntoLinear(after)) flattened = given;
        else result.push(plain(`${name}_order`, { kind: 'channelsFirst' }, given));
      }
      for (const step of channelsLast(computation, given)) {
        const weights = carriesWeights(step) ? weightsOf(step, trained.weights, flattened) : {};
        steps.push({ step, input: given, weights });
      }
      if (computation.kind === 'linear') flattened = null;
    }
    for (const each of steps) {
      const suffix = carriesWeights(each.step) || steps.length === 1 ? '' : `_${identifier(each.step.kind)}`;
      result.push({ name: `${name}${suffix}`, ...each });
    }
  }
  return result;
}

const isOnePixel = ({ height, width }: MapShape) => height * width === 1;

type WithWeights = Extract<SingleStep, { kind: 'conv' | 'dense' | 'batchNorm' }>;
const carriesWeights = (step: ModelStep): step is WithWeights =>
  step.kind === 'conv' || step.kind === 'dense' || step.kind === 'batchNorm';

/** Returns a layer's computations; a block's are one that is not element-wise. */
function computationsIn({ layer, input }: TrainedLayer): readonly (Computation | 'block')[] {
  return layer.type === 'residual' ? ['block'] : computationsOf(layer, input);
}

/** Returns whether the next computation that is not element-wise is linear. */
function goesIntoLinear(after: readonly (Computation | 'block')[]): boolean {
  const next = after.find((each) => each === 'block' || !(isElementwise(each) || each.kind === 'flatten'));
  return next !== undefined && next !== 'block' && next.kind === 'linear';
}

const kerasNames = { running_mean: 'moving_mean', running_var: 'moving_variance' } as const;

function weightsOf(
  step: WithWeights,
  { weight, ...others }: TrainedLayer['weights'],
  flattened: MapShape | null,
): Record<string, Weights> {
  const rest = Object.fromEntries(
    Object.entries(others).map(([name, each]) => {
      const batchNorm = step.kind === 'batchNorm' && name === 'bias' ? 'beta' : name;
      return [kerasNames[name as keyof typeof kerasNames] ?? batchNorm, each];
    }),
  );
  if (!weight) return rest;
  if (step.kind === 'conv') return { kernel: transposed(weight, [2, 3, 1, 0]), ...rest };
  if (step.kind === 'batchNorm') return { gamma: weight, ...rest };
  if (!flattened) return { kernel: transposed(weight, [1, 0]), ...rest };
  const [out = 1, inputs = 1] = weight.shape;
  const { channels, height, width } = flattened;
  const spread = { shape: [out, channels, height, width], data: weight.data };
  const { data } = transposed(spread, [2, 3, 1, 0]);
  return { kernel: { shape: [inputs, out], data }, ...rest };
}

/** Returns the array with its axes in another order: axis i of the result is axis `order[i]` of the given one. */
export function transposed({ shape, data }: Weights, order: readonly number[]): Weights {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const to = order.map((axis) => shape[axis] as number);
  const steps = order.map((axis) => strides[axis] as number);
  const result = new Float32Array(data.length);
  const index = to.map(() => 0);
  let from = 0;
  for (let i = 0; i < result.length; i += 1) {
    result[i] = data[from] as number;
    for (let axis = to.length - 1; axis >= 0; axis -= 1) {
      index[axis] = (index[axis] as number) + 1;
      from += steps[axis] as number;
      if ((index[axis] as number) < (to[axis] as number)) break;
      from -= (to[axis] as number) * (steps[axis] as number);
      index[axis] = 0;
    }
  }
  return { shape: to, data: result };
}
