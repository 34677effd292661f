/** What a net's small picture draws: the sizes that its layers give, one after another, in pixels of the picture. */
import type { Shape } from '../../shared/layers/layer.ts';
import type { Network } from '../../shared/network.ts';
import { inputShape, walkNetwork } from '../../shared/shapes.ts';

export interface Stage {
  readonly width: number;
  readonly height: number;
  /** How far the last sheet lies behind the first, to the right and upwards. */
  readonly depth: number;
  /** Rectangles to draw. */
  readonly sheets: number;
  readonly flat: boolean;
}

const largest = 30;

/** Layers that leave the shape as it is add nothing. Sides go with the map's, depth with the logarithm of the channels. */
export function networkStages(network: Network): Stage[] {
  const shapes: Shape[] = [inputShape(network)];
  for (const { output } of walkNetwork(network).layers) {
    if (JSON.stringify(output) !== JSON.stringify(shapes.at(-1))) shapes.push(output);
  }
  const side = Math.max(network.input.height, network.input.width);
  return shapes.map((shape) => {
    if (shape.kind === 'flat') {
      return {
        width: 4,
        height: Math.min(44, 5 * Math.log2(shape.features)),
        depth: 0,
        sheets: 1,
        flat: true,
      };
    }
    const depth = 4 * Math.log2(shape.channels);
    return {
      width: Math.max(2, (largest * shape.width) / side),
      height: Math.max(2, (largest * shape.height) / side),
      depth,
      sheets: Math.min(shape.channels, 1 + Math.round(depth / 4)),
      flat: false,
    };
  });
}
