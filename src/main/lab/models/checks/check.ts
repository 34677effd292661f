/**
 * Checks of exports: a runtime loads the files from the disk and receives the images that the engine
 * received.
 */
import type { ExportOptions } from '../../../../shared/export/formats.ts';
import type { TensorValues } from '../../../../shared/inspect/inspection.ts';
import { softmaxRows } from '../../../engine/inspect/probabilities.ts';
import { normalised } from '../../../engine/data/images.ts';
import type { Probe } from '../../../engine/inspect/probe.ts';
import type { Engine } from '../engineThread.ts';
import type { ModelOfRun } from '../source.ts';

export interface CheckInput {
  /** Folder with the files of the format. */
  readonly folder: string;
  readonly source: ModelOfRun;
  readonly options: ExportOptions;
  readonly probe: Probe;
  readonly engine: Engine;
}

export interface Checked {
  readonly runtime: string;
  /** Outputs (images × classes) of each time the export was loaded. */
  readonly outputs: readonly Float32Array[];
}

export type Check = (input: CheckInput) => Promise<Checked>;

/** Returns the input of the exported net: images × channels × height × width. */
export function imagesFor({ probe: { pixels }, source: { model }, options }: CheckInput): TensorValues {
  if (options.normalisation === 'inside') return pixels;
  const [count = 0, channels = 0, height = 0, width = 0] = pixels.shape;
  const data = normalised(
    { shape: [count, channels, height, width], data: pixels.data },
    model.normalisation,
  );
  return { shape: pixels.shape, data };
}

/** Transposes images to channels last, TensorFlow's layout. */
export function channelsLast({ shape, data }: TensorValues): TensorValues {
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  const result = new Float32Array(data.length);
  const area = height * width;
  for (let image = 0; image < count; image += 1)
    for (let channel = 0; channel < channels; channel += 1)
      for (let pixel = 0; pixel < area; pixel += 1)
        result[(image * area + pixel) * channels + channel] = data[
          (image * channels + channel) * area + pixel
        ] as number;
  return { shape: [count, height, width, channels], data: result };
}

/** Returns the engine's outputs in the form that the export should give. */
export function expectedOutput(probe: Probe, { output }: ExportOptions): Float32Array {
  return output === 'probabilities' ? softmaxRows(probe.logits) : probe.logits.data;
}

/** Returns NaN if an output is NaN or the number of outputs differs. */
export function largestDifference(expected: Float32Array, outputs: readonly Float32Array[]): number {
  let largest = 0;
  for (const output of outputs) {
    if (output.length !== expected.length) return NaN;
    for (let i = 0; i < expected.length; i += 1) {
      const difference = Math.abs((output[i] as number) - (expected[i] as number));
      if (Number.isNaN(difference)) return NaN;
      if (difference > largest) largest = difference;
    }
  }
  return largest;
}
