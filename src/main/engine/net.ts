/**
 * A net within a graph: its parameters as variables, and as many passes over them, forward and back, as the graph's
 * signatures need. `compile.ts` and `inspectionGraph.ts` say what those signatures are.
 */
import type { Network } from '../../shared/network.ts';
import { type LayerSummary, type NetworkSummary, inputShape, summarize } from '../../shared/shapes.ts';
import { hasAvx512 } from './cpu.ts';
import { type Graph, type Tensor, unknown } from './graph/graph.ts';
import { addN, integer, pack, placeholder, readVariable, transpose, variable } from './graph/operations.ts';
import { toChannelsFirst, toChannelsLast } from './ops/flatten.ts';
import { operationFor } from './ops/index.ts';
import { isPoolBeforeRelu, rectified, rectifiedPool } from './ops/rectifiedPool.ts';
import {
  type Context,
  type Gradient,
  type Layout,
  type ParameterAccess,
  type Pass,
  type Values,
  gradientsOf,
} from './ops/op.ts';
import { type Parameter, type Stored, parameterKey, parametersOf, shapeInGraph } from './parameters.ts';

/** Reads, gradients and updates that a pass has gathered, by parameter name. */
export interface Gathered {
  readonly reads: Map<string, Tensor>;
  readonly gradients: Map<string, Tensor>;
  readonly updates: Map<string, Tensor>;
}

export interface Forward {
  /** One a layer, disabled layers left out. */
  readonly passes: readonly Pass[];
  /** A tensor a shard, features in PyTorch's order. */
  readonly logits: readonly Tensor[];
  readonly gathered: Gathered;
}

export interface NetOptions {
  readonly seed?: number;
  readonly shardSize?: number;
  readonly wideVectors?: boolean;
}

export class Net {
  readonly g: Graph;
  readonly summary: NetworkSummary;
  readonly parameters: readonly Parameter[];
  private readonly network: Network;
  private readonly seed: number;
  private readonly wideVectors: boolean;
  private readonly shardSize: number;
  private readonly variables = new Map<string, Stored>();
  private step: Tensor | undefined;

  /**
   * `seed` is for what a training pass draws, `shardSize` the images in a shard of a whole batch. Throws a `Problem` where
   * the layers do not fit each other.
   */
  constructor(
    g: Graph,
    network: Network,
    { seed = 0, shardSize = 1, wideVectors = hasAvx512() }: NetOptions = {},
  ) {
    this.g = g;
    this.network = network;
    this.seed = seed;
    this.shardSize = shardSize;
    this.wideVectors = wideVectors;
    this.summary = summarize(network);
    this.parameters = parametersOf(this.summary);
  }

  /** The parameters that passes have read so far. */
  get stored(): readonly Stored[] {
    return [...this.variables.values()];
  }

  /** The step's number, int32, where something is drawn by it. */
  get stepNumber(): Tensor | undefined {
    return this.step;
  }

  /** A parameter that a pass has read. */
  variableOf(name: string): Stored {
    const stored = this.variables.get(name);
    if (!stored) throw new Error(`no pass has read ${name}`);
    return stored;
  }

  /** Images from outside, batch × channels × height × width: the placeholder, and what a pass takes. */
  images(): { images: Tensor; values: Values } {
    const { height, width, channels } = this.network.input;
    const images = placeholder(this.g, 'images', 'float32', [unknown, channels, height, width]);
    return { images, values: { shards: [transpose(this.g, images, [0, 2, 3, 1])] } };
  }

  forward(input: Values, training: boolean): Forward {
    const { g } = this;
    const gathered: Gathered = { reads: new Map(), gradients: new Map(), updates: new Map() };
    const passes: Pass[] = [];
    let values = input;
    let shape = inputShape(this.network);
    const { layers } = this.summary;
    for (const { layer, index, output } of layers) {
      const context = this.context(`${index}`, training, gathered);
      const before = layers[index - 1]?.layer;
      const pass = g.scope(`${index}_${layer.type}`, () => {
        if (training && isPoolBeforeRelu(layer, layers[index + 1]?.layer)) {
          return rectifiedPool(context, layer, values, shape);
        }
        if (training && before && isPoolBeforeRelu(before, layer)) return rectified(context, values);
        return operationFor(layer)(context, layer, values, shape);
      });
      passes.push(pass);
      values = pass.output;
      shape = output;
    }
    const logits = values.shards.map((x) => inPyTorchOrder(g, values, x));
    return { passes, logits, gathered };
  }

