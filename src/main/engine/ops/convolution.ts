/** Functions for convolutions of every layout and kernel. */
import type { SlidingWindow } from '../../../shared/layers/window.ts';
import type { MapShape, Pair } from '../../../shared/layers/layer.ts';

/** Height × width × in × out. */
export type FilterShape = readonly [height: number, width: number, channels: number, filters: number];

export const isOne = ([height, width]: Pair) => height === 1 && width === 1;

/**
 * Returns whether there are as many outputs as inputs and equal padding on both sides: stride 1, an odd
 * kernel, and half of it as padding.
 */
export function isSame({ kernel, stride, padding, dilation }: SlidingWindow): boolean {
  const keeps = (axis: 0 | 1) => padding[axis] * 2 === kernel[axis] - 1;
  return isOne(stride) && isOne(dilation) && !isOne(kernel) && keeps(0) && keeps(1);
}

/** Returns whether the window is as large as the map, so that the output has one pixel. */
export const coversMap = ({ kernel, padding, dilation }: SlidingWindow, { height, width }: MapShape) =>
  kernel[0] === height && kernel[1] === width && padding.every((zeros) => zeros === 0) && isOne(dilation);
