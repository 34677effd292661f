/**
 * The sources of a step's images and labels: a data set or fed tensors. The data set lives in variables that
 * signature `load` fills from its files, as uint8; a step selects its images by index, and pixels are scaled
 * and normalised in the graph. Fed images are ready to use.
 *
 * The files' paths are fed as well: if they were constants, TensorFlow's constant folding would read the
 * files while it optimises the graph, and keep their contents.
 */
import type { DataFile, Dataset } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { KernelSource } from '../../../shared/training/kernels.ts';
import type { Augmentation } from '../../../shared/training/training.ts';
import { augment } from './augment.ts';
import { type ByShard, type Graph, type Tensor, unknown } from '../graph/graph.ts';
import { stridePixels } from '../graph/lanesOperations.ts';
import {
  type Variable,
  assignVariable,
  cast,
  divide,
  floats,
  gatherVariable,
  identity,
  placeholder,
  readBytes,
  reshape,
  scalar,
  subtract,
  transpose,
  variable,
} from '../graph/operations.ts';
import type { PixelConstants } from '../data/normalisation.ts';
import type { Session } from '../native/session.ts';

export interface Batch {
  /** Images as float32 NHWC, normalised. */
  readonly images: ByShard;
  /** Labels as int32. */
  readonly labels: ByShard;
}

/** The inputs of a batch, each value one tensor per shard: indices, or the images and labels themselves. */
type BatchSide = Readonly<Record<string, ByShard>>;

export interface BatchInput {
  readonly train: Batch;
  /** Training images without augmentation. */
  readonly plain: Batch;
  readonly trainInputs: BatchSide;
  readonly test: Batch;
  readonly testInputs: BatchSide;
}

const shardNumbers = (shards: number) => Array.from({ length: shards }, (_, shard) => shard);

export interface Preparation {
  /** Mean and deviation that pixels are normalised with; null leaves pixels in [0, 1]. */
  readonly constants: PixelConstants | null;
  readonly augmentation: Augmentation | null;
  /** Whose operations prepare the training images where both have them. */
  readonly kernels: KernelSource;
  /** Returns two int32 that differ for every name, shard and step. */
  readonly seed: (name: string, shard: number) => Tensor;
}

/** Adds variables for the data set and input `indices` (int32), each tensor as long as its shard. */
export function datasetInput(
  g: Graph,
  { summary, files }: Dataset,
  shards: number,
  { constants, augmentation, kernels, seed }: Preparation,
): BatchInput {
  const normalised = (pixels: Tensor) => (constants ? normalise(g, pixels, constants) : pixels);
  const effects: string[] = [];
  const paths: Record<string, Tensor> = {};
  const side = (name: 'train' | 'test'): Batch & { bytes: Tensor[]; pixels: Tensor[]; inputs: BatchSide } =>
    g.scope(name, () => {
      const { images, labels } = files[name];
      const { height, width, channels } = summary;
      const load = (kind: string, file: DataFile, shape: readonly number[]): Variable => {
        const path = placeholder(g, `${kind}_path`, 'string', []);
        paths[`${name}_${kind}`] = path;
        const isLabels = shape.length === 1;
        const stored = variable(g, `data/${name}/${kind}`, isLabels ? 'int32' : 'uint8', shape);
        const bytes = readBytes(
          g,
          path,
          file.offset,
          shape.reduce((a, b) => a * b, 1),
        );
        effects.push(
          assignVariable(g, stored, isLabels ? cast(g, bytes, 'int32') : reshape(g, bytes, shape)),
        );
        return stored;
      };
      const stored = load('images', images, [images.count, height, width, channels]);
      const answers = load('labels', labels, [labels.count]);
      const indices = shardNumbers(shards).map((shard) =>
        placeholder(g, `indices_${shard}`, 'int32', [unknown]),
      );
      const bytes = indices.map((index) => gatherVariable(g, stored, index));
      const pixels = bytes.map((each) => toUnit(g, each));
      return {
        bytes,
        pixels,
        images: pixels.map(normalised),
        labels: indices.map((index) => gatherVariable(g, answers, index)),
        inputs: { indices },
      };
    });
  const [plain, test] = [side('train'), side('test')];
  const train: Batch = augmentation
    ? g.scope('augmented', () => ({
        images: plain.pixels.map((pixels, shard) =>
          normalised(augment(g, pixels, augmentation, summary, (name) => seed(name, shard))),
        ),
        labels: plain.labels,
      }))
    : {
        ...plain,
        images: kernels === 'stride' ? inOneOperation(g, plain.bytes, constants, summary) : plain.images,
      };
  const done = identity(g, scalar(g, 1), { control: effects, name: 'loaded' });
  g.signature('load', { inputs: paths, outputs: { done } });
  return { train, plain, trainInputs: plain.inputs, test, testInputs: test.inputs };
}

