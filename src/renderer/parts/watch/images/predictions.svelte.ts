/**
 * Predictions of a run's checkpoint for the test images, and some of these images. There is one request at a time:
 * meanwhile the newest request waits and those in between are dropped, so that a training run is not slowed down more
 * than necessary.
 */
import type { LabClient } from '../../../../shared/api/api.ts';
import type { Answers, CheckpointKind, Inspected } from '../../../../shared/inspect/inspection.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';
import { NewestWish } from '../../../app/newestWish.ts';

export type Predicted = Answers['predictions'] & { readonly of: Inspected };

interface Wanted {
  readonly run: number;
  readonly checkpoint: CheckpointKind;
  /** Epochs done; undefined for a checkpoint that may lie within an epoch, which is always requested. */
  readonly epochs?: number;
}

/**
 * The latest request for a whole epoch. The Train screen and the run's page show the same images: whoever goes from one
 * to the other gets the same answer, and the checkpoint is evaluated once.
 */
const latest = new WeakMap<LabClient, { wanted: Wanted; answer: Promise<Predicted> }>();

function ask(lab: LabClient, wanted: Wanted): Promise<Predicted> {
  const { run, checkpoint, epochs } = wanted;
  if (epochs === undefined) return lab.call('inspect.predictions', { run, checkpoint });
  const before = latest.get(lab);
  if (before?.wanted.run === run && before.wanted.epochs === epochs) return before.answer;
  const kept = { wanted, answer: lab.call('inspect.predictions', { run, checkpoint }) };
  latest.set(lab, kept);
  kept.answer.catch(() => {
    if (latest.get(lab) === kept) latest.delete(lab);
  });
  return kept.answer;
}

export class Predictions {
  answer = $state.raw<Predicted | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  /** Not reactive: an effect that makes a request would run again after every answer, endlessly. */
  readonly #wishes: NewestWish<Wanted>;

  /** After the predictions of an epoch come those of another `rest` milliseconds later at the earliest. */
  constructor(lab: LabClient, rest = 3000) {
    this.#wishes = new NewestWish(async (wanted) => {
      try {
        this.answer = await ask(lab, wanted);
        this.problem = null;
      } catch (error) {
        // The answer before stays in sight.
        this.problem = toProblemRecord(error);
      }
      // An epoch may take a second, which is too short to look at its images, and the predictions are 420 kB.
      if (wanted.epochs !== undefined) await new Promise((resolve) => setTimeout(resolve, rest));
    });
  }

  /** Requests the predictions after a number of epochs, unless the latest request was for the same. */
  loadEpoch(run: number, epochs: number): Promise<void> {
    return this.#wishes.want({ run, checkpoint: 'last', epochs });
  }

  load(run: number, checkpoint: CheckpointKind): Promise<void> {
    return this.#wishes.want({ run, checkpoint });
  }
}

/** Returns the indices of the test images with this label and this prediction, the most confident first. */
export function imagesOfCell(
  { labels, predictions, probabilities }: Pick<Predicted, 'labels' | 'predictions' | 'probabilities'>,
  label: number,
  prediction: number,
): number[] {
  const classes = probabilities.shape[1]!;
  const sureness = (index: number) => probabilities.data[index * classes + prediction]!;
  return labels
    .flatMap((each, index) => (each === label && predictions[index] === prediction ? [index] : []))
    .sort((a, b) => sureness(b) - sureness(a));
}

/** Returns the most confident mistakes, in descending order. */
export function surestMistakes(answer: Predicted, count: number): number[] {
  const { labels, predictions, probabilities } = answer;
  const classes = probabilities.shape[1]!;
  const sureness = (index: number) => probabilities.data[index * classes + predictions[index]!]!;
  return labels
    .flatMap((label, index) => (label === predictions[index] ? [] : [index]))
    .sort((a, b) => sureness(b) - sureness(a))
    .slice(0, count);
}

/**
 * Returns `count` different indices below `total`, the same for the same seed (from a linear congruential generator).
 */
export function randomSample(total: number, count: number, seed: number): number[] {
  const chosen = new Set<number>();
  let state = (seed + 1) >>> 0;
  while (chosen.size < Math.min(total, count)) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    chosen.add(Math.floor((state / 2 ** 32) * total));
  }
  return [...chosen];
}
