/** Surveys what every unit of a net does on the whole test set (shared/inspect/survey.ts). */
import { Histogram } from '../../../shared/inspect/histogram.ts';
import { type LayerSurvey, type UnitSurvey, mostWaking, unitsOf } from '../../../shared/inspect/survey.ts';
import { type TraceStep, traceSteps } from '../../../shared/inspect/trace.ts';
import type { Layer } from '../../../shared/layers/index.ts';
import { elements } from '../../../shared/layers/layer.ts';
import { sigmoidTail, tanhTail } from '../compile/health.ts';
import { activationKey } from '../compile/net.ts';
import { readRange } from '../data/images.ts';
import type { LongWork } from './longWork.ts';
import { type InspectionOrder, netInput, openNet } from './openNet.ts';

/** Number of outputs, over all layers and images of a batch, that one session call returns: 32 MB. */
const mostOutputs = 8e6;
const mostBatch = 250;

/** Throws a `Problem` if the tensors are not this net's, or if the work was cancelled. */
export async function surveyUnits(order: InspectionOrder, work: LongWork): Promise<UnitSurvey> {
  const { network, dataset } = order;
  const { summary, files } = dataset;
  const { images } = files.test;
  const net = await openNet(order);
  try {
    const steps = traceSteps(network);
    const each = steps.reduce((sum, { output }) => sum + elements(output), 0);
    const batch = Math.max(1, Math.min(mostBatch, Math.floor(mostOutputs / Math.max(1, each))));
    const tallies = steps.map((step) => new LayerTally(step, images.count));
    for (let from = 0; from < images.count; from += batch) {
      const count = Math.min(batch, images.count - from);
      const pixels = await readRange(images, summary, from, count);
      const values = net.session.run('trace', { images: netInput(net, pixels) });
      for (const tally of tallies) {
        const output = values[activationKey(tally.place)];
        if (!output) throw new Error(`the graph gives no output of ${tally.place}`);
        tally.add(output.data as Float32Array, from, count);
      }
      await work.step(from + count, images.count);
    }
    return { images: images.count, layers: tallies.map((tally) => tally.result) };
  } finally {
    net.session.close();
  }
}

/** Returns whether an output lies where the function is nearly flat; null for functions that do not saturate. */
function saturation(layer: Layer): ((value: number) => boolean) | null {
  if (layer.type !== 'activation') return null;
  if (layer.function === 'sigmoid') return (value) => Math.abs(value - 0.5) > 0.5 - sigmoidTail;
  if (layer.function === 'tanh') return (value) => Math.abs(value) > tanhTail;
  return null;
}

/** One layer's units, image by image. */
class LayerTally {
  readonly place: string;
  readonly #units: number;
  readonly #area: number;
  readonly #saturates: ((value: number) => boolean) | null;
  readonly #largest: Float32Array;
  readonly #smallest: Float32Array;
  readonly #sum: Float64Array;
  readonly #saturated: Float64Array;
  readonly #waking: number;
  readonly #images: Float32Array;
  readonly #values: Float32Array;
  readonly #at: Float32Array;
  readonly #histogram = new Histogram();
  #seen = 0;

  constructor(step: TraceStep, images: number) {
    const { units, area } = unitsOf(step);
    this.place = step.place;
    this.#units = units;
    this.#area = area;
    this.#saturates = saturation(step.layer);
    this.#largest = new Float32Array(units).fill(-Infinity);
    this.#smallest = new Float32Array(units).fill(Infinity);
    this.#sum = new Float64Array(units);
    this.#saturated = new Float64Array(units);
    this.#waking = Math.min(mostWaking, images);
    this.#images = new Float32Array(units * this.#waking).fill(-1);
    this.#values = new Float32Array(units * this.#waking).fill(-Infinity);
    this.#at = new Float32Array(units * this.#waking);
  }

  /** Adds the outputs of `count` images, the first of which is image `from` of the test set. */
  add(values: Float32Array, from: number, count: number): void {
    this.#histogram.add(values);
    for (let image = 0; image < count; image += 1) {
      for (let unit = 0; unit < this.#units; unit += 1) {
        this.#addMap(values, (image * this.#units + unit) * this.#area, unit, from + image);
      }
    }
    this.#seen += count;
  }

  #addMap(values: Float32Array, start: number, unit: number, image: number): void {
    let high = -Infinity;
    let low = Infinity;
    let highAt = 0;
    let sum = 0;
    for (let i = 0; i < this.#area; i += 1) {
      const value = values[start + i] as number;
      sum += value;
      if (value < low) low = value;
      if (value > high) {
        high = value;
        highAt = i;
      }
    }
    this.#sum[unit]! += sum;
    if (high > this.#largest[unit]!) this.#largest[unit] = high;
    if (low < this.#smallest[unit]!) this.#smallest[unit] = low;
    if (this.#saturates) {
      for (let i = 0; i < this.#area; i += 1) {
        if (this.#saturates(values[start + i] as number)) this.#saturated[unit]! += 1;
      }
    }
    this.#keep(unit, image, high, highAt);
  }

  /** Inserts an image among those that are kept for a unit; of equal outputs the first image of the set stays. */
  #keep(unit: number, image: number, value: number, at: number): void {
    const first = unit * this.#waking;
    let place = first + this.#waking;
    while (place > first && !(this.#values[place - 1]! >= value)) place -= 1;
    if (place === first + this.#waking) return;
    for (const [kept, own] of [
      [this.#values, value],
      [this.#images, image],
      [this.#at, at],
    ] as const) {
      kept.copyWithin(place + 1, place, first + this.#waking - 1);
      kept[place] = own;
    }
  }

  get result(): LayerSurvey {
    const outputs = this.#seen * this.#area;
    return {
      place: this.place,
      largest: this.#largest,
      smallest: this.#smallest,
      mean: Float32Array.from(this.#sum, (sum) => sum / outputs),
      saturated: this.#saturates && Float32Array.from(this.#saturated, (count) => count / outputs),
      waking: this.#waking,
      wakingImages: this.#images,
      wakingValues: this.#values,
      wakingAt: this.#at,
      histogram: this.#histogram.counts,
    };
  }
}
