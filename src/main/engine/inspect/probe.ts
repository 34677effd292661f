/**
 * A net's outputs for its test set, for comparison with other programs: the logits of the first images, the
 * score over all images, and the outputs of a SavedModel on the disk.
 */
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { TensorValues } from '../../../shared/inspect/inspection.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { compileInspection } from '../compile/inspectionGraph.ts';
import { writeState } from '../compile/state.ts';
import { type Pixels, normalised, readLabels, readRange } from '../data/images.ts';
import { pixelConstants } from '../data/normalisation.ts';
import { Session } from '../native/session.ts';
import { largestOf } from './probabilities.ts';

export interface ProbeOrder {
  readonly network: Network;
  readonly settings: Pick<TrainingSettings, 'normalisation'>;
  readonly dataset: Dataset;
  /** Data set that the net was trained on, if it is another one; its mean and deviation are used. */
  readonly trainedOn?: Dataset;
  /** Tensors named as in checkpoints: `parameter/0.weight`. */
  readonly tensors: readonly NamedTensor[];
}

/** Images (images × channels × height × width, pixels in [0, 1]) and the net's logits for them. */
export interface Probe {
  readonly pixels: TensorValues;
  readonly logits: TensorValues;
}

export interface Score {
  readonly correct: number;
  readonly total: number;
  /** Mean cross-entropy. */
  readonly loss: number;
}

export interface ServedOrder {
  readonly folder: string;
  /** Names of the graph's input and output. */
  readonly input: string;
  readonly output: string;
  readonly images: TensorValues;
}

const batchSize = 500;

/** Returns the logits of the first `count` test images, or of all if there are fewer. */
export async function probe(order: ProbeOrder & { readonly count: number }): Promise<Probe> {
  const { summary, files } = order.dataset;
  const count = Math.min(order.count, files.test.images.count);
  return withNet(order, async (logits) => {
    const pixels = await readRange(files.test.images, summary, 0, count);
    return { pixels: { shape: [...pixels.shape], data: pixels.data }, logits: logits(pixels) };
  });
}

/** Returns loss and accuracy over the whole test set. */
export async function score(order: ProbeOrder): Promise<Score> {
  const { summary, files } = order.dataset;
  const { images, labels: labelFile } = files.test;
  const labels = await readLabels(labelFile);
  return withNet(order, async (logits) => {
    let correct = 0;
    let loss = 0;
    for (let from = 0; from < images.count; from += batchSize) {
      const count = Math.min(batchSize, images.count - from);
      const batch = logits(await readRange(images, summary, from, count));
      largestOf(batch).forEach((prediction, i) => (correct += Number(prediction === labels[from + i])));
      loss += crossEntropySum(batch, labels.subarray(from, from + count));
    }
    return { correct, total: images.count, loss: loss / images.count };
  });
}

/** Returns the sum of −log softmax at each label, in double precision. */
function crossEntropySum({ shape: [rows = 0, classes = 0], data }: TensorValues, labels: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const own = data.subarray(row * classes, (row + 1) * classes);
    const largest = own.reduce((a, b) => Math.max(a, b), -Infinity);
    const powers = own.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    sum += Math.log(powers) + largest - (own[labels[row] as number] as number);
  }
  return sum;
}

async function withNet<T>(
  { network, settings, dataset, trainedOn = dataset, tensors }: ProbeOrder,
  work: (logits: (pixels: Pixels) => TensorValues) => Promise<T>,
): Promise<T> {
  const compiled = compileInspection(network);
  const constants = await pixelConstants(settings.normalisation, trainedOn);
  const session = await Session.load(compiled.graph);
  try {
    writeState(session, compiled, tensors);
    return await work(
      (pixels) =>
        session.run('logits', { images: { data: normalised(pixels, constants), shape: pixels.shape } })[
          'logits'
        ] as TensorValues,
    );
  } finally {
    session.close();
  }
}

/** Returns the outputs of a SavedModel in a folder for given images, computed by TensorFlow. */
export function served({ folder, input, output, images }: ServedOrder): TensorValues {
  const side = (node: string) => ({ [node]: { node, output: 0, dtype: 'float32' } as const });
  const session = Session.open(folder, { serve: { inputs: side(input), outputs: side(output) } });
  try {
    return session.run('serve', { [input]: images })[output] as TensorValues;
  } finally {
    session.close();
  }
}
