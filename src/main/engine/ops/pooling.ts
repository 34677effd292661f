/** Max-, average and global average pooling. */
import { type MapShape, type Shape, requireMap } from '../../../shared/layers/layer.ts';
import {
  type AvgPool2d,
  type GlobalAveragePool,
  type MaxPool2d,
  avgPool2d as avgPoolKind,
  maxPool2d as maxPoolKind,
  poolWindow,
} from '../../../shared/layers/pooling.ts';
import type { Tensor } from '../graph/graph.ts';
import {
  type PoolWindow,
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
import { type Move, lanesOf, layOut, layoutOf, withInputLaidOut } from './layouts.ts';
import { spaceToDepthPool } from './spaceToDepth.ts';
import { type Context, type Operation, type Pass, type Values, perShard } from './op.ts';

/** Passes the gradient of ties to the first element of a window, in TensorFlow as in PyTorch. */
export const maxPool2d: Operation<MaxPool2d> = (context, layer, input, inputShape) => {
  const { g } = context;
  const window = poolWindow(layer);
  const inputMap = requireMap(inputShape, 'maxPool2d');
  const output = requireMap(maxPoolKind.outputShape(layer, inputShape), 'maxPool2d');
  if (input.layout.kind === 'spaceToDepth') return spaceToDepthPool(context, input, output);
  return withUsableLayout(context, input, inputShape, window, (values) => {
    const pixels = pixelsOf(context, values);
    return perShard(context, values, (map) => {
      const x = pixels.apart(map, inputMap);
      const y = maxPool(g, x, window);
      return {
        y: pixels.together(y, output),
        // Each element of dy is added to one pixel, so a channel's sum does not change, and dy is the smaller
        // tensor.
        backward: (dy) => ({
          tensor: pixels.together(maxPoolGrad(g, x, y, pixels.apart(dy.tensor, output), window), inputMap),
          channelSum: dy.channelSum,
        }),
      };
    });
  });
};

export const avgPool2d: Operation<AvgPool2d> = (context, layer, input, inputShape) => {
  const { g } = context;
  const window = poolWindow(layer);
  const inputMap = requireMap(inputShape, 'avgPool2d');
  const { height, width } = inputMap;
  const [ph, pw] = window.padding;
  const output = requireMap(avgPoolKind.outputShape(layer, inputShape), 'avgPool2d');
  const padded = isPadded(window);
  const none = [0, 0] as const;
  return withUsableLayout(context, input, inputShape, window, (values) => {
    const pixels = pixelsOf(context, values);
    return perShard(context, values, (map) => {
      const wide = padded ? pad(g, map, [none, [ph, ph], [pw, pw], none]) : map;
      const x = pixels.apart(wide, inputMap);
      return {
        y: pixels.together(avgPool(g, x, window), output),
        backward(dy) {
          const dx = avgPoolGrad(g, shapeOp(g, x), pixels.apart(dy.tensor, output), window);
          return padded
            ? slice(g, dx, [0, ph, pw, 0], [-1, height, width, -1])
            : pixels.together(dx, inputMap);
        },
      };
    });
  });
};

export const globalAveragePool: Operation<GlobalAveragePool> = (context, _layer, input, inputShape) => {
  const { g } = context;
  const map = requireMap(inputShape, 'globalAveragePool');
  const { channels, height, width } = map;
  // In the lanes' layout the averages are laid out instead of the maps.
  const layout = layoutOf(input) === 'lanes' ? 'lanes' : 'nhwc';
  const pixel: MapShape = { ...map, height: 1, width: 1 };
  const move = (x: Tensor, shard: number, moves: Move) => layOut(context, x, pixel, moves, shard);
  return withInputLaidOut(context, input, map, layout, (values) =>
    perShard(
      context,
      values,
      (x, shard) => ({
        y: reshape(g, move(mean(g, x, [1, 2], true), shard, [layout, 'nhwc']), [-1, channels]),
        backward(dy) {
          const share = multiply(g, dy.tensor, scalar(g, 1 / (height * width)));
          const pixels = move(reshape(g, share, [-1, 1, 1, channels]), shard, ['nhwc', layout]);
          return broadcastTo(g, pixels, shapeOp(g, x));
        },
      }),
      { kind: 'flat' },
    ),
  );
};

const isPadded = ({ padding: [ph, pw] }: PoolWindow) => ph > 0 || pw > 0;

/**
 * Converts maps for a pool and back, which treats all channels alike: in HWNC, those of all images at a pixel are its
 * channels, and in the lanes' layout those of a group; they fill all of oneDNN's lanes. NHWC maps are not changed.
 */
function pixelsOf({ g, avx512, shardSizes }: Context, { layout: { kind } }: Values) {
  const lanes = kind === 'lanes' ? lanesOf({ avx512, shardSizes }) : 1;
  return {
    apart(x: Tensor, { height, width, channels }: MapShape) {
      if (kind === 'lanes') return reshape(g, x, [-1, height, width, channels * lanes]);
      return kind === 'hwnc' ? reshape(g, x, [1, height, width, -1]) : x;
    },
    together(x: Tensor, { height, width, channels }: MapShape) {
      if (kind === 'lanes') return reshape(g, x, [-1, height, width, channels, lanes]);
      return kind === 'hwnc' ? reshape(g, x, [1, height, -1, channels]) : x;
    },
  };
}

/** Converts the input of a padded pool to NHWC, because only that is supported. */
function withUsableLayout(
  context: Context,
  input: Values,
  inputShape: Shape,
  window: PoolWindow,
  operation: (input: Values) => Pass,
): Pass {
  const wanted = isPadded(window) ? 'nhwc' : layoutOf(input);
  return withInputLaidOut(context, input, requireMap(inputShape, 'pooling'), wanted, operation);
}
