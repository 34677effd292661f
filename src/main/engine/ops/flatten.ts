/** Flatten moves no elements; the linear layer after it learns their order from `flattenedFrom`. */
import type { Flatten } from '../../../shared/layers/flatten.ts';
import { type MapShape, elements } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { reshape, transpose } from '../graph/operations.ts';
import { withInputLaidOut } from './layouts.ts';
import { type Operation, perShard } from './op.ts';

export const flatten: Operation<Flatten> = (context, _layer, input, inputShape) => {
  if (inputShape.kind === 'flat') return perShard(context, input, (x) => ({ y: x, backward: (dy) => dy }));
  const { channels, height, width } = inputShape;
  const inOrder = channels === 1 || height * width === 1;
  return withInputLaidOut(context, input, inputShape, 'nhwc', (maps) =>
    perShard(
      context,
      maps,
      (x) => ({
        y: reshape(context.g, x, [-1, elements(inputShape)]),
        backward: (dy) => reshape(context.g, dy.tensor, [-1, height, width, channels]),
      }),
      { kind: 'flat', ...(inOrder ? {} : { flattenedFrom: inputShape }) },
    ),
  );
};

/** Permutes flat features from the order height, width, channel to PyTorch's channel, height, width. */
export function toChannelsFirst(g: Graph, x: Tensor, { channels, height, width }: MapShape): Tensor {
  const map = transpose(g, reshape(g, x, [-1, height, width, channels]), [0, 3, 1, 2]);
  return reshape(g, map, [-1, channels * height * width]);
}

/** Permutes flat features from PyTorch's order to height, width, channel. */
export function toChannelsLast(g: Graph, x: Tensor, { channels, height, width }: MapShape): Tensor {
  const map = transpose(g, reshape(g, x, [-1, channels, height, width]), [0, 2, 3, 1]);
  return reshape(g, map, [-1, channels * height * width]);
}
