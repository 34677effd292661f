/** Moving maps and their gradients from one layout to another (`op.ts` has what each layout is). */
import type { MapShape } from '../../../shared/layers/layer.ts';
import type { Tensor } from '../graph/graph.ts';
import { type Lanes, fromLanes, toLanes } from '../graph/lanesOperations.ts';
import { reshape, transpose } from '../graph/operations.ts';
import {
  type Context,
  type Gradient,
  type Gradients,
  type MapLayout,
  type Pass,
  type Values,
  gradientOf,
} from './op.ts';

/** The layouts that a map can be converted between. */
type PlainLayout = Exclude<MapLayout, 'spaceToDepth'>;

/** Returns the number of images in a vector: sixteen with AVX-512, unless that leaves half of them empty. */
export function lanesOf({ avx512, shardSizes }: Pick<Context, 'avx512' | 'shardSizes'>): Lanes {
  return avx512 && Math.min(...shardSizes) > 8 ? 16 : 8;
}

/** A layout, and the one to move to. */
export type Move = readonly [PlainLayout, PlainLayout];

/** Moves a shard's map, by way of NHWC. */
export function layOut(context: Context, x: Tensor, map: MapShape, [from, to]: Move, shard: number): Tensor {
  const images = context.shardSizes[shard] as number;
  return fromNhwc(context, toNhwc(context, x, map, from, images), map, to, images);
}

function toNhwc(
  { g }: Context,
  x: Tensor,
  { height, width, channels }: MapShape,
  from: PlainLayout,
  images: number,
): Tensor {
  if (from === 'nhwc') return x;
  if (from === 'lanes') return fromLanes(g, x, images);
  return transpose(g, reshape(g, x, [height, width, -1, channels]), [2, 0, 1, 3]);
}

function fromNhwc(
  context: Context,
  x: Tensor,
  { height, width, channels }: MapShape,
  to: PlainLayout,
  images: number,
): Tensor {
  const { g } = context;
  if (to === 'nhwc') return x;
  if (to === 'lanes') return toLanes(g, x, lanesOf(context));
  return reshape(g, transpose(g, x, [1, 2, 0, 3]), [1, height, width * images, channels]);
}

/** Returns the layout of an operation's input, which must be a map that no max-pool has to convert first. */
export function layoutOf({ layout: { kind } }: Values): PlainLayout {
  if (kind === 'flat' || kind === 'spaceToDepth')
    throw new Error(`a map was expected, its layout is ${kind}`);
  return kind;
}

/** Moves maps to the layout `to`. */
export function laidOut(context: Context, values: Values, map: MapShape, to: PlainLayout): Values {
  const from = layoutOf(values);
  if (from === to) return values;
  const shards = values.shards.map((x, shard) => layOut(context, x, map, [from, to], shard));
  return { layout: { kind: to }, shards };
}

/**
 * Moves gradients of maps; their channel sums do not change. Only the lanes' own gradients have no such sum, because
 * their channels are not the last axis.
 */
export function gradientsLaidOut(
  context: Context,
  { shards }: Gradients,
  map: MapShape,
  move: Move,
): Gradients {
  return {
    shards: shards.map((dy: Gradient, shard) => {
      const moved = gradientOf(context.g, layOut(context, dy.tensor, map, move, shard));
      return move[0] === 'lanes' ? moved : { ...moved, channelSum: dy.channelSum };
    }),
  };
}

/**
 * Returns the pass of an operation that takes its input's maps in the layout `wanted`; the output's layout is
 * the operation's choice.
 */
export function withInputLaidOut(
  context: Context,
  input: Values,
  map: MapShape,
  wanted: PlainLayout,
  operation: (input: Values) => Pass,
): Pass {
  const pass = operation(laidOut(context, input, map, wanted));
  const given = layoutOf(input);
  if (given === wanted) return pass;
  return {
    output: pass.output,
    backward(gradients, needsInput) {
      const below = pass.backward(gradients, needsInput);
      return below && gradientsLaidOut(context, below, map, [wanted, given]);
    },
  };
}
