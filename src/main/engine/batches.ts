/**
 * Where a step's images and labels come from. From a data set: it lives in variables that an initialiser fills from
 * the data set's files, as uint8, and a step names its images by index; pixels are scaled and normalised in the graph.
 * Or fed from outside, ready to use.
 */
import type { DataFile, Dataset, DatasetSummary } from '../../shared/dataset.ts';
import type { Network } from '../../shared/network.ts';
import { type Graph, type Tensor, unknown } from './graph/graph.ts';
import {
  type Variable,
  assignVariable,
  cast,
  divide,
  floats,
  gatherVariable,
  placeholder,
  readBytes,
  reshape,
  scalar,
  subtract,
  transpose,
  variable,
} from './graph/operations.ts';

interface Batch {
  /** A tensor a shard: float32 NHWC, normalised. */
  readonly images: readonly Tensor[];
  /** A tensor a shard: int32. */
  readonly labels: readonly Tensor[];
}

export interface BatchInput {
  readonly train: Batch;
  readonly trainInputs: Readonly<Record<string, Tensor>>;
  readonly test: Batch;
  readonly testInputs: Readonly<Record<string, Tensor>>;
}

const shardNumbers = (shards: number) => Array.from({ length: shards }, (_, shard) => shard);

/** Inputs `indices_0`, `indices_1`, …: int32, one a shard, each as long as its shard. */
export function datasetInput(g: Graph, { summary, files }: Dataset, shards: number): BatchInput {
  const effects: string[] = [];
  const side = (name: 'train' | 'test'): Batch & { inputs: Record<string, Tensor> } =>
    g.scope(name, () => {
      const { images, labels } = files[name];
      const { height, width, channels } = summary;
      const stored = load(g, `data/${name}/images`, images, [images.count, height, width, channels], effects);
      const answers = load(g, `data/${name}/labels`, labels, [labels.count], effects);
      const indices = shardNumbers(shards).map((shard) => placeholder(g, `indices_${shard}`, 'int32', [unknown]));
      return {
        images: indices.map((index) => normalise(g, gatherVariable(g, stored, index), summary)),
        labels: indices.map((index) => gatherVariable(g, answers, index)),
        inputs: Object.fromEntries(indices.map((index, shard) => [`indices_${shard}`, index])),
      };
    });
  const train = side('train');
  const test = side('test');
  g.initialiser = g.effect('NoOp', [], { name: 'initialise', control: effects });
  return { train, trainInputs: train.inputs, test, testInputs: test.inputs };
}

/** A variable that holds a data file: images stay uint8, labels (one axis) become int32. */
function load(g: Graph, name: string, file: DataFile, shape: readonly number[], effects: string[]): Variable {
  const isLabels = shape.length === 1;
  const stored = variable(g, name, isLabels ? 'int32' : 'uint8', shape);
  const length = shape.reduce((a, b) => a * b, 1);
  const bytes = readBytes(g, file.path, file.offset, length);
  effects.push(assignVariable(g, stored, isLabels ? cast(g, bytes, 'int32') : reshape(g, bytes, shape)));
  return stored;
}

/** torchvision's `ToTensor` and `Normalize`, operation by operation: (pixel / 255 − mean) / deviation. */
function normalise(g: Graph, pixels: Tensor, { mean, deviation }: DatasetSummary): Tensor {
  const unit = divide(g, cast(g, pixels, 'float32'), scalar(g, 255));
  return divide(g, subtract(g, unit, floats(g, mean)), floats(g, deviation));
}

/** Inputs `images_0`, … (batch × channels × height × width) and `labels_0`, …: for training and testing alike. */
export function fedInput(g: Graph, { network, shards }: { network: Network; shards: number }): BatchInput {
  const { height, width, channels } = network.input;
  const inputs: Record<string, Tensor> = {};
  const fed: Batch = g.scope('fed', () => ({
    images: shardNumbers(shards).map((shard) => {
      const images = placeholder(g, `images_${shard}`, 'float32', [unknown, channels, height, width]);
      inputs[`images_${shard}`] = images;
      return transpose(g, images, [0, 2, 3, 1]);
    }),
    labels: shardNumbers(shards).map((shard) => {
      const labels = placeholder(g, `labels_${shard}`, 'int32', [unknown]);
      inputs[`labels_${shard}`] = labels;
      return labels;
    }),
  }));
  return { train: fed, trainInputs: inputs, test: fed, testInputs: inputs };
}
