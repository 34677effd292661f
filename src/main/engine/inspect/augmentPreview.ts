/** Previews augmentation of an image with the same nodes that a run is trained with. */
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { TensorValues } from '../../../shared/inspect/inspection.ts';
import type { Augmentation } from '../../../shared/training/training.ts';
import { augment } from '../compile/augment.ts';
import { Graph, unknown } from '../graph/graph.ts';
import { identity, integer, pack, placeholder, transpose } from '../graph/operations.ts';
import { readImages, readLabels } from '../data/images.ts';
import { Session } from '../native/session.ts';

export interface AugmentationOrder {
  readonly dataset: Dataset;
  readonly augmentation: Augmentation;
  /** Index among the training images. */
  readonly index: number;
  /** Number of random draws. */
  readonly count: number;
  readonly seed: number;
}

export interface AugmentationPreview {
  readonly label: number;
  /**
   * 1 × channels × height × width, and count × the same; pixels are in [0, 1], and beyond if there is noise.
   */
  readonly original: TensorValues;
  readonly variants: TensorValues;
}

export async function previewAugmentation(order: AugmentationOrder): Promise<AugmentationPreview> {
  const { dataset, augmentation, index, count, seed } = order;
  const { summary, files } = dataset;
  const original = await readImages(files.train.images, summary, [index]);
  const labels = await readLabels(files.train.labels);
  const { channels, height, width } = summary;
  const g = new Graph();
  const images = placeholder(g, 'images', 'float32', [unknown, channels, height, width]);
  const step = placeholder(g, 'step', 'int32', []);
  // The seed is the one of a run, where the name also stands for the shard and the place in the net.
  const named = (name: string) => pack(g, [integer(g, name === 'noise' ? 1 : 0), step]);
  const changed = augment(g, transpose(g, images, [0, 2, 3, 1]), augmentation, summary, named);
  const variants = identity(g, transpose(g, changed, [0, 3, 1, 2]), { name: 'variants' });
  g.signature('augment', { inputs: { images, step }, outputs: { variants } });
  const session = await Session.load(g);
  try {
    const copies = new Float32Array(count * original.data.length);
    for (let copy = 0; copy < count; copy += 1) copies.set(original.data, copy * original.data.length);
    const result = session.run('augment', {
      images: { data: copies, shape: [count, channels, height, width] },
      step: { data: Int32Array.of(seed), shape: [] },
    })['variants'];
    if (!result) throw new Error('the graph gives variants');
    return {
      label: labels[index] as number,
      original: { shape: [...original.shape], data: original.data },
      variants: { shape: [...result.shape], data: result.data as Float32Array },
    };
  } finally {
    session.close();
  }
}
