/**
 * A drawing and the nets' predictions for it: prepared after each change, and predicted by one net after another, the
 * newest request first.
 */
import type { LabClient } from '../../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';
import type { DatasetSummary } from '../../../../shared/datasets/dataset.ts';
import {
  type Ink,
  type PreparedDigit,
  prepareDigit,
  reduceDrawing,
} from '../../../../shared/inspect/drawing/prepareDigit.ts';
import type { Moment } from '../../../../shared/inspect/inspection.ts';
import { NewestWish } from '../../../app/newestWish.ts';

/** `mnist` prepares as MNIST's images were made; `plain` neither scales nor centres. */
export type DrawingPreparation = 'mnist' | 'plain';

interface Asked {
  readonly runs: readonly number[];
  readonly moment: Moment;
}

interface Wish extends Asked {
  readonly pixels: Float32Array;
  /** Time of the stroke that led to this request. */
  readonly began: number;
}

export class DrawingState {
  /** Null if no digit is visible: then nothing is predicted. */
  pixels = $state.raw<Float32Array | null>(null);
  prepared = $state.raw<PreparedDigit | null>(null);
  /** The probability of each class by run. */
  results = $state.raw<ReadonlyMap<number, Float32Array>>(new Map());
  problem = $state.raw<ProblemRecord | null>(null);
  /** Milliseconds from the last stroke's event to its results. */
  took = $state.raw<number | null>(null);
  /** Number of drawings that were predicted so far. */
  answered = $state.raw(0);
  readonly #lab: LabClient;
  readonly #wishes: NewestWish<Wish>;

  constructor(lab: LabClient) {
    this.#lab = lab;
    this.#wishes = new NewestWish((wish) => this.#classify(wish));
  }

  /** Updates the drawing. `began` is the time of the change, as `performance.now()` counts. */
  show(ink: Ink, dataset: DatasetSummary, preparation: DrawingPreparation, began: number): void {
    const { height, width, channels } = dataset;
    this.prepared = prepareDigit(ink, Math.min(height, width));
    const grey =
      this.prepared === null
        ? null
        : preparation === 'mnist' && height === width
          ? this.prepared.pixels
          : reduceDrawing(ink, height, width);
    this.pixels = grey && channels > 1 ? inEveryChannel(grey, channels) : grey;
    this.#began = began;
    if (this.pixels === null) {
      this.results = new Map();
      this.took = null;
    }
  }

  #began = 0;

  /** Requests predictions for the drawing. Never throws. */
  ask({ runs, moment }: Asked): void {
    const { pixels } = this;
    if (pixels) void this.#wishes.want({ runs, moment, pixels, began: this.#began });
  }

  async #classify({ runs, moment, pixels, began }: Wish): Promise<void> {
    try {
      const answers = await Promise.all(
        runs.map(async (run) => {
          const { probabilities } = await this.#lab.call('inspect.classify', {
            run,
            ...moment,
            images: { pixels },
          });
          return [run, probabilities.data] as const;
        }),
      );
      // The drawing may have been cleared meanwhile.
      if (this.pixels === null) return;
      this.results = new Map(answers);
      this.problem = null;
      this.took = performance.now() - began;
      this.answered += 1;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }
}

function inEveryChannel(grey: Float32Array, channels: number): Float32Array {
  const all = new Float32Array(channels * grey.length);
  for (let channel = 0; channel < channels; channel += 1) all.set(grey, channel * grey.length);
  return all;
}
