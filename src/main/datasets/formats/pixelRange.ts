/** Pixels given as numbers: bytes from 0 to 255, or fractions from 0 to 1. */
import { Problem } from '../../../shared/base/problem.ts';

export interface PixelRange {
  /** Factor that converts a number to a byte. */
  readonly scale: 1 | 255;
}

/** Decides by a sample: if a number is above 1, the numbers are bytes; otherwise they are fractions. */
export function pixelRange(sample: Iterable<number>): PixelRange {
  let largest = 0;
  for (const value of sample) if (value > largest) largest = value;
  return { scale: largest > 1 ? 1 : 255 };
}

export function toByte(value: number, { scale }: PixelRange, origin: string): number {
  const byte = Math.round(value * scale);
  if (byte >= 0 && byte <= 255) return byte;
  const range = scale === 1 ? '0 to 255' : '0 to 1';
  throw new Problem(
    'dataset.pixel-range',
    `${origin}: a pixel is ${value}, where those before are from ${range}; numbers from 0 to 255 or from 0 to 1 would be right`,
    { origin, value: Number.isNaN(value) ? 'NaN' : value, range },
  );
}

/** Returns the side of a square with so many pixels in one or three channels; null if there is none. */
export function squareOf(pixels: number): { side: number; channels: 1 | 3 } | null {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(pixels / channels);
    if (Number.isInteger(side) && side > 0) return { side, channels };
  }
  return null;
}
