/**
 * The picture of a chart while it is panned: the same chart drawn wider, with its grid, lines, marks and tick labels. A
 * frame then only moves the picture, without drawing or layout, and everything in it keeps its place on the data. The
 * still parts, the value axis and the title, belong to the chart below it.
 */
import type { ChartOptions } from 'chart.js';
import { type ChartJsLineChart, createWideChart, tickPadding } from '../../plot/chartJs.ts';
import { marginsOf, wholePixels } from '../../plot/margins.ts';
import type { Range } from '../../plot/xAxis.ts';

/**
 * Fraction of the visible range that must remain before a picture's end; closer to it, a new picture is made in
 * advance.
 */
const near = 0.15;
/** Height of the tick labels' line, and the width over which they fade at either end; in pixels. */
const wordHeight = 16;
const wordFade = 28;

export class Strip {
  /** The range of the picture, in data units. */
  readonly range: Range;
  readonly #full: Range;
  /** CSS pixels per unit, and device pixels per CSS pixel. */
  readonly #scale: number;
  readonly #ratio: number;
  readonly #frames: readonly HTMLElement[];
  readonly #moving: readonly HTMLCanvasElement[];

  /**
   * Makes the picture of a `chart` that shows `shown` of `full`. `options` returns the options for a range, `drawData`
   * draws that range's lines.
   */
  constructor(
    chart: ChartJsLineChart,
    shown: Range,
    full: Range,
    options: (range: Range) => ChartOptions<'line'>,
    drawData: (wide: ChartJsLineChart, range: Range) => void,
  ) {
    const { chartArea: area, currentDevicePixelRatio: ratio, width, height } = chart;
    const pixels = area.right - area.left;
    const scale = pixels / (shown.max - shown.min);
    // Margins are whole pixels: when the pan begins, every line keeps the pixels on which it was.
    const { left, right: wanted } = marginsOf(shown, full, pixels, ratio);
    const right = wanted + wholePixels - (width % wholePixels);
    this.range = { min: shown.min - left / scale, max: shown.max + right / scale };
    this.#full = full;
    this.#scale = scale;
    this.#ratio = ratio;
    const picture = document.createElement('canvas');
    picture.width = width + left + right;
    picture.height = height;
    const wide = createWideChart(picture, options(this.range), ratio, (each) => drawData(each, this.range));
    const wordsTop = Math.round(area.bottom) + tickPadding;
    const lines = copyOf(picture, 0, wordsTop, ratio);
    const words = copyOf(picture, wordsTop, wordHeight, ratio);
    wide.destroy();

    // The value axis's own line stays visible.
    const plotLeft = Math.ceil(area.left + 0.5);
    const plotRight = Math.ceil(area.right);
    const wordsLeft = Math.max(0, plotLeft - wordFade);
    const plot = frameOf(lines, 'strip', plotLeft, 0, plotRight - plotLeft, wordsTop);
    const below = frameOf(
      words,
      'strip words',
      wordsLeft,
      wordsTop,
      plotRight + wordFade - wordsLeft,
      wordHeight,
    );
    this.#frames = [plot, below];
    this.#moving = [lines, words];
    this.show(shown);
    chart.canvas.parentElement!.append(plot, below);
  }

  holds({ min, max }: Range): boolean {
    const slack = (max - min) * 1e-6;
    return min >= this.range.min - slack && max <= this.range.max + slack;
  }

  /** Returns whether continuing the pan will soon need another picture. */
  isNearEnd({ min, max }: Range): boolean {
    const by = (max - min) * near;
    const { range } = this;
    return (
      (min - by < range.min && range.min > this.#full.min) ||
      (max + by > range.max && range.max < this.#full.max)
    );
  }

  /** Moves the picture to where the chart shows values from `min` on. */
  show({ min }: Range): void {
    // Positions are whole device pixels: in between, the picture would be blurred.
    const x = Math.round((this.range.min - min) * this.#scale * this.#ratio) / this.#ratio;
    for (const canvas of this.#moving) canvas.style.transform = `translate(${x}px, 0)`;
  }

  remove(): void {
    for (const frame of this.#frames) frame.remove();
  }
}

/**
 * The still parts of a chart while it is panned, in place of its canvas: without a graphics card a browser copies a
 * drawable canvas in every frame, even if nothing is drawn; a bitmap is transferred once.
 */
export class Still {
  readonly #canvas: HTMLCanvasElement;
  readonly #copy: HTMLCanvasElement;

  constructor({ canvas, height, currentDevicePixelRatio: ratio }: ChartJsLineChart) {
    this.#canvas = canvas;
    this.#copy = copyOf(canvas, 0, height, ratio);
    this.#copy.className = 'still';
    this.#copy.ariaHidden = 'true';
    canvas.after(this.#copy);
    // The canvas is transparent rather than hidden, so that it keeps receiving the pointer.
    canvas.style.opacity = '0';
  }

  remove(): void {
    this.#copy.remove();
    this.#canvas.style.opacity = '';
  }
}

/**
 * Copies the full-width part of a canvas below `top`, `height` high; the canvas has `ratio` pixels to a pixel of the
 * page.
 */
function copyOf(source: HTMLCanvasElement, top: number, height: number, ratio: number): HTMLCanvasElement {
  const bitmap = new OffscreenCanvas(source.width, Math.ceil(height * ratio));
  bitmap.getContext('2d')!.drawImage(source, 0, -Math.round(top * ratio));
  const copy = document.createElement('canvas');
  copy.width = bitmap.width;
  copy.height = bitmap.height;
  copy.style.width = `${bitmap.width / ratio}px`;
  copy.style.height = `${bitmap.height / ratio}px`;
  copy.getContext('bitmaprenderer')!.transferFromImageBitmap(bitmap.transferToImageBitmap());
  return copy;
}

/** Makes a frame that clips `canvas`; its corner stays at the chart's. */
function frameOf(
  canvas: HTMLCanvasElement,
  name: string,
  left: number,
  top: number,
  width: number,
  height: number,
): HTMLElement {
  const frame = document.createElement('div');
  frame.className = name;
  frame.ariaHidden = 'true';
  Object.assign(frame.style, {
    left: `${left}px`,
    top: `${top}px`,
    width: `${width}px`,
    height: `${height}px`,
  });
  canvas.style.left = `${-left}px`;
  frame.append(canvas);
  return frame;
}
