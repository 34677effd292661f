/** Loss, accuracy and confusion matrix over a set of images: the whole test set, or the validation images. */
import { splitBatch } from '../compile/shards.ts';
import type { Output, Session } from '../native/session.ts';

export interface Evaluation {
  /** Mean cross-entropy over all images. */
  readonly loss: number;
  readonly correct: number;
  readonly total: number;
  /** classes × classes, row-major: row = label, column = prediction. */
  readonly confusion: number[];
}

/**
 * Number of images per session call: enough for the overhead of a call not to matter (100 take a third
 * longer), and not more, because these maps are the largest that a small net has in memory.
 */
const batchSize = 500;

export interface EvaluationOrder {
  readonly session: Session;
  /** `evaluate` takes indices of test images, `validate` of training images. */
  readonly signature: 'evaluate' | 'validate';
  readonly indices: Int32Array;
  /** Labels of all images that `indices` may name. */
  readonly labels: Uint8Array;
  readonly classes: number;
  readonly shards: number;
  /** Filled with the logits (images × classes, row-major), if given. */
  readonly logits?: Float32Array | undefined;
}

/**
 * Evaluates in batches. `between` is called between two batches; if it returns false, the evaluation ends and
 * the result is undefined.
 */
export async function evaluate(
  { session, signature, indices, labels, classes, shards, logits }: EvaluationOrder,
  between: () => Promise<boolean>,
): Promise<Evaluation | undefined> {
  const total = indices.length;
  const confusion = new Array<number>(classes * classes).fill(0);
  let lossSum = 0;
  let correct = 0;
  for (let from = 0; from < total; from += batchSize) {
    if (!(await between())) return undefined;
    const count = Math.min(batchSize, total - from);
    // A shard may not be empty: a batch smaller than the number of shards is filled with its last image,
    // which is not counted.
    const batch = Int32Array.from(
      { length: Math.max(count, shards) },
      (_, i) => indices[from + Math.min(i, count - 1)] as number,
    );
    const outputs = session.runByShard(signature, splitBatch(batch, shards));
    logits?.set(joined(outputs['logits']).slice(0, count * classes), from * classes);
    const losses = joined(outputs['losses']);
    const predictions = joined(outputs['predictions']);
    for (let i = 0; i < count; i += 1) {
      const label = labels[batch[i] as number] as number;
      const prediction = predictions[i] as number;
      const cell = label * classes + prediction;
      confusion[cell] = (confusion[cell] as number) + 1;
      lossSum += losses[i] as number;
      if (label === prediction) correct += 1;
    }
  }
  return { loss: lossSum / total, correct, total, confusion };
}

/** Largest number of logits that an evaluation hands on, 16 MB: 10,000 images of 400 classes. */
const mostLogits = 4e6;

/** Returns memory for the logits of all images, unless they are too many. */
export function logitsFor(images: number, classes: number): Float32Array | undefined {
  return images * classes <= mostLogits ? new Float32Array(images * classes) : undefined;
}

/** Concatenates the shards' outputs, which is the order of the images. */
function joined(shards: readonly Output[] = []): number[] {
  return shards.flatMap(({ data }) => [...data]);
}
