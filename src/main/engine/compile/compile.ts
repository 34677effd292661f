/**
 * A net and its training settings become one TensorFlow graph with a signature for each thing that the engine
 * does:
 *
 * - `load`: reads the data set's files into the graph's variables
 * - `train`: one optimizer step on a batch; returns the batch's mean loss
 * - `train5` and so on: several steps, one after another (`severalSteps.ts`); only if the shards do not
 *   depend on each other
 * - `finite`: for each layer, whether all elements of its output on a training batch are finite
 * - `evaluate`, `validate`: losses and predictions for test images, and for training images without
 *   augmentation
 * - `measure`: the statistics of each layer's output for `health.ts`
 * - `gradients`: loss and all parameters' gradients on a batch, without a step
 * - `trainLast`, `finiteLast`, `gradientsLast`: the same for an epoch's last, smaller batch; only the first
 *   shard is used if the batch has fewer images than shards
 * - `predict` and the other signatures of `inspectionGraph.ts`: the net's outputs for given images
 * - `read`, `write`: all parameters, running statistics and optimizer slots, in PyTorch's layouts
 *
 * The batch comes either from a data set that lives in the graph (a step's input is then its indices) or from
 * outside (`fed`, for vectors). It is split into shards, each a branch of the graph, one per core; the
 * shards' gradients are added up before the step. Reads of a variable happen before its update: the update
 * needs the gradients that were computed from the read, and TensorFlow copies a variable that is still being
 * read.
 */
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { elements } from '../../../shared/layers/layer.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { LayerSummary, NetworkSummary } from '../../../shared/network/shapes.ts';
import { slotKey } from '../../../shared/runs/checkpoint.ts';
import type { KernelSource } from '../../../shared/training/kernels.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { type Batch, type BatchInput, datasetInput, fedInput, firstShard } from './batches.ts';
import { clip } from './clip.ts';
import { type ByShard, Graph, type Side, type Tensor, unknown } from '../graph/graph.ts';
import {
  absolute,
  add,
  addN,
  all,
  argMax,
  assignVariable,
  cast,
  identity,
  less,
  multiply,
  oneHot,
  pack,
  placeholder,
  reshape,
  scalar,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  sum,
  transpose,
  unpack,
  variable,
} from '../graph/operations.ts';
import { outlineShards } from '../graph/outline.ts';
import { layerStatistics, numbersKey, unitsKey } from './health.ts';
import { addPredict } from './inspectionGraph.ts';
import { type Group, Net } from './net.ts';
import type { PixelConstants } from '../data/normalisation.ts';
import {
  optimizerScalars,
  optimizerSlots,
  optimizerUpdate,
  productUpdate,
  takesProducts,
} from './optimizers.ts';
import type { Pass } from '../ops/op.ts';
import { type Packed, type Parameter, addReadAndWrite, unpacked } from './parameters.ts';
import { addSteps } from './severalSteps.ts';
import { shardSizes } from './shards.ts';

export interface CompileOptions {
  readonly network: Network;
  readonly settings: TrainingSettings;
  /** Data set that batches come from; null if images and labels are fed. */
  readonly dataset: Dataset | null;
  /**
   * Number of shards that a batch of the settings' size is split into, or the number of images in each shard.
   * The graph trains only on batches of that size.
   */
  readonly shards: number | readonly number[];
  /** Number of images in an epoch's last, smaller batch, if there is one. */
  readonly lastBatch?: number;
  /** Mean and deviation that pixels are normalised with; null leaves pixels in [0, 1]. */
  readonly constants: PixelConstants | null;
  /**
   * Adds the signatures of `inspectionGraph.ts`, and to `gradients` the output `images`, the images' gradient
   * by shard.
   */
  readonly inspection?: boolean;
  /** Whether the graph is for a CPU with AVX-512; detected on this machine if left out. */
  readonly avx512?: boolean;
  /** Whose convolutions are used; Stride's own if they are there and left out. */
  readonly kernels?: KernelSource;
}

export interface CompiledNetwork {
  readonly graph: Graph;
  readonly summary: NetworkSummary;
  readonly parameters: readonly Parameter[];
  /**
   * Every tensor that `read` returns and `write` takes: its name as in a checkpoint and its shape in
   * PyTorch's layout.
   */
  readonly state: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Whether a step draws random numbers, so that `train` takes the step's number. */
  readonly random: boolean;
}

/** The two batch sizes: a whole batch, and an epoch's last, smaller batch. */
export type BatchPart = 'whole' | 'last';

export function trainingSignatures(part: BatchPart) {
  const suffix = part === 'last' ? 'Last' : '';
  return { step: `train${suffix}`, finite: `finite${suffix}`, gradients: `gradients${suffix}` } as const;
}

