/**
 * A net and its training settings become one TensorFlow graph with a signature for each thing that the engine does:
 *
 * - `load`: reads the data set's files into the graph's variables
 * - `train`: one optimizer step on a batch; gives its mean loss
 * - `trainUnsplit`: the same in the first shard alone, for a last batch with fewer images than shards
 * - `finite`: for each layer, whether its output on a training batch is all numbers
 * - `evaluate`, `validate`: losses and predictions for test images, and for training images without augmentation
 * - `measure`: what `health.ts` wants to know of each layer's output
 * - `gradients`: loss and all parameters' gradients on a batch, without a step
 * - `predict`: logits and every layer's output for given images
 * - `read`, `write`: all parameters, running statistics and optimizer slots, in PyTorch's layouts
 *
 * The batch comes either from a data set that lives in the graph (a step's input is then its indices) or from outside
 * (`fed`, for vectors). It is split in shards, each its own branch of the graph, one a core; the shards' gradients are
 * added up before the step. Reads of a variable happen before its update: the update needs the gradients that were
 * computed from the read, and TensorFlow copies a variable that is still being read.
 */
import type { Dataset } from '../../shared/dataset.ts';
import type { Layer } from '../../shared/layers/index.ts';
import type { Network } from '../../shared/network.ts';
import { type LayerSummary, type NetworkSummary, inputShape, summarize } from '../../shared/shapes.ts';
import { elements } from '../../shared/layers/layer.ts';
import type { TrainingSettings } from '../../shared/training.ts';
import { type Batch, type BatchInput, datasetInput, fedInput, firstShard } from './batches.ts';
import { clip } from './clip.ts';
import { Graph, type Tensor, unknown } from './graph/graph.ts';
import {
  type Variable,
  add,
  addN,
  all,
  argMax,
  assignVariable,
  cast,
  identity,
  isFinite,
  multiply,
  oneHot,
  pack,
  placeholder,
  readVariable,
  reshape,
  scalar,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  integer,
  sum,
  transpose,
  unpack,
  variable,
} from './graph/operations.ts';
import { layerStatistics } from './health.ts';
import type { PixelConstants } from './normalisation.ts';
import { operationFor } from './ops/index.ts';
import { toChannelsFirst } from './ops/flatten.ts';
import {
  type Context,
  type Layout,
  type ParameterAccess,
  type Pass,
  type Values,
  gradientsOf,
} from './ops/op.ts';
import { optimizerScalars, optimizerSlots, optimizerUpdate } from './optimizers.ts';
import { type Parameter, fromGraph, parametersOf, shapeInGraph, toGraph } from './parameters.ts';

export interface CompileOptions {
  readonly network: Network;
  readonly settings: TrainingSettings;
  /** Where batches come from; without a data set, images and labels are fed. */
  readonly dataset: Dataset | null;
  readonly shards: number;
  /** Whether there will be a batch with fewer images than shards: oneDNN's operations break on empty tensors. */
  readonly unsplit?: boolean;
  /** How pixels are normalised; null leaves them in [0, 1]. */
  readonly constants: PixelConstants | null;
}

export interface CompiledNetwork {
  readonly graph: Graph;
  readonly summary: NetworkSummary;
  readonly parameters: readonly Parameter[];
  /** All that `read` gives and `write` takes: name as in a checkpoint, and shape in PyTorch's layout. */
  readonly state: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** True where a step draws random numbers, so that `train` takes the step's number. */
  readonly random: boolean;
}

export const parameterKey = (name: string) => `parameter/${name}`;
export const slotKey = (parameter: string, slot: string) => `slot/${parameter}/${slot}`;

/** A variable of the graph with its name in checkpoints and its shape and layout in PyTorch. */
interface Stored {
  readonly key: string;
  readonly variable: Variable;
  readonly shape: readonly number[];
  readonly layout: Layout;
}

/** Gradients and updates that a pass has gathered, by parameter name. */
interface Gathered {
  readonly reads: Map<string, Tensor>;
  readonly gradients: Map<string, Tensor>;
  readonly updates: Map<string, Tensor>;
}

export function compile(options: CompileOptions): CompiledNetwork {
  return new Compiler(options).compile();
}

class Compiler {
  private readonly g = new Graph();
  private readonly options: CompileOptions;
  private readonly summary: NetworkSummary;
  private readonly parameters: readonly Parameter[];
  private readonly stored = new Map<string, Stored>();
  private readonly slots = new Map<string, readonly Stored[]>();
  private stepNumber: Tensor | undefined;

  constructor(options: CompileOptions) {
    this.options = options;
    this.summary = summarize(options.network);
    this.parameters = parametersOf(this.summary);
  }

