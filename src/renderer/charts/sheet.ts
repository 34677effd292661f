/**
 * Lines as a picture that is wider than the chart, for while it is moved sideways: a frame then lays the picture a bit
 * farther on, instead of drawing every line anew.
 */
import { type DataLine, type Projection, overhang, paintLines } from './dataLayer.ts';
import type { Range } from './xAxis.ts';

/** Beyond each end of what is in sight, as a part of it. */
const margin = 0.6;

export class Sheet {
  readonly range: Range;
  readonly #canvas = document.createElement('canvas');
  readonly #projection: Projection;

  /** `projection` is the chart's; `range`, in data's units, what the picture is to hold: see `rangeAround`. */
  constructor(lines: readonly DataLine[], projection: Projection, range: Range) {
    const { scale, area, ratio } = projection;
    this.range = range;
    this.#projection = projection;
    const width = (range.max - range.min) * scale;
    const height = area.bottom - area.top;
    this.#canvas.width = Math.ceil((width + 2 * overhang) * ratio);
    this.#canvas.height = Math.ceil((height + 2 * overhang) * ratio);
    const context = this.#canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    context.translate(0, overhang - area.top);
    paintLines(context, lines, {
      ...projection,
      offset: overhang - range.min * scale,
      area: { left: overhang, right: overhang + width, top: area.top, bottom: area.bottom },
    });
  }

  /** As long as a chart's projection differs from the one it was made for by `offset` alone. */
  holds({ min, max }: Range): boolean {
    const slack = (max - min) * 1e-6;
    return min >= this.range.min - slack && max <= this.range.max + slack;
  }

  /** Lays it under the chart that shows values from `min` on. */
  layOn(context: CanvasRenderingContext2D, min: number): void {
    const { scale, area, ratio } = this.#projection;
    const width = area.right - area.left;
    const height = area.bottom - area.top;
    // Whole device pixels: in between the picture would be blurred.
    const x = Math.round((area.left - overhang - (min - this.range.min) * scale) * ratio) / ratio;
    context.save();
    context.beginPath();
    context.rect(area.left - 1, area.top - overhang, width + 2, height + 2 * overhang);
    context.clip();
    context.imageSmoothingEnabled = false;
    const { width: pixels, height: lines } = this.#canvas;
    context.drawImage(this.#canvas, x, area.top - overhang, pixels / ratio, lines / ratio);
    context.restore();
  }
}

export function rangeAround({ min, max }: Range, full: Range): Range {
  const by = (max - min) * margin;
  return {
    min: Math.min(min, Math.max(full.min, min - by)),
    max: Math.max(max, Math.min(full.max, max + by)),
  };
}
