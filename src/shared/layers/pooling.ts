/**
 * Max-, average and global average pooling: `torch.nn.MaxPool2d`, `AvgPool2d` (which counts the padding, PyTorch's
 * default) and `AdaptiveAvgPool2d(1)` with
 * `Flatten`, as one entry of the sequence so that parameter names keep counting layers.
 */
import { z } from 'zod';
import { Problem } from '../base/problem.ts';
import {
  type LayerKind,
  type Pair,
  pair,
  pairSchema,
  pythonPair,
  requireMap,
  slideOverMap,
} from './layer.ts';

const fields = {
  kernelSize: pairSchema(1, 64),
  stride: pairSchema(1, 64).optional(),
  padding: pairSchema(0, 32).optional(),
  disabled: z.boolean().optional(),
};

export const maxPool2dSchema = z.strictObject({ type: z.literal('maxPool2d'), ...fields });
export type MaxPool2d = z.infer<typeof maxPool2dSchema>;

export const avgPool2dSchema = z.strictObject({ type: z.literal('avgPool2d'), ...fields });
export type AvgPool2d = z.infer<typeof avgPool2dSchema>;

export const globalAveragePoolSchema = z.strictObject({
  type: z.literal('globalAveragePool'),
  disabled: z.boolean().optional(),
});
export type GlobalAveragePool = z.infer<typeof globalAveragePoolSchema>;

/** The stride is the kernel where none is given, as in PyTorch. */
export function poolWindow(layer: MaxPool2d | AvgPool2d) {
  const kernel = pair(layer.kernelSize, [1, 1]);
  return {
    kernel,
    stride: pair(layer.stride, kernel),
    padding: pair(layer.padding, [0, 0]),
    dilation: [1, 1] as Pair,
  };
}

function pooling<L extends MaxPool2d | AvgPool2d>(
  schema: z.ZodType<L>,
  name: string,
  torchName: string,
): LayerKind<L> {
  return {
    schema,
    outputShape(layer, input) {
      const map = requireMap(input, name);
      const window = poolWindow(layer);
      for (const axis of [0, 1] as const) {
        const largest = Math.floor(window.kernel[axis] / 2);
        if (window.padding[axis] <= largest) continue;
        throw new Problem(
          'layer.pool-padding',
          `padding ${window.padding[axis]} is more than half of the kernel ${window.kernel[axis]}; use padding ≤ ${largest}`,
          { padding: window.padding[axis], kernel: window.kernel[axis], largest },
        );
      }
      const [height, width] = slideOverMap(map, window);
      return { kind: 'map', channels: map.channels, height, width };
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    window: poolWindow,
    torch(layer) {
      const { kernel, stride, padding } = poolWindow(layer);
      const same = stride[0] === kernel[0] && stride[1] === kernel[1];
      const options = [
        same ? '' : `, stride=${pythonPair(stride)}`,
        padding[0] || padding[1] ? `, padding=${pythonPair(padding)}` : '',
      ];
      return `nn.${torchName}(${pythonPair(kernel)}${options.join('')})`;
    },
  };
}

export const maxPool2d = pooling<MaxPool2d>(maxPool2dSchema, 'maxPool2d', 'MaxPool2d');
export const avgPool2d = pooling<AvgPool2d>(avgPool2dSchema, 'avgPool2d', 'AvgPool2d');

export const globalAveragePool: LayerKind<GlobalAveragePool> = {
  schema: globalAveragePoolSchema,
  outputShape: (_layer, input) => ({
    kind: 'flat',
    features: requireMap(input, 'globalAveragePool').channels,
  }),
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'whole',
  torch: () => 'nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())',
};
