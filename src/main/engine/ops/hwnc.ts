/**
 * The HWNC layout of maps: height × width × batch × channels, treated as one long image of 1 × height ×
 * (width · batch) × channels in which the pixels of one column of all images are adjacent. The columns of a
 * convolution's window are then as many pixels apart as there are images.
 *
 * oneDNN's kernels multiply a strip of pixels along the width with the filter at a time. The course net's
 * second convolution has rows of eight pixels, too few to keep a core busy, and the gradient of its input
 * takes a third more multiplications because of the zeros beside each row. In HWNC a strip is at least as
 * long as the batch, and columns of zeros are skipped. Without padding, the three kernels together take 0.5
 * (maps of 7) to 0.8 (of 14) of the time; a transpose takes 0.03 of the whole.
 */
import { type Conv2d, conv2d as conv2dKind, convWindow } from '../../../shared/layers/conv2d.ts';
import { type MapShape, requireMap } from '../../../shared/layers/layer.ts';
import { coversMap, isOne, isSame } from './convolution.ts';
import type { Context } from './op.ts';

/** Number of images per shard from which HWNC was measured to be faster. */
const fewestImages = 8;
/** Largest number of output columns for which HWNC was measured to be faster. */
const widest = 16;

/** Returns whether every shard has enough images for HWNC. */
export const hasManyImages = (shardSizes: readonly number[]) => Math.min(...shardSizes) >= fewestImages;

/**
 * Returns whether a convolution is faster with its input's maps in HWNC, provided that no map is moved to
 * that layout for it alone. Measured on a CPU with AVX-512 over kernels of 3 and 5, 6 to 64 channels, maps of
 * 7 to 28 and 8 to 64 images: HWNC is faster if rows are short and either there is no padding or the lanes
 * are not full; otherwise the filter's gradient loses what the other kernels gain.
 */
export function wantsHwnc(
  { training, avx512, shardSizes }: Pick<Context, 'training' | 'avx512' | 'shardSizes'>,
  layer: Conv2d,
  input: MapShape,
): boolean {
  const window = convWindow(layer);
  const { kernel, stride, padding, dilation } = window;
  const output = requireMap(conv2dKind.outputShape(layer, input), 'conv2d');
  const unpadded = padding[0] === 0 && padding[1] === 0;
  const emptyLanes = input.channels % 16 !== 0;
  return (
    training &&
    avx512 &&
    isOne(stride) &&
    isOne(dilation) &&
    !isOne(kernel) &&
    !coversMap(window, input) &&
    hasManyImages(shardSizes) &&
    input.channels > 1 &&
    output.width <= widest &&
    (unpadded || (isSame(window) && emptyLanes))
  );
}
