/** The extra width of the picture that replaces a chart while it is panned (strip.ts). */
import type { Range } from './xAxis.ts';

/** Width beyond each end of the visible range, as a fraction of it. */
const margin = 0.6;
/** A wider canvas, in its own pixels, takes more memory than a smooth pan is worth. */
const widest = 8192;
/** CSS pixels that are whole device pixels also at a ratio of 1¼ or 1½. */
export const wholePixels = 4;

/**
 * Returns the pixels that a picture has beyond either end of the visible range, which is `pixels` wide, as multiples of
 * `wholePixels`; no more than the full range needs.
 */
export function marginsOf(
  { min, max }: Range,
  full: Range,
  pixels: number,
  ratio: number,
): { readonly left: number; readonly right: number } {
  const room = Math.max(0, Math.floor((widest / ratio - pixels) / 2));
  const most = Math.min(room, Math.round(pixels * margin));
  const scale = pixels / (max - min);
  const whole = (length: number) => Math.ceil(length / wholePixels) * wholePixels;
  const within = (distance: number) => whole(Math.min(most, Math.max(0, distance * scale)));
  return { left: within(min - full.min), right: within(full.max - max) };
}
