/**
 * What an operation of the engine is: for a layer kind, the nodes of its forward pass, and a function that adds those
 * of its backward pass. A batch is split in shards that are worked on side by side, so values are lists, a tensor a
 * shard; most operations treat each shard alone, batch normalisation looks at all.
 */
import type { MapShape, Shape } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { biasAddGrad } from '../graph/operations.ts';

/** How maps lie in memory. Their gradients lie in the same way. */
export type MapLayout =
  /** batch × height × width × channels. */
  | 'nhwc'
  /** height × width × batch × channels, as one long image: 1 × height × (width · batch) × channels (`hwnc.ts`). */
  | 'hwnc'
  /** HWNC whose four pixels of each pooling window are channels of one pixel (`spaceToDepth.ts`); a max-pool follows. */
  | 'spaceToDepth';

export type ValueLayout =
  | { readonly kind: MapLayout }
  /**
   * Features, batch first. With `flattenedFrom` they still lie in the order height, width, channel of that map: PyTorch
   * flattens channel, height, width, so the linear layer after it has its weight's columns permuted instead.
   */
  | { readonly kind: 'flat'; readonly flattenedFrom?: MapShape };

/** What flows forward: a tensor a shard, and how all of them lie. */
export interface Values {
  readonly shards: readonly Tensor[];
  readonly layout: ValueLayout;
}

export const flattenedFromOf = ({ layout }: Values): MapShape | undefined =>
  layout.kind === 'flat' ? layout.flattenedFrom : undefined;

/** What flows back: the gradient of the loss with respect to a value, a tensor a shard. */
export interface Gradients {
  readonly shards: readonly Gradient[];
}

export interface Gradient {
  readonly tensor: Tensor;
  /** The sum over all but the channels, which a smaller tensor may give at less cost: pooling only moves numbers. */
  readonly channelSum: () => Tensor;
}

/** A parameter of the layer that is being compiled, in TensorFlow's layout. */
export interface ParameterAccess {
  /** Its value in this pass. */
  read(name: string, layout: Layout): Tensor;
  /** Hands over the gradient's part of each shard; they are added up. */
  gradient(name: string, shards: readonly Tensor[]): void;
  /** For running statistics: the value after this training step. */
  update(name: string, value: Tensor): void;
}

/** How a parameter lies in TensorFlow's memory; PyTorch's order is kept outside. */
export type Layout =
  | { readonly kind: 'plain' }
  /** out, in, h, w ↔ h, w, in, out */
  | { readonly kind: 'conv' }
  /** out, in ↔ in, out; the columns permuted from c, h, w to h, w, c where a map was flattened before it. */
  | { readonly kind: 'linear'; readonly flattenedFrom?: MapShape | undefined };

export const plain: Layout = { kind: 'plain' };

export interface Context {
  readonly g: Graph;
  /** False in evaluation: dropout is off, batch normalisation uses its running statistics. */
  readonly training: boolean;
  /** The CPU has AVX-512: which way of computing the same is the faster depends on it. */
  readonly avx512: boolean;
  /** Images in each shard; unknown in evaluation. */
  readonly shardSizes: readonly number[];
  readonly parameters: ParameterAccess;
  /** A context for a layer within a layer, whose parameters are called `prefix.…`. */
  within(prefix: string): Context;
  /** Two int32 that differ for every call, step, shard and seed, for stateless random operations. */
  randomSeed(shard: number): Tensor;
}

export interface Pass {
  readonly output: Values;
  /** The passes within a residual block, each with its place in the block (`layers.0`, `shortcut`) and its output's shape. */
  readonly inner?: readonly InnerPass[];
  /** Adds the backward pass. Gives nothing where the input's gradient is not asked for. */
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
 * An operation that treats every shard alone and has no parameters. `forward` gives the output and its backward; the output
 * lies as the input does, unless `outputLayout` says otherwise.
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