  compile(): CompiledNetwork {
    const { g, options } = this;
    const { augmentation } = options.settings;
    const seed = (name: string, shard: number) => this.randomSeed(`augmentation/${name}/${shard}`);
    const batch = options.dataset
      ? datasetInput(g, options.dataset, options.shards, { constants: options.constants, augmentation, seed })
      : fedInput(g, options);
    const scaleAndScalars = placeholder(g, 'scalars', 'float32', [unknown]);
    g.scope('train', () => this.train(batch, scaleAndScalars));
    if (options.unsplit) {
      g.scope('trainUnsplit', () => this.step('trainUnsplit', firstShard(batch), scaleAndScalars));
    }
    g.scope('evaluate', () => this.evaluate('evaluate', batch.test, batch.testInputs));
    g.scope('validate', () => this.evaluate('validate', batch.plain, batch.trainInputs));
    g.scope('measure', () => this.measure(batch));
    g.scope('predict', () => this.predict());
    this.readAndWrite();
    return {
      graph: g,
      summary: this.summary,
      parameters: this.parameters,
      state: [...this.stored.values(), ...[...this.slots.values()].flat()].map(({ key, shape }) => ({
        name: key,
        shape,
      })),
      random: this.stepNumber !== undefined,
    };
  }

  private train(batch: BatchInput, scalars: Tensor): void {
    const { g } = this;
    const { inputs, loss, gathered, passes } = this.step('train', batch, scalars);
    const gradients = [...gathered.gradients].map(([name, gradient]) => {
      const { shape, layout } = this.stored.get(name) as Stored;
      return [name, fromGraph(g, gradient, shape, layout)] as const;
    });
    g.signature('gradients', {
      inputs,
      outputs: { loss: identity(g, loss, { name: 'lossOnly' }), ...Object.fromEntries(gradients) },
    });
    const flags = passes.map(({ output }) =>
      pack(
        g,
        output.shards.map((x) => all(g, isFinite(g, reshape(g, x, [-1])), [0])),
      ),
    );
    const finite = cast(g, all(g, pack(g, flags), [1]), 'int32');
    g.signature('finite', { inputs, outputs: { finite } });
  }

  /** With label smoothing ε: the target is 1 − ε on the label and ε spread over all classes, as PyTorch has it. */
  private crossEntropy(logits: Tensor, labels: Tensor): { loss: Tensor; gradient: Tensor } {
    const { g } = this;
    const epsilon = this.options.settings.labelSmoothing;
    if (epsilon === 0) return sparseSoftmaxCrossEntropy(g, logits, labels);
    const classes = elements(this.summary.output);
    const certain = multiply(g, oneHot(g, labels, classes), scalar(g, 1 - epsilon));
    return softmaxCrossEntropy(g, logits, add(g, certain, scalar(g, epsilon / classes)));
  }

  /** Adds the signature of one optimizer step. */
  private step(
    signature: string,
    batch: BatchInput,
    scalars: Tensor,
  ): { inputs: Record<string, Tensor>; loss: Tensor; gathered: Gathered; passes: Pass[] } {
    const { g, options } = this;
    const [firstScalar, ...stepScalars] = unpack(
      g,
      scalars,
      1 + optimizerScalars(options.settings.optimizer, 0, 1).length,
      'scalars',
    );
    const perImage = firstScalar as Tensor;
    const { images, labels } = batch.train;
    const { passes, logits, gathered } = this.forward({ shards: images }, true);
    const losses: Tensor[] = [];
    const logitGradients = logits.map((shard, index) => {
      const { loss, gradient } = this.crossEntropy(shard, labels[index] as Tensor);
      losses.push(sum(g, loss, [0]));
      return multiply(g, gradient, perImage);
    });
    this.backward(passes, logitGradients);
    const loss = multiply(g, addN(g, losses), perImage);

    const clipped = clip(g, gathered.gradients, options.settings.clipping);
    const effects = [...clipped].flatMap(([name, gradient]) =>
      g.scope(`step/${name}`, () => {
        const stored = this.stored.get(name) as Stored;
        const slots = this.slotsOf(name, stored);
        return optimizerUpdate(g, options.settings.optimizer, {
          target: stored.variable,
          value: gathered.reads.get(name) as Tensor,
          gradient,
          slots: slots.map((slot) => slot.variable),
          scalars: stepScalars,
        });
      }),
    );
    for (const [name, value] of gathered.updates) {
      effects.push(assignVariable(g, (this.stored.get(name) as Stored).variable, value));
    }
    const inputs = { ...batch.trainInputs, scalars, ...(this.stepNumber ? { step: this.stepNumber } : {}) };
    g.signature(signature, {
      inputs,
      outputs: { loss: identity(g, loss, { control: effects, name: 'loss' }) },
    });
    return { inputs, loss, gathered, passes };
  }

  private evaluate(
    signature: string,
    { images, labels }: Batch,
    inputs: Readonly<Record<string, Tensor>>,
  ): void {
    const { g } = this;
    const { logits } = this.forward({ shards: images }, false);
    const outputs: Record<string, Tensor> = {};
    logits.forEach((shard, index) => {
      outputs[`predictions_${index}`] = argMax(g, shard, 1);
      outputs[`losses_${index}`] = identity(
        g,
        sparseSoftmaxCrossEntropy(g, shard, labels[index] as Tensor).loss,
      );
    });
    g.signature(signature, { inputs, outputs });
  }

