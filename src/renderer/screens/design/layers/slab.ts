/**
 * The picture of a shape in the column: a slab that lies flat, seen from above. Its sides are proportional to the
 * map's, its thickness to the logarithm of the channels; flat features are a strip whose length is proportional to the
 * logarithm of their number.
 */
import type { Shape } from '../../../../shared/layers/layer.ts';

export interface Slab {
  readonly kind: 'map' | 'flat';
  /** Width of the front face. */
  readonly width: number;
  readonly thickness: number;
  /** Offset of the top face's back edge: to the right and upwards. */
  readonly back: number;
  readonly up: number;
  /** Number of lines on the front face, between one map and the next. */
  readonly seams: number;
  /** Number of cells of a strip that is short enough to be counted. */
  readonly cells: number;
}

/** Width of the picture, in which every slab fits. */
export const slabWidth = 96;

const longestSide = 58;
const widest = 72;
const mostCells = 16;

const clamp = (value: number, minimum: number, maximum: number) =>
  Math.min(maximum, Math.max(minimum, value));

/** `longest` is the longer side of the input in pixels; all maps of the net are drawn in proportion to it. */
export function slabOf(shape: Shape, longest: number): Slab {
  if (shape.kind === 'flat') {
    const cells = shape.features <= mostCells ? shape.features : 0;
    const width = cells > 0 ? cells * 5 : clamp(8 * Math.log2(shape.features), 44, 84);
    return { kind: 'flat', width, thickness: 6, back: 0, up: 0, seams: 0, cells };
  }
  const width = clamp((longestSide * shape.width) / longest, 4, widest);
  const deep = clamp((longestSide * shape.height) / longest, 4, widest);
  const thickness = 3 + 3 * Math.log2(shape.channels);
  return {
    kind: 'map',
    width,
    thickness: clamp(thickness, 3, 30),
    back: deep * 0.36,
    up: deep * 0.3,
    seams: Math.min(shape.channels - 1, Math.floor(thickness / 3)),
    cells: 0,
  };
}

export function slabHeight(slab: Slab): number {
  return slab.up + slab.thickness;
}
