/** The window of its input that a unit of a convolution or a pooling layer is computed from. */
import { slidingWindowOf } from '../layers/index.ts';
import type { MapShape } from '../layers/layer.ts';
import type { SlidingWindow } from '../layers/window.ts';
import type { TraceStep } from './trace.ts';
import type { Position } from './unitPosition.ts';

/** A value of the input. Row and column are the input's; outside, on the padding, the value is 0. */
export interface WindowCell {
  readonly row: number;
  readonly column: number;
  readonly inside: boolean;
  readonly value: number;
}

/** Returns the window's cells of one channel, row by row. */
export function windowCells(
  { kernel, stride, padding, dilation }: SlidingWindow,
  input: MapShape,
  { channel, row, column }: Position,
  values: Float32Array,
): WindowCell[] {
  return Array.from({ length: kernel[0] * kernel[1] }, (_, i) => {
    const y = row * stride[0] - padding[0] + Math.floor(i / kernel[1]) * dilation[0];
    const x = column * stride[1] - padding[1] + (i % kernel[1]) * dilation[1];
    const inside = y >= 0 && y < input.height && x >= 0 && x < input.width;
    const value = inside ? (values[(channel * input.height + y) * input.width + x] as number) : 0;
    return { row: y, column: x, inside, value };
  });
}

/**
 * Returns the square of the input that a map's unit is computed from: upper left corner and size, not clipped at the
 * edges.
 */
export function windowOf(
  step: TraceStep,
  { row, column }: Position,
): { top: number; left: number; height: number; width: number } | null {
  const window = slidingWindowOf(step.layer);
  if (!window) return null;
  const { kernel, stride, padding, dilation } = window;
  const reach = (axis: 0 | 1) => dilation[axis] * (kernel[axis] - 1) + 1;
  return {
    top: row * stride[0] - padding[0],
    left: column * stride[1] - padding[1],
    height: reach(0),
    width: reach(1),
  };
}
