/** A unit's place in its layer's output, as a number and as channel, row and column. */
import type { Shape } from '../layers/layer.ts';

export interface Position {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/** Returns a unit's position in its layer's output; a flat layer's units are channels of one pixel. */
export function positionOf(shape: Shape, unit: number): Position {
  if (shape.kind === 'flat') return { channel: unit, row: 0, column: 0 };
  const area = shape.height * shape.width;
  const within = unit % area;
  return {
    channel: Math.floor(unit / area),
    row: Math.floor(within / shape.width),
    column: within % shape.width,
  };
}

export function unitAt(shape: Shape, { channel, row, column }: Position): number {
  return shape.kind === 'flat' ? channel : (channel * shape.height + row) * shape.width + column;
}
