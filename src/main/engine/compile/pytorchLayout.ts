/** The outputs of layers in the layouts and the order that PyTorch gives them. */
import type { Shape } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { transpose } from '../graph/operations.ts';
import { toChannelsFirst } from '../ops/flatten.ts';
import { type InnerPass, type Pass, type Values, flattenedFromOf } from '../ops/op.ts';

/** Returns a layer's output on one shard: a map as batch × channels × height × width, the rest as it is flattened there. */
export function inPyTorchLayout(g: Graph, { output }: Pass, shape: Shape): Tensor {
  const [x] = output.shards as [Tensor];
  return shape.kind === 'map' ? transpose(g, x, [0, 3, 1, 2]) : inPyTorchOrder(g, output, x);
}

/** Returns a flat tensor whose elements are in the order of PyTorch's `flatten`. */
export function inPyTorchOrder(g: Graph, values: Values, x: Tensor): Tensor {
  const flattenedFrom = flattenedFromOf(values);
  return flattenedFrom ? toChannelsFirst(g, x, flattenedFrom) : x;
}

/** Returns the passes of the layers within a residual block, each with its place, and the block's own. */
export function withInner(outer: InnerPass): InnerPass[] {
  const within = (outer.pass.inner ?? []).flatMap(({ place, ...rest }) =>
    withInner({ place: `${outer.place}.${place}`, ...rest }),
  );
  return [...within, outer];
}
