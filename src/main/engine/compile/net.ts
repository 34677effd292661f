/**
 * A net within a graph: its parameters as variables, and as many passes over them, forward and back, as the graph's
 * signatures need. `compile.ts` and `inspectionGraph.ts` say what those signatures are.
 */
import type { Network } from '../../../shared/network/network.ts';
import {
  type LayerSummary,
  type NetworkSummary,
  inputShape,
  summarize,
} from '../../../shared/network/shapes.ts';
import type { ParameterSpec } from '../../../shared/layers/layer.ts';
import { parameterKey } from '../../../shared/runs/checkpoint.ts';
import type { KernelSource } from '../../../shared/training/kernels.ts';
import { hasAvx512 } from '../native/cpu.ts';
import { kernelSource } from '../native/kernels.ts';
import { type ByShard, type Graph, type Tensor, unknown } from '../graph/graph.ts';
import type { WeightProduct } from '../graph/linearOperations.ts';
import {
  type Variable,
  addN,
  integer,
  pack,
  placeholder,
  readVariable,
  reshape,
  transpose,
  variable,
} from '../graph/operations.ts';
import { hash } from '../random/hash.ts';
import { toChannelsLast } from '../ops/flatten.ts';
import { operationFor } from '../ops/index.ts';
import { trainingPass } from '../ops/trainingPass.ts';
import {
  type Context,
  type Gradient,
  type Gradients,
  type Layout,
  type ParameterAccess,
  type Pass,
  type Values,
  flattenedFromOf,
  gradientsOf,
} from '../ops/op.ts';
import {
  type Packed,
  type Parameter,
  type Stored,
  packed,
  packing,
  parametersOf,
  partsOf,
  shapeInGraph,
  sizesOf,
} from './parameters.ts';
import { inPyTorchLayout, inPyTorchOrder, withInner } from './pytorchLayout.ts';

/** Returns the name of a layer's output among a pass's activations. */
export const activationKey = (layer: number | string) => `layer_${layer}`;

/** Parameters that share one variable. */
export interface Group {
  readonly variable: Variable;
  readonly parameters: readonly Parameter[];
}

/** Values and gradients collected by a pass, by parameter name or by group. */
export interface Gathered {
  readonly values: Map<Group, Tensor>;
  readonly parts: Map<string, Tensor>;
  /** Gradients by parameter name, one tensor per shard. */
  readonly gradients: Map<string, readonly Tensor[]>;
  /** What the gradients of parameters are the products of, where an optimizer may take the step with them. */
  readonly products: Map<Group, WeightProduct>;
  readonly updates: Map<string, Tensor>;
}

export interface Forward {
  /** One pass per enabled layer. */
  readonly passes: readonly Pass[];
  /** Logits, whose classes are in PyTorch's order. */
  readonly logits: ByShard;
  readonly gathered: Gathered;
}

export interface PassOptions {
  readonly training?: boolean;
  readonly shardSizes?: readonly number[];
}

export interface NetOptions {
  readonly seed?: number;
  readonly avx512?: boolean;
  readonly kernels?: KernelSource;
  /** Whether the optimizer takes the steps of weights whose gradients are products. */
  readonly takesProducts?: boolean;
}

export class Net {
  readonly g: Graph;
  readonly summary: NetworkSummary;
  readonly parameters: readonly Parameter[];
  readonly #network: Network;
  readonly #seed: number;
  readonly #avx512: boolean;
  readonly kernels: KernelSource;
  readonly #groups: readonly Group[];
  readonly #layouts = new Map<string, Layout>();
  #step: Tensor | undefined;

