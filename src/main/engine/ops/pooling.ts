/** Max-, average and global average pooling. */
import { requireMap } from '../../../shared/layers/layer.ts';
import {
  type AvgPool2d,
  type GlobalAveragePool,
  type MaxPool2d,
  poolWindow,
} from '../../../shared/layers/pooling.ts';
import {
  avgPool,
  avgPoolGrad,
  broadcastTo,
  maxPool,
  maxPoolGrad,
  mean,
  multiply,
  pad,
  reshape,
  scalar,
  shape as shapeOp,
  slice,
} from '../graph/operations.ts';
import { type Operation, perShard } from './op.ts';

/** Ties go to the first of a window, in TensorFlow as in PyTorch. */
export const maxPool2d: Operation<MaxPool2d> = (context, layer, input) => {
  const { g } = context;
  const window = poolWindow(layer);
  return perShard(context, input, (x) => {
    const y = maxPool(g, x, window);
    return {
      y,
      // Each number of dy lands on one pixel, so a channel's sum is the same before and after, and dy is smaller.
      backward: (dy) => ({ tensor: maxPoolGrad(g, x, y, dy.tensor, window), channelSum: dy.channelSum }),
    };
  });
};

export const avgPool2d: Operation<AvgPool2d> = (context, layer, input, inputShape) => {
  const { g } = context;
  const { kernel, stride, padding } = poolWindow(layer);
  const { height, width } = requireMap(inputShape, 'avgPool2d');
  const [ph, pw] = padding;
  const padded = ph > 0 || pw > 0;
  const none = [0, 0] as const;
  return perShard(context, input, (x) => {
    const wide = padded ? pad(g, x, [none, [ph, ph], [pw, pw], none]) : x;
    return {
      y: avgPool(g, wide, { kernel, stride }),
      backward(dy) {
        const dx = avgPoolGrad(g, shapeOp(g, wide), dy.tensor, { kernel, stride });
        return padded ? slice(g, dx, [0, ph, pw, 0], [-1, height, width, -1]) : dx;
      },
    };
  });
};

export const globalAveragePool: Operation<GlobalAveragePool> = (context, _layer, input, inputShape) => {
  const { g } = context;
  const { channels, height, width } = requireMap(inputShape, 'globalAveragePool');
  return perShard(context, input, (x) => ({
    y: mean(g, x, [1, 2]),
    backward(dy) {
      const share = multiply(g, dy.tensor, scalar(g, 1 / (height * width)));
      return broadcastTo(g, reshape(g, share, [-1, 1, 1, channels]), shapeOp(g, x));
    },
  }));
};
