/**
 * Grad-CAM (Selvaraju et al. 2017) of one image: the sum of a layer's maps, each weighted by the mean gradient of the
 * class's logit over it. Positive values support the class; the paper then applies ReLU, which is left to the caller.
 */
import type { MapShape } from '../layers/layer.ts';

/** `maps` and `gradient` are channels × height × width; returns height × width. */
export function gradCam(
  { channels, height, width }: MapShape,
  maps: Float32Array,
  gradient: Float32Array,
): Float32Array {
  const area = height * width;
  const sum = new Float64Array(area);
  for (let channel = 0; channel < channels; channel += 1) {
    const from = channel * area;
    let weight = 0;
    for (let i = 0; i < area; i += 1) weight += (gradient[from + i] as number) / area;
    for (let i = 0; i < area; i += 1) sum[i] = (sum[i] as number) + weight * (maps[from + i] as number);
  }
  return Float32Array.from(sum);
}
