/** Mean and deviation of each channel, with which pixels in [0, 1] are normalised. */
import { open } from 'node:fs/promises';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { type Normalisation, courseNormalisation } from '../../../shared/training/training.ts';

export interface PixelConstants {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export async function pixelConstants(
  normalisation: Normalisation,
  dataset: Dataset,
): Promise<PixelConstants | null> {
  const channels = (value: number) => Array.from({ length: dataset.summary.channels }, () => value);
  switch (normalisation) {
    case 'none':
      return null;
    case 'course':
      return { mean: channels(courseNormalisation.mean), deviation: channels(courseNormalisation.deviation) };
    case 'dataset':
      return measure(dataset);
  }
}

const chunk = 1 << 22;

/**
 * Measures all pixels of the training images. Sums of bytes and of their squares are exact in double
 * precision.
 */
async function measure({ summary, files }: Dataset): Promise<PixelConstants> {
  const { channels } = summary;
  const { path, offset, count } = files.train.images;
  const total = count * summary.height * summary.width * channels;
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  const file = await open(path);
  try {
    const bytes = new Uint8Array(chunk);
    for (let done = 0; done < total;) {
      const { bytesRead } = await file.read(bytes, 0, Math.min(chunk, total - done), offset + done);
      if (bytesRead === 0) throw new Error(`${path} ended after ${done} of ${total} bytes of images`);
      for (let i = 0; i < bytesRead; i += 1) {
        const channel = (done + i) % channels;
        const value = bytes[i] as number;
        sums[channel] = (sums[channel] as number) + value;
        squares[channel] = (squares[channel] as number) + value * value;
      }
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
  const each = total / channels;
  const mean = Array.from(sums, (sum) => sum / each / 255);
  const deviation = Array.from(squares, (square, k) => {
    const variance = square / each / 255 ** 2 - (mean[k] as number) ** 2;
    // A channel that is constant cannot be scaled to deviation 1; it is not scaled.
    return variance > 0 ? Math.sqrt(variance) : 1;
  });
  return { mean, deviation };
}
