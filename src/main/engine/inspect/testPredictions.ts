/** Classifies every test image: its predicted class and the probability of each class. */
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import type { TestPredictions } from '../../../shared/compare/predictions.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { compilePredictions } from '../compile/predictionGraph.ts';
import { splitBatch } from '../compile/shards.ts';
import { writeState } from '../compile/state.ts';
import { pixelConstants } from '../data/normalisation.ts';
import { Session } from '../native/session.ts';
import { predictionsOf } from './predictionsOf.ts';

export interface ClassifyOrder {
  readonly network: Network;
  readonly settings: Pick<TrainingSettings, 'normalisation'>;
  readonly dataset: Dataset;
  /** A checkpoint's tensors, of which only the parameters are used. */
  readonly tensors: readonly NamedTensor[];
  readonly shards: number;
}

/**
 * Number of images per session call: enough for the overhead of a call to be small, and few enough for the
 * maps to stay small.
 */
const batchSize = 500;

/** Throws a `Problem` if the tensors are not this net's. */
export async function classifyTestImages(order: ClassifyOrder): Promise<TestPredictions> {
  const { network, settings, dataset, tensors, shards } = order;
  const { summary, files } = dataset;
  const { images } = files.test;
  const constants = await pixelConstants(settings.normalisation, dataset);
  const compiled = compilePredictions({ network, summary, images, constants, shards });
  const session = await Session.load(compiled.graph);
  try {
    writeState(session, compiled, tensors);
    session.run('load', { path: { data: images.path } });
    const classes = summary.classes.length;
    const logits = new Float32Array(images.count * classes);
    for (let from = 0; from < images.count; from += batchSize) {
      const count = Math.min(batchSize, images.count - from);
      classifyRange(session, { from, count, shards, classes, logits });
    }
    return await predictionsOf(logits, dataset);
  } finally {
    session.close();
  }
}

interface Range {
  readonly from: number;
  readonly count: number;
  readonly shards: number;
  readonly classes: number;
  readonly logits: Float32Array;
}

function classifyRange(session: Session, { from, count, shards, classes, logits }: Range): void {
  // A shard may not be empty: if there are fewer images than shards, the last image is repeated, and its
  // repetitions are dropped.
  const padded = Math.max(count, shards);
  const indices = Int32Array.from({ length: padded }, (_, i) => from + Math.min(i, count - 1));
  const shardLogits = session.runByShard('classify', splitBatch(indices, shards))['logits'] ?? [];
  let done = 0;
  for (const { data, shape } of shardLogits) {
    const wanted = Math.max(0, Math.min(shape[0] ?? 0, count - done));
    logits.set(data.subarray(0, wanted * classes), (from + done) * classes);
    done += wanted;
  }
}
