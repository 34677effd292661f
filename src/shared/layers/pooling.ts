/**
 * Max-, average and global average pooling: `torch.nn.MaxPool2d`, `AvgPool2d` (which includes the padding, PyTorch's
 * default) and `AdaptiveAvgPool2d(1)` with `Flatten`, as one entry of the sequence so that parameter names keep
 * counting layers.
 */
import { Problem } from '../base/problem.ts';
import { type FieldSpecs, type LayerWith, schemaOf } from './field.ts';
import { type LayerKind, type Pair, pair, pythonPair, requireMap, slideOverMap } from './layer.ts';

const fields = {
  kernelSize: { kind: 'pair', required: true, minimum: 1, maximum: 64, unit: 'pixels', fallback: 2 },
  stride: { kind: 'pair', minimum: 1, maximum: 64, unit: 'pixels', fallback: 2, follows: 'kernelSize' },
  padding: { kind: 'pair', minimum: 0, maximum: 32, unit: 'pixels', fallback: 0 },
} as const satisfies FieldSpecs;

export type MaxPool2d = LayerWith<'maxPool2d', typeof fields>;
export type AvgPool2d = LayerWith<'avgPool2d', typeof fields>;
export type GlobalAveragePool = LayerWith<'globalAveragePool', object>;

/** Returns the pool's window; the stride defaults to the kernel, as in PyTorch. */
export function poolWindow(layer: LayerWith<string, typeof fields>) {
  const kernel = pair(layer.kernelSize, [1, 1]);
  return {
    kernel,
    stride: pair(layer.stride, kernel),
    padding: pair(layer.padding, [0, 0]),
    dilation: [1, 1] as Pair,
  };
}

function pooling<T extends 'maxPool2d' | 'avgPool2d'>(
  name: T,
  torchName: string,
): LayerKind<LayerWith<T, typeof fields>> {
  return {
    fields,
    schema: schemaOf(name, fields),
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

export const maxPool2d = pooling('maxPool2d', 'MaxPool2d');
export const avgPool2d = pooling('avgPool2d', 'AvgPool2d');

export const globalAveragePool: LayerKind<GlobalAveragePool> = {
  fields: {},
  schema: schemaOf('globalAveragePool', {}),
  outputShape: (_layer, input) => ({
    kind: 'flat',
    features: requireMap(input, 'globalAveragePool').channels,
  }),
  parameters: () => [],
  multiplyAdds: () => 0,
  window: () => 'whole',
  torch: () => 'nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())',
};
