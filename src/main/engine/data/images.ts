/** Reads images of a data set from its files, for display and as a net's input. */
import { type FileHandle, open } from 'node:fs/promises';
import type { DataFile, DatasetSummary } from '../../../shared/datasets/dataset.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { PixelConstants } from './normalisation.ts';

/** Images as images × channels × height × width, pixels in [0, 1]. */
export interface Pixels {
  readonly shape: readonly [count: number, channels: number, height: number, width: number];
  readonly data: Float32Array;
}

/** Throws a `Problem` if an index is beyond the last image. */
export async function readImages(
  images: DataFile,
  summary: DatasetSummary,
  indices: readonly number[],
): Promise<Pixels> {
  const beyond = indices.find((index) => index >= images.count);
  if (beyond !== undefined) {
    throw new Problem(
      'inspect.index',
      `there is no image ${beyond}: the last of these ${images.count} is image ${images.count - 1}`,
      { index: beyond, count: images.count },
    );
  }
  return withFile(images.path, async (file) => {
    const pixels = emptyPixels(summary, indices.length);
    for (const [place, index] of indices.entries()) {
      await readInto(pixels, place, file, images, index, 1);
    }
    return pixels;
  });
}

/** Reads `count` consecutive images, starting at `from`. */
export async function readRange(
  images: DataFile,
  summary: DatasetSummary,
  from: number,
  count: number,
): Promise<Pixels> {
  return withFile(images.path, async (file) => {
    const pixels = emptyPixels(summary, count);
    await readInto(pixels, 0, file, images, from, count);
    return pixels;
  });
}

/** Returns all labels of a part. */
export async function readLabels({ path, offset, count }: DataFile): Promise<Uint8Array> {
  return withFile(path, async (file) => {
    const labels = new Uint8Array(count);
    await file.read(labels, 0, count, offset);
    return labels;
  });
}

/**
 * Returns given pixels as images. Throws a `Problem` unless they make up a whole number of images, at least
 * one and at most `most`.
 */
export function imagesFrom(data: Float32Array, summary: DatasetSummary, most: number): Pixels {
  const { shape } = emptyPixels(summary, 0);
  const each = shape[1] * shape[2] * shape[3];
  const count = data.length / each;
  if (!Number.isInteger(count) || count < 1 || count > most || !data.every(Number.isFinite)) {
    throw new Problem(
      'inspect.pixels',
      `${data.length} pixels are not 1 to ${most} images of ${each} finite numbers each`,
      { length: data.length, each, most },
    );
  }
  return { shape: [count, shape[1], shape[2], shape[3]], data };
}

/** Normalises in float32 as the graph of a training run does (torchvision's `Normalize`). */
export function normalised({ shape, data }: Pixels, constants: PixelConstants | null): Float32Array {
  if (!constants) return data;
  const [, channels, height, width] = shape;
  const mean = Float32Array.from(constants.mean);
  const deviation = Float32Array.from(constants.deviation);
  return data.map((pixel, i) => {
    const channel = Math.floor(i / (height * width)) % channels;
    return Math.fround(pixel - (mean[channel] as number)) / (deviation[channel] as number);
  });
}

function emptyPixels({ channels, height, width }: DatasetSummary, count: number): Pixels {
  return {
    shape: [count, channels, height, width],
    data: new Float32Array(count * channels * height * width),
  };
}

/**
 * Reads images into an array of channels × height × width each; in files, the channels of an image vary
 * fastest.
 */
async function readInto(
  { shape, data }: Pixels,
  place: number,
  file: FileHandle,
  { path, offset }: DataFile,
  from: number,
  count: number,
): Promise<void> {
  const [, channels, height, width] = shape;
  const area = height * width;
  const each = channels * area;
  const bytes = new Uint8Array(count * each);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, offset + from * each);
  if (bytesRead < bytes.length) throw new Error(`${path} ended within image ${from + count - 1}`);
  for (let image = 0; image < count; image += 1) {
    const to = (place + image) * each;
    for (let pixel = 0; pixel < area; pixel += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        const byte = bytes[image * each + pixel * channels + channel] as number;
        data[to + channel * area + pixel] = byte / 255;
      }
    }
  }
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
