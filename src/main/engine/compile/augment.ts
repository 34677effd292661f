/**
 * Augmentation of training images in the graph: one affine transform per image (shift, rotation, scale and
 * flip about the centre; bilinear, black outside the image) and noise. The random numbers are a function of
 * seed, step and shard, as for dropout, so that a resumed run stays exact.
 */
import type { Augmentation } from '../../../shared/training/training.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import * as tf from '../graph/operations.ts';

/** Augments `pixels` (float32 in [0, 1], NHWC). `seed` returns two int32 that differ for every name. */
export function augment(
  g: Graph,
  pixels: Tensor,
  settings: Augmentation,
  size: { height: number; width: number; channels: number },
  seed: (name: string) => Tensor,
): Tensor {
  const { shift, rotation, scale, horizontalFlip, noise } = settings;
  const moves = shift > 0 || rotation > 0 || scale > 0 || horizontalFlip;
  const moved = moves ? transformed(g, pixels, settings, size, seed('transform')) : pixels;
  if (noise === 0) return moved;
  const drawn = tf.statelessNormal(g, tf.shape(g, moved), seed('noise'));
  return tf.add(g, moved, tf.multiply(g, drawn, tf.scalar(g, noise)));
}

/**
 * Applies one random affine transform per image. TensorFlow's operation wants the position in the input that
 * each output pixel comes from: input = F·R(−θ)/s · (output − centre − shift) + centre.
 */
function transformed(
  g: Graph,
  images: Tensor,
  { shift, rotation, scale, horizontalFlip }: Augmentation,
  { height, width, channels }: { height: number; width: number; channels: number },
  seed: Tensor,
): Tensor {
  const number = (value: number) => tf.scalar(g, value);
  const flat = tf.reshape(g, images, [-1, height * width * channels]);
  const count = tf.slice(g, tf.shape(g, flat), [0], [1]);
  // These are five numbers per image, in [−1, 1).
  const drawn = tf.statelessUniform(g, tf.concat(g, [tf.integers(g, [5]), count], 0), seed);
  const spread = tf.subtract(g, tf.multiply(g, drawn, number(2)), number(1));
  const [dx, dy, turn, size, mirror] = tf.unpack(g, spread, 5) as [Tensor, Tensor, Tensor, Tensor, Tensor];

  const angle = tf.multiply(g, turn, number((rotation * Math.PI) / 180));
  const inverse = tf.divide(g, number(1), tf.add(g, tf.multiply(g, size, number(scale)), number(1)));
  const cos = tf.multiply(g, tf.cosine(g, angle), inverse);
  const sin = tf.multiply(g, tf.sine(g, angle), inverse);
  const one = tf.add(g, tf.multiply(g, dx, number(0)), number(1));
  const flip = horizontalFlip ? tf.select(g, tf.greater(g, mirror, number(0)), one, tf.negate(g, one)) : one;
  const a0 = tf.multiply(g, flip, cos);
  const a1 = tf.multiply(g, flip, sin);
  const b0 = tf.negate(g, sin);
  const b1 = cos;

  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const x = tf.add(g, tf.multiply(g, dx, number(shift)), number(cx));
  const y = tf.add(g, tf.multiply(g, dy, number(shift)), number(cy));
  const offset = (centre: number, u: Tensor, v: Tensor) =>
    tf.subtract(g, number(centre), tf.add(g, tf.multiply(g, u, x), tf.multiply(g, v, y)));
  const zero = tf.subtract(g, one, one);
  const transforms = tf.pack(g, [a0, a1, offset(cx, a0, a1), b0, b1, offset(cy, b0, b1), zero, zero], 1);
  return tf.projectiveTransform(g, images, transforms, tf.integers(g, [height, width]));
}
