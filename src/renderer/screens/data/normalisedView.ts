/** Maps normalised pixels to grey levels: −3 standard deviations are black, 0 is in the middle, 3 are white. */
import type { DatasetImages } from '../../../shared/api/calls/datasets.ts';

const reach = 3;

export function normalisedView(
  images: DatasetImages,
  { mean, deviation }: { readonly mean: readonly number[]; readonly deviation: readonly number[] },
): DatasetImages {
  const { channels } = images;
  const pixels = images.pixels.map((pixel, i) => {
    const channel = i % channels;
    const value = (pixel / 255 - (mean[channel] as number)) / (deviation[channel] as number);
    return Math.min(255, Math.max(0, Math.round(((value + reach) / (2 * reach)) * 255)));
  });
  return { ...images, pixels };
}
