/** Sums over the pixels of a part's images, read a few megabytes at a time. */
import { open } from 'node:fs/promises';
import type { DataFile } from '../../shared/datasets/dataset.ts';

const chunkBytes = 1 << 22;

/** Calls `see` with whole images, at most a few megabytes of them at once; the array is reused. */
export async function eachChunk(
  { path, offset, count }: DataFile,
  imageBytes: number,
  see: (images: Uint8Array, first: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const perChunk = Math.max(1, Math.floor(chunkBytes / imageBytes));
  const bytes = new Uint8Array(perChunk * imageBytes);
  const file = await open(path);
  try {
    for (let first = 0; first < count; first += perChunk) {
      signal?.throwIfAborted();
      const length = Math.min(perChunk, count - first) * imageBytes;
      let done = 0;
      while (done < length) {
        const at = offset + first * imageBytes + done;
        const { bytesRead } = await file.read(bytes, done, length - done, at);
        if (bytesRead === 0) throw new Error(`${path} ended within its images`);
        done += bytesRead;
      }
      see(bytes.subarray(0, length), first);
    }
  } finally {
    await file.close();
  }
}

export interface ChannelSums {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** Number of pixels of one channel. */
  pixels: number;
}

export function channelSums(channels: number): ChannelSums {
  return { sums: new Float64Array(channels), squares: new Float64Array(channels), pixels: 0 };
}

/** Sums of bytes and of their squares are exact in double precision. */
export function addPixels({ sums, squares }: ChannelSums, bytes: Uint8Array): void {
  const channels = sums.length;
  for (let i = 0; i < bytes.length; i += 1) {
    const value = bytes[i] as number;
    const channel = i % channels;
    sums[channel] = (sums[channel] as number) + value;
    squares[channel] = (squares[channel] as number) + value * value;
  }
}

/**
 * Returns mean and population deviation of pixels in [0, 1]. A constant channel has deviation 1, so that it
 * can be divided by.
 */
export function meanAndDeviation({ sums, squares, pixels }: ChannelSums): {
  mean: number[];
  deviation: number[];
} {
  const mean = Array.from(sums, (sum) => sum / pixels / 255);
  const deviation = Array.from(squares, (square, channel) => {
    const variance = square / pixels / 255 ** 2 - (mean[channel] as number) ** 2;
    return variance > 0 ? Math.sqrt(variance) : 1;
  });
  return { mean, deviation };
}
