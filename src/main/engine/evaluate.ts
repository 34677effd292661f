/** Loss, accuracy and confusion matrix over the whole test set. */
import type { Dataset } from '../../shared/dataset.ts';
import { splitBatch } from './shards.ts';
import type { Output, Session } from './session.ts';

export interface Evaluation {
  /** Mean cross-entropy over all images. */
  readonly loss: number;
  readonly correct: number;
  readonly total: number;
  /** classes × classes, row-major: row = label, column = prediction. */
  readonly confusion: number[];
}

/** Images in one session run: large enough that what a run costs beside its work does not count. */
const batchSize = 1000;

/**
 * `between` is called between two batches; where it gives false the evaluation is given up and the result is
 * undefined. Labels come from the data set's file, read once by the caller.
 */
export async function evaluate(
  session: Session,
  dataset: Dataset,
  labels: Uint8Array,
  shards: number,
  between: () => Promise<boolean>,
): Promise<Evaluation | undefined> {
  const classes = dataset.summary.classes.length;
  const total = labels.length;
  const confusion = new Array<number>(classes * classes).fill(0);
  let lossSum = 0;
  let correct = 0;
  for (let from = 0; from < total; from += batchSize) {
    if (!(await between())) return undefined;
    const count = Math.min(batchSize, total - from);
    // A shard may not be empty: a batch smaller than the shards is filled with its last image, which is not counted.
    const indices = Int32Array.from({ length: Math.max(count, shards) }, (_, i) => from + Math.min(i, count - 1));
    const outputs = session.run('evaluate', splitBatch(indices, shards));
    const losses = joined(outputs, 'losses', shards);
    const predictions = joined(outputs, 'predictions', shards);
    for (let i = 0; i < count; i += 1) {
      const label = labels[from + i] as number;
      const prediction = predictions[i] as number;
      const cell = label * classes + prediction;
      confusion[cell] = (confusion[cell] as number) + 1;
      lossSum += losses[i] as number;
      if (label === prediction) correct += 1;
    }
  }
  return { loss: lossSum / total, correct, total, confusion };
}

/** The shards' outputs one after another, which is the order of the images. */
function joined(outputs: Readonly<Record<string, Output>>, name: string, shards: number): number[] {
  const all: number[] = [];
  for (let shard = 0; shard < shards; shard += 1) {
    for (const value of outputs[`${name}_${shard}`]?.data ?? []) all.push(value);
  }
  return all;
}
