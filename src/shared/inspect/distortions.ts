/**
 * Changes of an image that a net should withstand, by a strength. Images are channels × height × width with pixels in
 * [0, 1]; what comes from outside the image is 0, as torchvision fills it.
 */

export const distortions = ['fgsm', 'shift', 'rotation', 'blur', 'contrast'] as const;
export type Distortion = (typeof distortions)[number];

export interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

interface Range {
  readonly low: number;
  readonly high: number;
  readonly step: number;
  /** Every how many steps the accuracy over the test set is measured. */
  readonly every: number;
  /** The strength that changes nothing. */
  readonly none: number;
}

/** Strengths: the largest change of a pixel, pixels to the right, degrees, standard deviation in pixels, share of the contrast that is left. */
export const strengthRanges: Readonly<Record<Distortion, Range>> = {
  fgsm: { low: 0, high: 0.5, step: 0.01, every: 5, none: 0 },
  shift: { low: -10, high: 10, step: 1, every: 2, none: 0 },
  rotation: { low: -90, high: 90, step: 5, every: 3, none: 0 },
  blur: { low: 0, high: 3, step: 0.1, every: 3, none: 0 },
  contrast: { low: 0, high: 1, step: 0.05, every: 2, none: 1 },
};

/** Returns all strengths, ascending; with `sparse` those at which the accuracy over the test set is measured. */
export function strengthsOf(distortion: Distortion, sparse = false): number[] {
  const { low, high, step, every } = strengthRanges[distortion];
  const by = sparse ? every : 1;
  const count = Math.round((high - low) / step);
  return Array.from({ length: Math.floor(count / by) + 1 }, (_, i) =>
    Number((low + i * by * step).toFixed(4)),
  );
}

/**
 * Returns the changed image. `gradient` is that of the loss with respect to each pixel, which only `fgsm` needs: the fast
 * gradient sign method (Goodfellow et al. 2015) moves each pixel by the strength in the direction that raises the loss.
 */
export function distort(
  distortion: Distortion,
  image: Float32Array,
  size: ImageSize,
  strength: number,
  gradient: Float32Array | null = null,
): Float32Array {
  switch (distortion) {
    case 'fgsm':
      if (!gradient) throw new Error('the fast gradient sign method needs the gradient of the loss');
      return image.map((value, i) => clip(value + strength * Math.sign(gradient[i] as number)));
    case 'shift':
      return resampled(image, size, (row, column) => [row, column - strength]);
    case 'rotation':
      return rotated(image, size, strength);
    case 'blur':
      return blurred(image, size, strength);
    case 'contrast': {
      const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
      return image.map((value) => clip(mean + strength * (value - mean)));
    }
  }
}

const clip = (value: number) => Math.max(0, Math.min(1, value));

/** Rotates counter-clockwise about the middle. */
function rotated(image: Float32Array, size: ImageSize, degrees: number): Float32Array {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const middle = [(size.height - 1) / 2, (size.width - 1) / 2] as const;
  return resampled(image, size, (row, column) => {
    const y = row - middle[0];
    const x = column - middle[1];
    return [middle[0] + cos * y + sin * x, middle[1] - sin * y + cos * x];
  });
}

/** Takes each pixel from where `from` says, with bilinear interpolation. */
function resampled(
  image: Float32Array,
  { channels, height, width }: ImageSize,
  from: (row: number, column: number) => readonly [number, number],
): Float32Array {
  const result = new Float32Array(image.length);
  const area = height * width;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const [y, x] = from(row, column);
      const [top, left] = [Math.floor(y), Math.floor(x)];
      const [down, right] = [y - top, x - left];
      for (let channel = 0; channel < channels; channel += 1) {
        const at = (r: number, c: number) =>
          r < 0 || c < 0 || r >= height || c >= width ? 0 : (image[channel * area + r * width + c] as number);
        result[channel * area + row * width + column] =
          (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1)) +
          down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1));
      }
    }
  }
  return result;
}

/** Blurs with a Gaussian cut off at three deviations; at the edges its weights within the image are used alone. */
function blurred(
  image: Float32Array,
  { channels, height, width }: ImageSize,
  deviation: number,
): Float32Array {
  if (deviation <= 0) return image.slice();
  const radius = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation * deviation)),
  );
  /** Blurs lines of `length` pixels that are `step` apart; `starts` are their first pixels. */
  const along = (source: Float32Array, starts: readonly number[], length: number, step: number) => {
    const result = new Float32Array(source.length);
    for (const start of starts) {
      for (let i = 0; i < length; i += 1) {
        let sum = 0;
        let total = 0;
        for (let k = Math.max(0, i - radius); k <= Math.min(length - 1, i + radius); k += 1) {
          const weight = weights[k - i + radius] as number;
          sum += weight * (source[start + k * step] as number);
          total += weight;
        }
        result[start + i * step] = sum / total;
      }
    }
    return result;
  };
  const rows = Array.from({ length: channels * height }, (_, row) => row * width);
  const columns = Array.from(
    { length: channels * width },
    (_, i) => Math.floor(i / width) * height * width + (i % width),
  );
  return along(along(image, rows, width, 1), columns, height, width);
}
