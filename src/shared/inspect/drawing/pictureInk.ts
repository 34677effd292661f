/**
 * Finds the ink of a digit in a picture: a photograph or a scan, dark on light paper or light on dark, even if the
 * paper is unevenly lit. It has no I/O: pixels in, ink out.
 */
import type { Ink } from './prepareDigit.ts';

/** Red, green, blue and opacity, one byte each, row by row: a canvas' `ImageData`. */
export interface PicturePixels {
  readonly height: number;
  readonly width: number;
  readonly data: ArrayLike<number>;
}

/**
 * Size of the neighbourhood in which the paper around a pixel is estimated, as a fraction of the picture's shorter
 * side.
 */
const paperShare = 1 / 6;
/** Least contrast of ink, for brightness from 0 to 1; a lower one is noise. */
const leastContrast = 0.08;
/** Spots smaller than this fraction of the largest stroke are dust. */
const dustShare = 0.06;

/** Returns null if nothing in the picture contrasts with its paper. */
export function inkOfPicture(picture: PicturePixels): Ink | null {
  const { height, width } = picture;
  const light = brightness(picture);
  // Below, ink has high values, whatever the paper.
  const dark = inkIsDark(light, height, width) ? light.map((value) => 1 - value) : light;
  const contrast = withoutPaper(dark, height, width);
  const most = contrast.reduce((best, value) => Math.max(best, value), 0);
  if (most < leastContrast) return null;
  const threshold = Math.max(leastContrast, otsu(contrast, most));
  const kept = withoutDust(contrast, threshold, height, width);
  const [low, high] = [threshold / 2, Math.max(threshold, 0.8 * most)];
  const data = contrast.map((value, i) =>
    kept[i] ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0,
  );
  return { height, width, data };
}

/** Returns the Rec. 709 luma of the picture on white paper. */
function brightness({ height, width, data }: PicturePixels): Float32Array {
  return Float32Array.from({ length: height * width }, (_, i) => {
    const at = (channel: number) => data[4 * i + channel] as number;
    const opacity = at(3) / 255;
    const luma = (0.2126 * at(0) + 0.7152 * at(1) + 0.0722 * at(2)) / 255;
    return opacity * luma + (1 - opacity);
  });
}

/**
 * Returns whether ink is dark: ink is the few pixels that differ strongly from their surroundings, and the sign of the
 * difference decides.
 */
function inkIsDark(light: Float32Array, height: number, width: number): boolean {
  const around = boxMean(light, height, width, reachOf(height, width));
  return light.reduce((sum, value, i) => sum + (value - (around[i] as number)) ** 3, 0) < 0;
}

const reachOf = (height: number, width: number) =>
  Math.max(2, Math.round(paperShare * Math.min(height, width)));

/** Returns each pixel's excess over the paper around it, which is the mean of the pixels below the local mean. */
function withoutPaper(values: Float32Array, height: number, width: number): Float32Array {
  const reach = reachOf(height, width);
  const around = boxMean(values, height, width, reach);
  const isPaper = values.map((value, i) => (value <= (around[i] as number) + 1e-6 ? 1 : 0));
  const paperSum = boxMean(
    values.map((value, i) => value * (isPaper[i] as number)),
    height,
    width,
    reach,
  );
  const paperCount = boxMean(isPaper, height, width, reach);
  return values.map((value, i) => {
    const count = paperCount[i] as number;
    const paper = count > 0 ? (paperSum[i] as number) / count : (around[i] as number);
    return Math.max(0, value - paper);
  });
}

/** Returns the mean over a square of side 2·reach + 1, clipped at the edges, by a summed-area table. */
function boxMean(values: Float32Array, height: number, width: number, reach: number): Float32Array {
  const sums = new Float64Array((height + 1) * (width + 1));
  for (let row = 0; row < height; row += 1) {
    let line = 0;
    for (let column = 0; column < width; column += 1) {
      line += values[row * width + column] as number;
      sums[(row + 1) * (width + 1) + column + 1] = line + (sums[row * (width + 1) + column + 1] as number);
    }
  }
  const at = (row: number, column: number) => sums[row * (width + 1) + column] as number;
  return Float32Array.from(values, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const [top, bottom] = [Math.max(0, row - reach), Math.min(height, row + reach + 1)];
    const [left, right] = [Math.max(0, column - reach), Math.min(width, column + reach + 1)];
    const sum = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left);
    return sum / ((bottom - top) * (right - left));
  });
}

/** Otsu 1979: the threshold that splits the histogram into the two classes with the largest variance between them. */
function otsu(values: Float32Array, most: number): number {
  const bins = 256;
  const counts = new Float64Array(bins);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value / most) * bins));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const total = values.length;
  const all = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [below, sumBelow, best, threshold] = [0, 0, -1, 0];
  counts.forEach((count, bin) => {
    below += count;
    sumBelow += count * bin;
    if (below === 0 || below === total) return;
    const apart = sumBelow / below - (all - sumBelow) / (total - below);
    const between = below * (total - below) * apart * apart;
    if (between > best) [best, threshold] = [between, bin];
  });
  return ((threshold + 1) / bins) * most;
}

/**
 * Returns which pixels belong to a stroke: connected regions above the threshold without specks, with the rim of each
 * stroke.
 */
function withoutDust(contrast: Float32Array, threshold: number, height: number, width: number): Uint8Array {
  const regions = new Int32Array(contrast.length).fill(-1);
  const areas: number[] = [];
  for (let start = 0; start < contrast.length; start += 1) {
    if ((contrast[start] as number) < threshold || regions[start] !== -1) continue;
    const waiting = [start];
    regions[start] = areas.length;
    let area = 0;
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      area += 1;
      for (const next of neighbours(i, height, width)) {
        if ((contrast[next] as number) < threshold || regions[next] !== -1) continue;
        regions[next] = areas.length;
        waiting.push(next);
      }
    }
    areas.push(area);
  }
  const smallest = dustShare * Math.max(0, ...areas);
  const kept = new Uint8Array(contrast.length);
  regions.forEach((region, i) => {
    if (region < 0 || (areas[region] as number) < smallest) return;
    kept[i] = 1;
    for (const next of neighbours(i, height, width)) kept[next] = 1;
  });
  return kept;
}

function neighbours(i: number, height: number, width: number): number[] {
  const [row, column] = [Math.floor(i / width), i % width];
  const found = [];
  for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y += 1) {
    for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x += 1) {
      if (y !== row || x !== column) found.push(y * width + x);
    }
  }
  return found;
}
