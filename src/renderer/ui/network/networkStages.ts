/** The stages of a net's small picture: the sizes of its layers' outputs in order, in pixels of the picture. */
import { type Shape, describeShape } from '../../../shared/layers/layer.ts';
import type { Network } from '../../../shared/network/network.ts';
import { inputShape, walkNetwork } from '../../../shared/network/shapes.ts';

export interface Stage {
  readonly width: number;
  readonly height: number;
  /** Offset of the last sheet behind the first, to the right and upwards. */
  readonly depth: number;
  /** Number of rectangles to draw. */
  readonly sheets: number;
  readonly flat: boolean;
  /** Label such as `10×24×24`. */
  readonly label: string;
}

/** Length of the input's longer side, and of the highest bar. */
const side = 30;
const highestBar = 44;

/**
 * Returns the stages; layers that do not change the shape add none. Sides are proportional to the map's, depth and bars
 * to the logarithm of channels and features.
 */
export function networkStages(network: Network, scale = 1): Stage[] {
  const shapes: Shape[] = [inputShape(network)];
  for (const { output } of walkNetwork(network).layers) {
    if (describeShape(output) !== describeShape(shapes.at(-1)!)) shapes.push(output);
  }
  const longest = Math.max(network.input.height, network.input.width);
  return shapes.map((shape) => {
    const label = describeShape(shape);
    if (shape.kind === 'flat') {
      const height = Math.min(highestBar, 5 * Math.log2(Math.max(2, shape.features)));
      return { width: 4 * scale, height: height * scale, depth: 0, sheets: 1, flat: true, label };
    }
    const depth = 4 * Math.log2(shape.channels);
    return {
      width: Math.max(2, (side * shape.width) / longest) * scale,
      height: Math.max(2, (side * shape.height) / longest) * scale,
      depth: depth * scale,
      sheets: Math.min(shape.channels, 1 + Math.round(depth / 4)),
      flat: false,
      label,
    };
  });
}