  /** In evaluation mode, on one shard. */
  private measure(batch: BatchInput): void {
    const { g } = this;
    const { plain, trainInputs } = firstShard(batch);
    const { passes } = this.forward({ shards: plain.images }, false);
    const outputs: Record<string, Tensor> = {};
    passes.forEach(({ output }, index) => {
      const { layer, output: shape } = this.summary.layers[index] as LayerSummary;
      outputs[`layer_${index}`] = layerStatistics(g, output.shards[0] as Tensor, layer, shape);
    });
    g.signature('measure', { inputs: trainInputs, outputs });
  }

  private predict(): void {
    const { g } = this;
    const { height, width, channels } = this.options.network.input;
    const images = placeholder(g, 'images', 'float32', [unknown, channels, height, width]);
    const { passes, logits } = this.forward({ shards: [transpose(g, images, [0, 2, 3, 1])] }, false);
    const outputs: Record<string, Tensor> = {};
    passes.forEach(({ output }, index) => {
      const [x] = output.shards as [Tensor];
      const shape = this.summary.layers[index]?.output;
      if (shape?.kind === 'map') outputs[`layer_${index}`] = transpose(g, x, [0, 3, 1, 2]);
      else outputs[`layer_${index}`] = inPyTorchOrder(g, output, x);
    });
    g.signature('predict', { inputs: { images }, outputs: { logits: logits[0] as Tensor, ...outputs } });
  }

  private forward(
    input: Values,
    training: boolean,
  ): { passes: Pass[]; logits: Tensor[]; gathered: Gathered } {
    const { g } = this;
    const gathered: Gathered = { reads: new Map(), gradients: new Map(), updates: new Map() };
    const passes: Pass[] = [];
    let values = input;
    let shape = inputShape(this.options.network);
    for (const { layer, index, output } of this.summary.layers) {
      const pass = g.scope(`${index}_${layer.type}`, () =>
        operationFor(layer as Layer)(this.context(`${index}`, training, gathered), layer, values, shape),
      );
      passes.push(pass);
      values = pass.output;
      shape = output;
    }
    const logits = values.shards.map((x) => inPyTorchOrder(g, values, x));
    return { passes, logits, gathered };
  }

  /** From the logits' gradient down to the first layer that has parameters. */
  private backward(passes: readonly Pass[], logitGradients: readonly Tensor[]): void {
    const { g } = this;
    const lowest = this.summary.layers.findIndex((layer) => layer.parameterCount > 0);
    let gradients = gradientsOf(g, logitGradients);
    for (let index = passes.length - 1; index >= lowest && index >= 0; index -= 1) {
      const { layer } = this.summary.layers[index] as LayerSummary;
      const below = g.scope(`${index}_${layer.type}/backward`, () =>
        (passes[index] as Pass).backward(gradients, index > lowest),
      );
      if (!below) return;
      gradients = below;
    }
  }

  private context(prefix: string, training: boolean, gathered: Gathered): Context {
    return {
      g: this.g,
      training,
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
    const known = this.stored.get(name);
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
    this.stored.set(name, stored);
    return stored;
  }

  private slotsOf(name: string, { shape, layout, variable: target }: Stored): readonly Stored[] {
    const known = this.slots.get(name);
    if (known) return known;
    const slots = optimizerSlots(this.options.settings.optimizer).map((slot) => {
      const key = slotKey(name, slot);
      return { key, variable: variable(this.g, key, 'float32', target.shape), shape, layout };
    });
    this.slots.set(name, slots);
    return slots;
  }

  /** [a number for seed and place, the step]: no two draws of a run share both. */
  private randomSeed(place: string): Tensor {
    const { g } = this;
    this.stepNumber ??= placeholder(g, 'step', 'int32', []);
    return pack(g, [integer(g, hash(`${this.options.settings.seed >>> 0}/${place}`)), this.stepNumber]);
  }

  private readAndWrite(): void {
    const { g } = this;
    const all = [...this.stored.values(), ...[...this.slots.values()].flat()];
    const values = g.scope('read', () =>
      all.map(({ key, variable: stored, shape, layout }) => {
        const value = fromGraph(g, readVariable(g, stored), shape, layout);
        return [key, identity(g, value)] as const;
      }),
    );
    g.signature('read', { inputs: {}, outputs: Object.fromEntries(values) });
    g.scope('write', () => {
      const inputs: Record<string, Tensor> = {};
      const effects = all.map(({ key, variable: stored, shape, layout }) => {
        const given = placeholder(g, key, 'float32', shape);
        inputs[key] = given;
        return assignVariable(g, stored, toGraph(g, given, shape, layout));
      });
      g.signature('write', { inputs, outputs: { done: identity(g, scalar(g, 1), { control: effects }) } });
    });
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
