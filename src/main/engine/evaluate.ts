/** Loss, accuracy and confusion matrix over the whole test set. */
import type { Dataset } from '../../shared/dataset.ts';
import { splitBatch } from './shards.ts';
import type { Session } from './session.ts';

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
    const indices = Int32Array.from({ length: Math.min(batchSize, total - from) }, (_, i) => from + i);
    const inputs = splitBatch(indices, shards);
    const outputs = session.run('evaluate', inputs);
    lossSum += outputs['lossSum']?.data[0] as number;
    for (let shard = 0; shard < shards; shard += 1) {
      const predictions = outputs[`predictions_${shard}`]?.data as Int32Array;
      const shardIndices = inputs[`indices_${shard}`]?.data as Int32Array;
      predictions.forEach((prediction, i) => {
        const label = labels[shardIndices[i] as number] as number;
        const cell = label * classes + prediction;
        confusion[cell] = (confusion[cell] as number) + 1;
        if (label === prediction) correct += 1;
      });
    }
  }
  return { loss: lossSum / total, correct, total, confusion };
}