  /**
   * Throws a `Problem` if the layers do not fit each other. `seed` is for the random numbers of a training
   * pass.
   */
  constructor(
    g: Graph,
    network: Network,
    { seed = 0, avx512 = hasAvx512(), kernels = kernelSource(), takesProducts = false }: NetOptions = {},
  ) {
    this.g = g;
    this.#network = network;
    this.#seed = seed;
    this.#avx512 = avx512;
    this.kernels = kernels;
    this.summary = summarize(network);
    this.parameters = parametersOf(this.summary);
    const isProduct = (spec: ParameterSpec) =>
      takesProducts && kernels === 'stride' && spec.role === 'matrix' && spec.shape.length === 2;
    this.#groups = packing(this.parameters, isProduct).map((parameters) => {
      const [{ name }] = parameters as [Parameter];
      const size = sizesOf(parameters).reduce((a, b) => a + b, 0);
      const key = parameters.length === 1 ? parameterKey(name) : 'parameters';
      return { parameters, variable: variable(g, key, 'float32', [size]) };
    });
  }

  /** Returns the variables that hold the parameters. A pass must have read them before. */
  get packed(): readonly Packed[] {
    return this.#groups.map((group) => ({
      variable: group.variable,
      members: this.storedAs(group, parameterKey),
    }));
  }

  /**
   * Returns descriptions of a group's tensors, or of the slots kept for each of them, with `key` mapping the
   * names.
   */
  storedAs({ parameters }: Group, key: (name: string) => string): Stored[] {
    return parameters.map(({ name, spec: { shape } }) => ({
      key: key(name),
      shape,
      layout: this.#layoutOf(name),
    }));
  }

  /** Returns the step's number (int32) if a layer draws random numbers with it. */
  get stepNumber(): Tensor | undefined {
    return this.#step;
  }

  /** Returns the group that a parameter belongs to. */
  groupOf(name: string): Group {
    const group = this.#groups.find(({ parameters }) =>
      parameters.some((parameter) => parameter.name === name),
    );
    if (!group) throw new Error(`the operations use a parameter ${name} that no layer has`);
    return group;
  }

  #layoutOf(name: string): Layout {
    const layout = this.#layouts.get(name);
    if (!layout) throw new Error(`no pass has read ${name}`);
    return layout;
  }

  /** Returns the batch's gradient of each trainable group, flat. */
  gradients({ gradients }: Gathered): ReadonlyMap<Group, Tensor> {
    const { g } = this;
    const trained = this.#groups.filter(({ parameters }) => parameters.some(({ spec }) => spec.trainable));
    return new Map(
      trained.map((group) => {
        const members = group.parameters.map(({ name }) => {
          const shards = gradients.get(name);
          if (!shards) throw new Error(`no pass has given the gradient of ${name}`);
          return shards;
        });
        const shards = (members[0] ?? []).map((_, shard) =>
          packed(
            g,
            members.map((each) => each[shard] as Tensor),
          ),
        );
        return [group, addN(g, shards, 'gradient')];
      }),
    );
  }

  /**
   * Adds a placeholder for images (batch × channels × height × width) and their NHWC transpose, which a pass
   * takes.
   */
  images(): { images: Tensor; channelsLast: ByShard } {
    const { height, width, channels } = this.#network.input;
    const images = placeholder(this.g, 'images', 'float32', [unknown, channels, height, width]);
    return { images, channelsLast: [transpose(this.g, images, [0, 2, 3, 1])] };
  }

  /** Adds a forward pass over NHWC images. In training, the number of images in each shard must be known. */
  forward(images: ByShard, { training = false, shardSizes = [] }: PassOptions = {}): Forward {
    const { g } = this;
    const gathered: Gathered = {
      values: new Map(),
      parts: new Map(),
      gradients: new Map(),
      products: new Map(),
      updates: new Map(),
    };
    const passes: Pass[] = [];
    let values: Values = { shards: images, layout: { kind: 'nhwc' } };
    let shape = inputShape(this.#network);
    const { layers } = this.summary;
    const sequence = layers.map(({ layer }) => layer);
    for (const { layer, index, output } of layers) {
      const context = this.#context(`${index}`, { training, shardSizes }, gathered);
      const pass = g.scope(`${index}_${layer.type}`, () =>
        training
          ? trainingPass(context, sequence, index, values, shape)
          : operationFor(layer)(context, layer, values, shape),
      );
      passes.push(pass);
      values = pass.output;
      shape = output;
    }
    const logits = values.shards.map((x) => inPyTorchOrder(g, values, x));
    return { passes, logits, gathered };
  }

  /**
   * Adds the backward pass from the logits' gradient down to the first layer with parameters. With `toInput`
   * it goes down to the images and returns their gradient (NHWC, one tensor per shard). `look` receives the
   * gradient at each layer's output, in the output's layout.
   */
  backward(
    { passes }: Forward,
    logitGradients: readonly Tensor[],
    toInput = false,
    look: (layer: number, gradients: Gradients) => void = () => undefined,
  ): readonly Tensor[] | undefined {
    const { g } = this;
    const lowest = toInput ? 0 : this.summary.layers.findIndex((layer) => layer.parameterCount > 0);
    const last = passes.at(-1)?.output;
    const from = last && flattenedFromOf(last);
    let gradients = gradientsOf(
      g,
      from ? logitGradients.map((dy) => toChannelsLast(g, dy, from)) : logitGradients,
    );
    for (let index = passes.length - 1; index >= lowest && index >= 0; index -= 1) {
      const { layer } = this.summary.layers[index] as LayerSummary;
      look(index, gradients);
      const below = g.scope(`${index}_${layer.type}/backward`, () =>
        (passes[index] as Pass).backward(gradients, toInput || index > lowest),
      );
      if (!below) return undefined;
      gradients = below;
    }
    return toInput ? gradients.shards.map(({ tensor }: Gradient) => tensor) : undefined;
  }

  /** Returns every layer's output of a pass on one shard, in PyTorch's layouts, by `activationKey`. */
  activations({ passes }: Forward): Record<string, Tensor> {
    return Object.fromEntries(
      passes.map((pass, index) => {
        const { output } = this.summary.layers[index] as LayerSummary;
        return [activationKey(index), inPyTorchLayout(this.g, pass, output)];
      }),
    );
  }

  /**
   * Returns the outputs of every layer of a pass on one shard, including layers within residual blocks, in
   * PyTorch's layouts. Keys are the layers' places: `activationKey('3')`, `activationKey('3.layers.0')`.
   */
  allActivations({ passes }: Forward): Record<string, Tensor> {
    const tops = passes.map((pass, index) => ({
      place: String(index),
      pass,
      shape: (this.summary.layers[index] as LayerSummary).output,
    }));
    return Object.fromEntries(
      tops
        .flatMap(withInner)
        .map(({ place, pass, shape }) => [activationKey(place), inPyTorchLayout(this.g, pass, shape)]),
    );
  }

  /** Returns the gradient at a layer's output on one shard, in PyTorch's layout. */
  gradientOfOutput({ passes }: Forward, layer: number, { shards }: Gradients): Tensor {
    const pass = passes[layer] as Pass;
    const output = { ...pass.output, shards: shards.map(({ tensor }) => tensor) };
    return inPyTorchLayout(this.g, { ...pass, output }, (this.summary.layers[layer] as LayerSummary).output);
  }

  /** Returns two int32: a hash of seed and place, and the step. No two draws of a run share both. */
  randomSeed(place: string): Tensor {
    const { g } = this;
    this.#step ??= placeholder(g, 'step', 'int32', []);
    return pack(g, [integer(g, hash(`${this.#seed >>> 0}/${place}`)), this.#step]);
  }

  #context(prefix: string, options: Required<PassOptions>, gathered: Gathered): Context {
    return {
      g: this.g,
      ...options,
      avx512: this.#avx512,
      kernels: this.kernels,
      parameters: this.#access(prefix, gathered),
      within: (inner) => this.#context(`${prefix}.${inner}`, options, gathered),
      randomSeed: (shard) => this.randomSeed(`${prefix}/${shard}`),
    };
  }

  #access(prefix: string, gathered: Gathered): ParameterAccess {
    return {
      read: (name, layout) => this.#read(`${prefix}.${name}`, layout, gathered),
      gradient: (name, shards, product) => {
        gathered.gradients.set(`${prefix}.${name}`, shards);
        const group = this.groupOf(`${prefix}.${name}`);
        if (product && group.parameters.length === 1) gathered.products.set(group, product);
      },
      update: (name, value) => gathered.updates.set(`${prefix}.${name}`, value),
    };
  }

  #read(name: string, layout: Layout, { values, parts }: Gathered): Tensor {
    const { g } = this;
    const group = this.groupOf(name);
    if (!values.has(group)) {
      const value = readVariable(g, group.variable);
      values.set(group, value);
      const members = partsOf(g, value, sizesOf(group.parameters));
      group.parameters.forEach((member, index) => parts.set(member.name, members[index] as Tensor));
    }
    const { spec } = group.parameters.find((member) => member.name === name) as Parameter;
    this.#layouts.set(name, layout);
    const part = parts.get(name) as Tensor;
    return spec.shape.length === 1 ? part : reshape(g, part, shapeInGraph(spec.shape, layout));
  }
}
