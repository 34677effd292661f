/** The picture that replaces a chart while it is panned: a wider picture of its plot over a still one of the rest. */
import type { ChartOptions } from 'chart.js';
import type { ChartJsLineChart } from '../../plot/chartJs.ts';
import { Still, Strip } from './strip.ts';
import type { Range } from '../../plot/xAxis.ts';

/**
 * A picture that is made in advance takes a frame of its own for each chart, because linked charts reach their ends at
 * the same time.
 */
let prepared = -1;
function mayPrepare(): boolean {
  const now = Number(document.timeline.currentTime ?? performance.now());
  if (now === prepared) return false;
  prepared = now;
  return true;
}

export class MovedPicture {
  readonly #chart: ChartJsLineChart;
  #strip: Strip | null = null;
  #still: Still | null = null;
  /** The chart's own canvas has no lines now. */
  isStill = false;

  constructor(chart: ChartJsLineChart) {
    this.#chart = chart;
  }

  get isThere(): boolean {
    return this.#strip !== null;
  }

  /**
   * Shows `x`, and makes a picture if the current one does not contain it: `options` and `drawData` as for a `Strip`.
   */
  show(
    x: Range,
    full: Range,
    options: (range: Range) => ChartOptions<'line'>,
    drawData: (wide: ChartJsLineChart, range: Range) => void,
  ): void {
    if (this.#strip?.holds(x) && !(this.#strip.isNearEnd(x) && mayPrepare())) {
      this.#strip.show(x);
      return;
    }
    const before = this.#strip;
    this.#strip = new Strip(this.#chart, x, full, options, drawData);
    before?.remove();
    if (this.#still) return;
    this.isStill = true;
    this.#chart.draw();
    this.#still = new Still(this.#chart);
  }

  remove(): void {
    this.#strip?.remove();
    this.#still?.remove();
    this.#strip = null;
    this.#still = null;
    this.isStill = false;
  }
}