export function compile(options: CompileOptions): CompiledNetwork {
  return new Compiler(options).compile();
}

/** The nodes of an optimizer step that other signatures use. */
interface Step {
  readonly inputs: Side;
  readonly loss: Tensor;
  readonly passes: readonly Pass[];
  readonly gradients: ReadonlyMap<Group, Tensor>;
  /**
   * Gradient of the loss with respect to the images, one tensor per shard; empty unless inspection is asked
   * for.
   */
  readonly images: readonly Tensor[];
}

class Compiler {
  readonly #g = new Graph();
  readonly #options: CompileOptions;
  readonly #net: Net;
  readonly #slots = new Map<Group, readonly Packed[]>();

  constructor(options: CompileOptions) {
    this.#options = options;
    const { avx512, kernels } = options;
    this.#net = new Net(this.#g, options.network, {
      seed: options.settings.seed,
      takesProducts: takesProducts(options.settings),
      ...(avx512 === undefined ? {} : { avx512 }),
      ...(kernels === undefined ? {} : { kernels }),
    });
  }

  compile(): CompiledNetwork {
    const g = this.#g;
    const options = this.#options;
    const net = this.#net;
    const { augmentation } = options.settings;
    const seed = (name: string, shard: number) => net.randomSeed(`augmentation/${name}/${shard}`);
    const { shards, lastBatch = 0, constants } = options;
    const whole = typeof shards === 'number' ? shardSizes(options.settings.batchSize, shards) : shards;
    const batch = options.dataset
      ? datasetInput(g, options.dataset, whole.length, {
          constants,
          augmentation,
          kernels: net.kernels,
          seed,
        })
      : fedInput(g, options.network, whole.length);
    const scaleAndScalars = placeholder(g, 'scalars', 'float32', [unknown]);
    g.scope('train', () => this.#training('whole', batch, whole, scaleAndScalars));
    if (lastBatch > 0) {
      const sizes = shardSizes(lastBatch, whole.length);
      const images = sizes.length < whole.length ? firstShard(batch) : batch;
      g.scope('trainLast', () => this.#training('last', images, sizes, scaleAndScalars));
    }
    g.scope('evaluate', () => this.#evaluate('evaluate', batch.test, batch.testInputs));
    g.scope('validate', () => this.#evaluate('validate', batch.plain, batch.trainInputs));
    g.scope('measure', () => this.#measure(batch));
    g.scope('predict', () => addPredict(net, options.inspection));
    const outline = outlineShards(g, 'train', net.kernels === 'stride');
    if (outline) addSteps(g, outline);
    const packed = [...net.packed, ...[...this.#slots.values()].flat()];
    addReadAndWrite(g, packed);
    return {
      graph: g,
      summary: net.summary,
      parameters: net.parameters,
      state: packed.flatMap(({ members }) => members).map(({ key, shape }) => ({ name: key, shape })),
      random: net.stepNumber !== undefined,
    };
  }

  /**
   * Adds the signatures of a training step, its gradients and its finiteness check, for batches of one size.
   */
  #training(part: BatchPart, batch: BatchInput, sizes: readonly number[], scalars: Tensor): void {
    const g = this.#g;
    const signatures = trainingSignatures(part);
    const { inputs, loss, passes, images, ...step } = this.#step(signatures.step, batch, sizes, scalars);
    const gradients = [...step.gradients].flatMap(([group, gradient]) =>
      unpacked(
        g,
        gradient,
        this.#net.storedAs(group, (name) => name),
      ),
    );
    const imageGradients = images.map((gradient) => transpose(g, gradient, [0, 3, 1, 2]));
    g.signature(signatures.gradients, {
      inputs,
      outputs: {
        loss: identity(g, loss, { name: 'lossOnly' }),
        ...Object.fromEntries(gradients),
        ...(imageGradients.length > 0 ? { images: imageGradients } : {}),
      },
    });
    // `IsFinite` would be moved before transpositions by TensorFlow's optimizer, because truth values are smaller; oneDNN
    // reports on stderr that it cannot transpose them.
    const isBounded = (x: Tensor) => less(g, absolute(g, x), scalar(g, Infinity));
    const flags = passes.map(({ output }) =>
      pack(
        g,
        output.shards.map((x) => all(g, isBounded(reshape(g, x, [-1])), [0])),
      ),
    );
    const finite = cast(g, all(g, pack(g, flags), [1]), 'int32');
    g.signature(signatures.finite, { inputs, outputs: { finite } });
  }

  /**
   * Adds the cross-entropy. With label smoothing ε the target is 1 − ε on the label plus ε spread over all
   * classes, as in PyTorch.
   */
  #crossEntropy(logits: Tensor, labels: Tensor): { loss: Tensor; gradient: Tensor } {
    const g = this.#g;
    const epsilon = this.#options.settings.labelSmoothing;
    if (epsilon === 0) return sparseSoftmaxCrossEntropy(g, logits, labels);
    const classes = elements(this.#net.summary.output);
    const certain = multiply(g, oneHot(g, labels, classes), scalar(g, 1 - epsilon));
    return softmaxCrossEntropy(g, logits, add(g, certain, scalar(g, epsilon / classes)));
  }

  /** Adds the signature of one optimizer step. */
  #step(signature: string, batch: BatchInput, sizes: readonly number[], scalars: Tensor): Step {
    const g = this.#g;
    const options = this.#options;
    const net = this.#net;
    const [firstScalar, ...stepScalars] = unpack(
      g,
      scalars,
      1 + optimizerScalars(options.settings.optimizer, 0, 1).length,
      'scalars',
    );
    const perImage = firstScalar as Tensor;
    const { labels } = batch.train;
    const forward = net.forward(batch.train.images, { training: true, shardSizes: sizes });
    const { logits, gathered, passes } = forward;
    const losses: Tensor[] = [];
    const logitGradients = logits.map((shard, index) => {
      const { loss, gradient } = this.#crossEntropy(shard, labels[index] as Tensor);
      losses.push(sum(g, loss, [0]));
      return multiply(g, gradient, perImage);
    });
    const images = net.backward(forward, logitGradients, options.inspection) ?? [];
    const loss = multiply(g, addN(g, losses), perImage);

    const gradients = net.gradients(gathered);
    const { optimizer, clipping } = options.settings;
    const together = [...(takesProducts(options.settings) ? gathered.products : [])].map(
      ([group, product]) => {
        const [accumulator] = this.#slotsOf(group).map((slot) => slot.variable);
        return { group, product, target: group.variable, accumulator };
      },
    );
    const effects = [
      ...(together.length > 0 ? productUpdate(g, optimizer, together, stepScalars) : []),
      ...[...clip(g, gradients, clipping)]
        .filter(([group]) => !together.some((each) => each.group === group))
        .flatMap(([group, gradient]) =>
          g.scope(`step/${group.variable.handle.node}`, () =>
            optimizerUpdate(g, optimizer, {
              target: group.variable,
              value: gathered.values.get(group) as Tensor,
              gradient,
              slots: this.#slotsOf(group).map((slot) => slot.variable),
              scalars: stepScalars,
            }),
          ),
        ),
    ];
    for (const [name, value] of gathered.updates) {
      effects.push(assignVariable(g, net.groupOf(name).variable, value));
    }
    const inputs = { ...batch.trainInputs, scalars, ...(net.stepNumber ? { step: net.stepNumber } : {}) };
    g.signature(signature, {
      inputs,
      outputs: { loss: identity(g, loss, { control: effects, name: 'loss' }) },
    });
    return { inputs, loss, passes, gradients, images };
  }

  #evaluate(signature: string, { images, labels }: Batch, inputs: Side): void {
    const g = this.#g;
    const { logits } = this.#net.forward(images);
    const byShard = logits.map((shard, index) => ({
      prediction: argMax(g, shard, 1),
      loss: identity(g, sparseSoftmaxCrossEntropy(g, shard, labels[index] as Tensor).loss),
    }));
    g.signature(signature, {
      inputs,
      outputs: {
        logits,
        predictions: byShard.map(({ prediction }) => prediction),
        losses: byShard.map(({ loss }) => loss),
      },
    });
  }

  /** Adds signature `measure`, with the net in evaluation mode. */
  #measure({ plain, trainInputs }: BatchInput): void {
    const g = this.#g;
    const { passes } = this.#net.forward(plain.images);
    const outputs: Record<string, ByShard> = {};
    passes.forEach(({ output }, index) => {
      const { layer, output: shape } = this.#net.summary.layers[index] as LayerSummary;
      const statistics = output.shards.map((x) => layerStatistics(g, x, layer, shape));
      const units = statistics.flatMap((shard) => shard.units ?? []);
      outputs[numbersKey(index)] = statistics.map(({ numbers }) => numbers);
      if (units.length > 0) outputs[unitsKey(index)] = units;
    });
    g.signature('measure', { inputs: trainInputs, outputs });
  }

  #slotsOf(group: Group): readonly Packed[] {
    const known = this.#slots.get(group);
    if (known) return known;
    const { handle, shape } = group.variable;
    const slots = optimizerSlots(this.#options.settings.optimizer).map((slot) => ({
      variable: variable(this.#g, `${handle.node}/${slot}`, 'float32', shape),
      members: this.#net.storedAs(group, (parameter) => slotKey(parameter, slot)),
    }));
    this.#slots.set(group, slots);
    return slots;
  }
}
