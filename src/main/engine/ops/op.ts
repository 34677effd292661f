/**
 * The interface of the engine's operations: for a layer kind, the nodes of its forward pass, and a function
 * that adds those of its backward pass. A batch is split into shards that are computed in parallel, so values
 * are lists with one tensor per shard; most operations treat each shard separately, and batch normalisation
 * combines them.
 */
import type { MapShape, Shape } from '../../../shared/layers/layer.ts';
import type { KernelSource } from '../../../shared/training/kernels.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import type { NormalisedGradient } from '../graph/lanesOperations.ts';
import type { WeightProduct } from '../graph/linearOperations.ts';
import { biasAddGrad } from '../graph/operations.ts';

/** Layouts of maps in memory. Gradients have the layout of their maps. */
export type MapLayout =
  /** batch × height × width × channels */
  | 'nhwc'
  /** height × width × batch × channels, as one long image: 1 × height × (width · batch) × channels (`hwnc.ts`). */
  | 'hwnc'
  /**
   * HWNC in which the four pixels of each pooling window are channels of one pixel (`spaceToDepth.ts`); a
   * max-pool follows.
   */
  | 'spaceToDepth'
  /** groups × height × width × channels × lanes, with an image in each lane (`lanes.ts`) */
  | 'lanes';

export type ValueLayout =
  | { readonly kind: Exclude<MapLayout, 'lanes'> }
  /** `already`: how many of the next layers have been computed with the layer before them. */
  | { readonly kind: 'lanes'; readonly already?: number }
  /**
   * Features, batch first. With `flattenedFrom` they are in that map's order of height, width and channel:
   * PyTorch flattens channel, height, width, so the columns of the next linear layer's weight are permuted
   * instead.
   */
  | { readonly kind: 'flat'; readonly flattenedFrom?: MapShape; readonly already?: number };

/** A value in the forward pass: one tensor per shard, all in one layout. */
export interface Values {
  readonly shards: readonly Tensor[];
  readonly layout: ValueLayout;
}

export const flattenedFromOf = ({ layout }: Values): MapShape | undefined =>
  layout.kind === 'flat' ? layout.flattenedFrom : undefined;

/** Gradients of the loss with respect to a value, one tensor per shard. */
export interface Gradients {
  readonly shards: readonly Gradient[];
}

export interface Gradient {
  readonly tensor: Tensor;
  /**
   * Returns the sum over all axes but the channels. A smaller tensor may yield it at less cost, because
   * pooling only moves elements.
   */
  readonly channelSum: () => Tensor;
  /** The batch norm that it has still to be led through, which a convolution does itself; `tensor` has it done. */
  readonly normalised?: NormalisedGradient;
}

/** A parameter of the layer that is being compiled, in TensorFlow's layout. */
export interface ParameterAccess {
  /** Returns the parameter's value in this pass. */
  read(name: string, layout: Layout): Tensor;
  /**
   * Passes on each shard's part of the gradient; the parts are added. With `product`, an optimizer may take the step
   * without them.
   */
  gradient(name: string, shards: readonly Tensor[], product?: WeightProduct): void;
  /** Sets a running statistic's value after this training step. */
  update(name: string, value: Tensor): void;
}

/** Layouts of parameters in TensorFlow's memory; outside the graph they are in PyTorch's order. */
export type Layout =
  | { readonly kind: 'plain' }
  /** out, in, h, w ↔ h, w, in, out */
  | { readonly kind: 'conv' }
  /**
   * out, in ↔ in, out, or out, in as well with `outputsFirst`; with the columns permuted from c, h, w to h, w, c if a
   * map was flattened before it
   */
  | {
      readonly kind: 'linear';
      readonly flattenedFrom?: MapShape | undefined;
      readonly outputsFirst?: boolean;
    };

export const plain: Layout = { kind: 'plain' };

export interface Context {
  readonly g: Graph;
  /**
   * Whether the pass is a training pass. In evaluation, dropout is off and batch normalisation uses its
   * running statistics.
   */
  readonly training: boolean;
  /** Whether the CPU has AVX-512, which decides between equivalent computations by their speed. */
  readonly avx512: boolean;
  /** Whose convolutions a training pass uses where both have one. */
  readonly kernels: KernelSource;
  /** Number of images in each shard; unknown in evaluation. */
  readonly shardSizes: readonly number[];
  readonly parameters: ParameterAccess;
  /** Returns a context for a layer within a layer, whose parameters are named `prefix.…`. */
  within(prefix: string): Context;
  /** Returns two int32 that differ for every call, step, shard and seed, for stateless random operations. */
  randomSeed(shard: number): Tensor;
}

export interface Pass {
  readonly output: Values;
  /**
   * Passes within a residual block, each with its place in the block (`layers.0`, `shortcut`) and its
   * output's shape.
   */
  readonly inner?: readonly InnerPass[];
  /** Adds the backward pass. Returns nothing if the input's gradient is not needed. */
  backward(gradients: Gradients, needsInput: boolean): Gradients | undefined;
}

export interface InnerPass {
  readonly place: string;
  readonly pass: Pass;
  readonly shape: Shape;
}

export type Operation<L> = (context: Context, layer: L, input: Values, shape: Shape) => Pass;

export function gradientsOf(g: Graph, tensors: readonly Tensor[]): Gradients {
  return { shards: tensors.map((tensor) => gradientOf(g, tensor)) };
}

export function gradientOf(g: Graph, tensor: Tensor): Gradient {
  let known: Tensor | undefined;
  return { tensor, channelSum: () => (known ??= biasAddGrad(g, tensor)) };
}

/**
 * Builds an operation that treats every shard separately and has no parameters. `forward` returns the output
 * and its backward function; the output has the input's layout unless `outputLayout` is given.
 */
export function perShard(
  { g }: Context,
  input: Values,
  forward: (x: Tensor, shard: number) => { y: Tensor; backward: (dy: Gradient) => Gradient | Tensor },
  outputLayout: ValueLayout = input.layout,
): Pass {
  const passes = input.shards.map(forward);
  return {
    output: { shards: passes.map(({ y }) => y), layout: outputLayout },
    backward(gradients, needsInput) {
      if (!needsInput) return undefined;
      const shards = passes.map(({ backward }, shard) => {
        const dx = backward(gradients.shards[shard] as Gradient);
        return 'node' in dx ? gradientOf(g, dx) : dx;
      });
      return { shards };
    },
  };
}
