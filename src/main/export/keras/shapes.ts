/** The shape of every layer's output, without the batch, for the configuration of a functional model. */
import type { Config, KerasLayer } from './layers.ts';

type Shape = readonly number[];

export function shapesOf(graph: readonly KerasLayer[], input: Shape): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const { name, className, config, inputs } of graph) {
    const given = inputs.map((each) => shapes.get(each) ?? []);
    shapes.set(name, className === 'InputLayer' ? input : outputShape(className, config, given));
  }
  return shapes;
}

function outputShape(className: string, config: Config, given: readonly Shape[]): Shape {
  const [shape = []] = given;
  const [height = 1, width = 1, channels = 1] = shape;
  const slid = (kernel: readonly number[], dilation: readonly number[], depth: number): Shape => {
    const strides = config['strides'] as readonly number[];
    const along = (length: number, axis: number) =>
      Math.floor((length - (dilation[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) - 1) / (strides[axis] ?? 1)) + 1;
    return [along(height, 0), along(width, 1), depth];
  };
  switch (className) {
    case 'Conv2D':
      return slid(
        config['kernel_size'] as readonly number[],
        config['dilation_rate'] as readonly number[],
        config['filters'] as number,
      );
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      return slid(config['pool_size'] as readonly number[], [1, 1], channels);
    case 'ZeroPadding2D': {
      const [[top, bottom], [left, right]] = config['padding'] as unknown as [
        [number, number],
        [number, number],
      ];
      return [height + top + bottom, width + left + right, channels];
    }
    case 'Cropping2D': {
      const [[top, bottom], [left, right]] = config['cropping'] as unknown as [
        [number, number],
        [number, number],
      ];
      return [height - top - bottom, width - left - right, channels];
    }
    case 'Concatenate': {
      const axis = (config['axis'] as number) - 1;
      const length = given.reduce((sum, each) => sum + (each[axis] ?? 0), 0);
      return shape.with(axis, length);
    }
    case 'Permute': {
      const dims = config['dims'] as readonly number[];
      return dims.map((axis) => shape[axis - 1] ?? 1);
    }
    case 'GlobalAveragePooling2D':
      return [channels];
    case 'Flatten':
      return [shape.reduce((a, b) => a * b, 1)];
    case 'Dense':
      return [config['units'] as number];
    default:
      return shape;
  }
}