/** Returns the batch reduced to its first shard. */
export function firstShard({ train, plain, trainInputs, ...rest }: BatchInput): BatchInput {
  const first = ({ images, labels }: Batch): Batch => ({
    images: images.slice(0, 1),
    labels: labels.slice(0, 1),
  });
  const inputs = Object.entries(trainInputs).map(([name, shards]) => [name, shards.slice(0, 1)] as const);
  return {
    ...rest,
    train: first(train),
    plain: first(plain),
    trainInputs: Object.fromEntries(inputs),
  };
}

/** Fills the graph's variables from the data set's files. */
export function loadDataset(session: Session, { files }: Dataset): void {
  session.run('load', {
    train_images: { data: files.train.images.path },
    train_labels: { data: files.train.labels.path },
    test_images: { data: files.test.images.path },
    test_labels: { data: files.test.labels.path },
  });
}

/** Adds images as `normalise` gives them from their bytes, or in [0, 1] if there are no constants. */
function inOneOperation(
  g: Graph,
  bytes: readonly Tensor[],
  constants: PixelConstants | null,
  { channels }: Dataset['summary'],
): ByShard {
  return bytes.map((each) => stridePixels(g, each, constants ?? unchanged(channels)));
}

/** Constants that leave pixels in [0, 1]. */
const unchanged = (channels: number): PixelConstants => ({
  mean: new Array<number>(channels).fill(0),
  deviation: new Array<number>(channels).fill(1),
});

/** Scales bytes to [0, 1], as torchvision's `ToTensor` does. */
export function toUnit(g: Graph, bytes: Tensor): Tensor {
  return divide(g, cast(g, bytes, 'float32'), scalar(g, 255));
}

/** Normalises pixels with the operations of torchvision's `Normalize`, in the same order. */
export function normalise(g: Graph, pixels: Tensor, { mean, deviation }: PixelConstants): Tensor {
  return divide(g, subtract(g, pixels, floats(g, mean)), floats(g, deviation));
}

/**
 * Adds inputs `images` (batch × channels × height × width) and `labels`, by shard, used for training and
 * testing alike.
 */
export function fedInput(g: Graph, network: Network, shards: number): BatchInput {
  const { height, width, channels } = network.input;
  const { images, labels, fed } = g.scope('fed', () => {
    const given = shardNumbers(shards).map((shard) => {
      const images = placeholder(g, `images_${shard}`, 'float32', [unknown, channels, height, width]);
      return { images, channelsLast: transpose(g, images, [0, 2, 3, 1]) };
    });
    const labels = shardNumbers(shards).map((shard) => placeholder(g, `labels_${shard}`, 'int32', [unknown]));
    const fed: Batch = { images: given.map(({ channelsLast }) => channelsLast), labels };
    return { images: given.map((shard) => shard.images), labels, fed };
  });
  const inputs = { images, labels };
  return { train: fed, plain: fed, trainInputs: inputs, test: fed, testInputs: inputs };
}
