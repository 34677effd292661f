/** Occlusion: a square covers a part of an image at one place after another (Zeiler and Fergus 2014). */
import { Problem } from '../../../shared/base/problem.ts';
import type { Pixels } from '../data/images.ts';

/** Largest number of places in one answer; a map of that size cannot show more. */
const mostPlaces = 4096;

export interface PatchOrigin {
  readonly top: number;
  readonly left: number;
}

/**
 * Returns the upper left corners: one every `stride` pixels, and a last one where the square meets the
 * image's edge, so that every pixel is covered at least once (if the stride is no longer than the square).
 */
export function coverings(
  { shape: [count, , height, width] }: Pixels,
  { patch, stride }: { readonly patch: number; readonly stride: number },
): { tops: number[]; lefts: number[] } {
  if (count !== 1) {
    throw new Problem('inspect.one-image', `an occlusion map is of one image, not of ${count}`, { count });
  }
  if (patch > height || patch > width) {
    throw new Problem(
      'inspect.patch',
      `a square of ${patch} pixels does not fit the ${height}×${width} image; use at most ${Math.min(height, width)}`,
      { patch, height, width, largest: Math.min(height, width) },
    );
  }
  const tops = starts(height - patch, stride);
  const lefts = starts(width - patch, stride);
  if (tops.length * lefts.length > mostPlaces) {
    const wider = Math.ceil(stride * Math.sqrt((tops.length * lefts.length) / mostPlaces)) + 1;
    throw new Problem(
      'inspect.places',
      `the square would lie on ${tops.length * lefts.length} places, more than ${mostPlaces}; use a stride of ${wider}`,
      { count: tops.length * lefts.length, largest: mostPlaces, stride: wider },
    );
  }
  return { tops, lefts };
}

function starts(last: number, stride: number): number[] {
  const all = Array.from({ length: Math.floor(last / stride) + 1 }, (_, i) => i * stride);
  return all.at(-1) === last ? all : [...all, last];
}

/** Returns a copy of the image for each place, with the square there covered in all channels. */
export function covered(
  { shape: [, channels, height, width], data }: Pixels,
  places: readonly PatchOrigin[],
  patch: number,
  fill: number,
): Pixels {
  const all = new Float32Array(places.length * data.length);
  for (const [i, { top, left }] of places.entries()) {
    all.set(data, i * data.length);
    for (let row = 0; row < channels * patch; row += 1) {
      const [channel, y] = [Math.floor(row / patch), top + (row % patch)];
      const start = i * data.length + (channel * height + y) * width + left;
      all.fill(fill, start, start + patch);
    }
  }
  return { shape: [places.length, channels, height, width], data: all };
}
