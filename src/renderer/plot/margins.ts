/** How much wider than a chart the picture is that is moved in its place (strip.ts). */
import type { Range } from './xAxis.ts';

/** Beyond each end of what is in sight, as a part of it. */
const margin = 0.6;
/** A canvas that is wider, in its own pixels, takes more memory than a smooth move is worth. */
const widest = 8192;
/** Pixels of the page that are whole pixels of the screen also where that has 1¼ or 1½ of them to one. */
export const wholePixels = 4;

/**
 * How many pixels a picture has beyond either end of what is in sight, `pixels` wide, as multiples of `wholePixels`; not
 * further beyond what there is than that takes.
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
