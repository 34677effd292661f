/** Max-, average and global average pooling. */
import { type Shape, requireMap } from '../../../shared/layers/layer.ts';
import {
  type AvgPool2d,
  type GlobalAveragePool,
  type MaxPool2d,
  maxPool2d as maxPoolKind,
  poolWindow,
} from '../../../shared/layers/pooling.ts';
import type { Graph } from '../graph/graph.ts';
import {
  type PoolWindow,
  avgPool,
  avgPool3d,
  avgPool3dGrad,
  avgPoolGrad,
  broadcastTo,
  maxPool,
  maxPool3d,
  maxPool3dGrad,
  maxPoolGrad,
  mean,
  multiply,
  pad,
  reshape,
  scalar,
  shape as shapeOp,
  slice,
} from '../graph/operations.ts';
import { withInputLaidOut } from './batchInside.ts';
import { poolOfPhases } from './phases.ts';
import { type Operation, type Pass, type Values, perShard } from './op.ts';

/** Ties go to the first of a window, in TensorFlow as in PyTorch. */
export const maxPool2d: Operation<MaxPool2d> = (context, layer, input, inputShape) => {
  const { g } = context;
  const window = poolWindow(layer);
  if (input.phases) return poolOfPhases(context, input, outputOf(layer, inputShape));
  return withUsableLayout(g, input, inputShape, window, (values) => {
    const [pool, gradient] = values.batchInside ? [maxPool3d, maxPool3dGrad] : [maxPool, maxPoolGrad];
    return perShard(context, values, (x) => {
      const y = pool(g, x, window);
      return {
        y,
        // Each number of dy lands on one pixel, so a channel's sum is the same before and after, and dy is smaller.
        backward: (dy) => ({ tensor: gradient(g, x, y, dy.tensor, window), channelSum: dy.channelSum }),
      };
    });
  });
};

export const avgPool2d: Operation<AvgPool2d> = (context, layer, input, inputShape) => {
  const { g } = context;
  const window = poolWindow(layer);
  const { height, width } = requireMap(inputShape, 'avgPool2d');
  const [ph, pw] = window.padding;
  const padded = isPadded(window);
  const none = [0, 0] as const;
  return withUsableLayout(g, input, inputShape, window, (values) => {
    const [pool, gradient] = values.batchInside ? [avgPool3d, avgPool3dGrad] : [avgPool, avgPoolGrad];
    return perShard(context, values, (x) => {
      const wide = padded ? pad(g, x, [none, [ph, ph], [pw, pw], none]) : x;
      return {
        y: pool(g, wide, window),
        backward(dy) {
          const dx = gradient(g, shapeOp(g, wide), dy.tensor, window);
          return padded ? slice(g, dx, [0, ph, pw, 0], [-1, height, width, -1]) : dx;
        },
      };
    });
  });
};

export const globalAveragePool: Operation<GlobalAveragePool> = (context, _layer, input, inputShape) => {
  const { g } = context;
  const map = requireMap(inputShape, 'globalAveragePool');
  const { channels, height, width } = map;
  return withInputLaidOut(g, input, map, false, (values) =>
    perShard(context, values, (x) => ({
      y: mean(g, x, [1, 2]),
      backward(dy) {
        const share = multiply(g, dy.tensor, scalar(g, 1 / (height * width)));
        return broadcastTo(g, reshape(g, share, [-1, 1, 1, channels]), shapeOp(g, x));
      },
    })),
  );
};

const outputOf = (layer: MaxPool2d, input: Shape) =>
  requireMap(maxPoolKind.outputShape(layer, input), 'maxPool2d');

const isPadded = ({ padding: [ph, pw] }: PoolWindow) => ph > 0 || pw > 0;

/** Maps may have the batch inside, unless they are padded. */
function withUsableLayout(
  g: Graph,
  input: Values,
  inputShape: Shape,
  window: PoolWindow,
  operation: (input: Values) => Pass,
): Pass {
  const inside = (input.batchInside ?? false) && !isPadded(window);
  return withInputLaidOut(g, input, requireMap(inputShape, 'pooling'), inside, operation);
}