  /**
   * From the logits' gradient down to the first layer that has parameters; with `toInput` to the images, whose
   * gradient is given then, NHWC, a tensor a shard.
   */
  backward(
    { passes }: Forward,
    logitGradients: readonly Tensor[],
    toInput = false,
  ): readonly Tensor[] | undefined {
    const { g } = this;
    const lowest = toInput ? 0 : this.summary.layers.findIndex((layer) => layer.parameterCount > 0);
    const from = passes.at(-1)?.output.flattenedFrom;
    let gradients = gradientsOf(
      g,
      from ? logitGradients.map((dy) => toChannelsLast(g, dy, from)) : logitGradients,
    );
    for (let index = passes.length - 1; index >= lowest && index >= 0; index -= 1) {
      const { layer } = this.summary.layers[index] as LayerSummary;
      const below = g.scope(`${index}_${layer.type}/backward`, () =>
        (passes[index] as Pass).backward(gradients, toInput || index > lowest),
      );
      if (!below) return undefined;
      gradients = below;
    }
    return toInput ? gradients.shards.map(({ tensor }: Gradient) => tensor) : undefined;
  }

  /** Every layer's output of a pass on one shard, in PyTorch's layouts: `layer_0`, … */
  activations({ passes }: Forward): Record<string, Tensor> {
    const { g } = this;
    return Object.fromEntries(
      passes.map(({ output }, index) => {
        const [x] = output.shards as [Tensor];
        const map = this.summary.layers[index]?.output.kind === 'map';
        return [`layer_${index}`, map ? transpose(g, x, [0, 3, 1, 2]) : inPyTorchOrder(g, output, x)];
      }),
    );
  }

  /** [a number for seed and place, the step]: no two draws of a run share both. */
  randomSeed(place: string): Tensor {
    const { g } = this;
    this.step ??= placeholder(g, 'step', 'int32', []);
    return pack(g, [integer(g, hash(`${this.seed >>> 0}/${place}`)), this.step]);
  }

  private context(prefix: string, training: boolean, gathered: Gathered): Context {
    return {
      g: this.g,
      training,
      wideVectors: this.wideVectors,
      shardSize: this.shardSize,
      parameters: this.access(prefix, gathered),
      within: (inner) => this.context(`${prefix}.${inner}`, training, gathered),
      randomSeed: (shard) => this.randomSeed(`${prefix}/${shard}`),
    };
  }

  private access(prefix: string, gathered: Gathered): ParameterAccess {
    const { g } = this;
    return {
      read: (name, layout) => {
        const full = `${prefix}.${name}`;
        const known = gathered.reads.get(full);
        if (known) return known;
        const value = readVariable(g, this.store(full, layout).variable);
        gathered.reads.set(full, value);
        return value;
      },
      gradient: (name, shards) =>
        gathered.gradients.set(`${prefix}.${name}`, addN(g, shards, `gradient_${name}`)),
      update: (name, value) => gathered.updates.set(`${prefix}.${name}`, value),
    };
  }

  private store(name: string, layout: Layout): Stored {
    const known = this.variables.get(name);
    if (known) return known;
    const parameter = this.parameters.find((each) => each.name === name);
    if (!parameter) throw new Error(`the operations read a parameter ${name} that no layer has`);
    const { shape } = parameter.spec;
    const key = parameterKey(name);
    const stored = {
      key,
      variable: variable(this.g, key, 'float32', shapeInGraph(shape, layout)),
      shape,
      layout,
    };
    this.variables.set(name, stored);
    return stored;
  }
}

/** FNV-1a, 32 bits, signed as TensorFlow's int32 wants it. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return value | 0;
}

function inPyTorchOrder(g: Graph, { flattenedFrom }: Values, x: Tensor): Tensor {
  return flattenedFrom ? toChannelsFirst(g, x, flattenedFrom) : x;
}
