/** Parts for the contestants that use tfjs-node as its users do: the library, and MNIST as tensors. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import util from 'node:util';
import type * as TfjsNode from '@tensorflow/tfjs-node';
import { openDataset } from '../../src/main/datasets/index.ts';
import type { DataFile } from '../../src/shared/datasets/dataset.ts';
import type { Extent } from './messages.ts';

export type Tf = typeof TfjsNode;

// As in src/main/engine/native/session.ts, tfjs-node calls two functions that Node 23 removed.
const legacy = util as unknown as Record<string, unknown>;
legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
legacy['isArray'] ??= Array.isArray;

export const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node') as Tf;

export interface NetOptions extends Extent {
  readonly network: 'course' | 'homework';
}

export const versions: Readonly<Record<string, string>> = { 'tfjs-node': tf.version['tfjs-node'] };

export interface Part {
  /** Images as count × 28 × 28 × 1, normalised. */
  readonly images: TfjsNode.Tensor4D;
  /** Labels as count × 10, one-hot. */
  readonly labels: TfjsNode.Tensor2D;
}

export async function loadMnist({ trainImages, testImages }: Extent): Promise<{ train: Part; test: Part }> {
  const { summary, files } = await openDataset('mnist');
  const { height, width, classes, mean, deviation } = summary;
  const bytes = async ({ path, offset }: DataFile, length: number) =>
    (await readFile(path)).subarray(offset, offset + length);
  const part = async (of: 'train' | 'test', count: number): Promise<Part> => {
    const pixels = await bytes(files[of].images, count * height * width);
    const digits = await bytes(files[of].labels, count);
    const values = Float32Array.from(pixels, (value) => (value / 255 - (mean[0] ?? 0)) / (deviation[0] ?? 1));
    return {
      images: tf.tensor4d(values, [count, height, width, 1]),
      labels: tf.oneHot(tf.tensor1d(Int32Array.from(digits), 'int32'), classes.length) as TfjsNode.Tensor2D,
    };
  };
  return { train: await part('train', trainImages), test: await part('test', testImages) };
}

/** Returns the share of images whose largest logit is the label's. */
export function accuracy(
  { images, labels }: Part,
  logits: (images: TfjsNode.Tensor4D) => TfjsNode.Tensor,
): number {
  const count = images.shape[0];
  let correct = 0;
  for (let from = 0; from < count; from += 1000) {
    const size = Math.min(1000, count - from);
    correct += tf.tidy(() => {
      const predicted = logits(images.slice([from, 0, 0, 0], [size, -1, -1, -1])).argMax(1);
      const expected = labels.slice([from, 0], [size, -1]).argMax(1);
      return predicted.equal(expected).sum().dataSync()[0] ?? NaN;
    });
  }
  return correct / count;
}
