/** Convolution: forward, and the gradients of input, filter and bias. */
import { type Conv2d, convWindow } from '../../../shared/layers/conv2d.ts';
import { requireMap } from '../../../shared/layers/layer.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import {
  biasAdd,
  conv2d as conv2dOp,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  extractImagePatches,
  matMul,
  pad,
  reshape,
  shape as shapeOp,
} from '../graph/operations.ts';
import { type Gradient, type Operation, gradientsOf, plain } from './op.ts';

export const conv2d: Operation<Conv2d> = ({ g, parameters }, layer, input, inputShape) => {
  const { kernel, stride, padding, dilation } = convWindow(layer);
  const { channels } = requireMap(inputShape, 'conv2d');
  const window = { stride, padding };
  const weight = parameters.read('weight', { kind: 'conv' });
  const bias = (layer.bias ?? true) ? parameters.read('bias', plain) : undefined;

  const output = input.shards.map((x) => {
    const y = conv2dOp(g, x, weight, window, dilation);
    return bias ? biasAdd(g, y, bias) : y;
  });

  const filterShape = [...kernel, channels, layer.filters];
  const filterGradient = (x: Tensor, dy: Tensor): Tensor =>
    dilation[0] === 1 && dilation[1] === 1
      ? conv2dBackpropFilter(g, x, filterShape, dy, window)
      : dilatedFilterGradient(g, x, dy, filterShape, convWindow(layer));

  return {
    output: { shards: output },
    backward(gradients, needsInput) {
      const of = (shard: number) => gradients.shards[shard] as Gradient;
      parameters.gradient(
        'weight',
        input.shards.map((x, shard) => filterGradient(x, of(shard).tensor)),
      );
      if (bias) {
        parameters.gradient(
          'bias',
          input.shards.map((_, shard) => of(shard).channelSum()),
        );
      }
      if (!needsInput) return undefined;
      return gradientsOf(
        g,
        input.shards.map((x, shard) =>
          conv2dBackpropInput(g, shapeOp(g, x), weight, of(shard).tensor, window, dilation),
        ),
      );
    },
  };
};

/**
 * TensorFlow's CPU kernels have no filter gradient with dilation, so it is written out: each window's pixels as a row
 * of a matrix, and patchesᵀ · dy.
 */
function dilatedFilterGradient(
  g: Graph,
  x: Tensor,
  dy: Tensor,
  filterShape: readonly number[],
  { kernel, stride, padding: [ph, pw], dilation }: ReturnType<typeof convWindow>,
): Tensor {
  const [kh = 1, kw = 1, channels = 1, filters = 1] = filterShape;
  const none = [0, 0] as const;
  const padded = ph || pw ? pad(g, x, [none, [ph, ph], [pw, pw], none]) : x;
  const patches = reshape(g, extractImagePatches(g, padded, kernel, stride, dilation), [
    -1,
    kh * kw * channels,
  ]);
  return reshape(g, matMul(g, patches, reshape(g, dy, [-1, filters]), true), filterShape);
}
