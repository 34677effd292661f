/**
 * Draws lines and points on a canvas from the points that a pyramid has picked. Chart.js's line elements cost a path of
 * thousands of corners for each run and a pass over every point's options; a noisy line looks the same as one bar for
 * each pixel column, from the column's lowest to its highest value, and a smooth one as short strokes. Chart.js keeps
 * scales, grid and labels.
 */
import type { PointStyle } from 'chart.js';
import { drawPoint } from 'chart.js/helpers';
import type { Point } from './data/decimate.ts';

/** The points of one curve in data units, and their style. */
export interface DataLine {
  data: Point[];
  borderColor: string;
  /** The fill of the points. */
  backgroundColor: string;
  /** Width in CSS pixels. */
  borderWidth: number;
  borderDash: readonly number[];
  borderCapStyle: CanvasLineCap;
  pointStyle: PointStyle;
  /** One radius for every point, or one for each. */
  pointRadius: number | readonly number[];
  /** False to draw points alone. */
  showLine: boolean;
  /** Lines of lower order are drawn over those of higher order. */
  order: number;
}

export const plainLine: Readonly<DataLine> = {
  data: [],
  borderColor: '',
  backgroundColor: '',
  borderWidth: 1,
  borderDash: [],
  borderCapStyle: 'butt',
  pointStyle: 'circle',
  pointRadius: 0,
  showLine: true,
  order: 0,
};

/** Maps data units to the canvas, in CSS pixels: x by `scale` and `offset`, y by a function. */
export interface Projection {
  readonly scale: number;
  readonly offset: number;
  y(value: number): number;
  readonly area: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

/** Pixels by which points may extend beyond the area. */
export const overhang = 8;
/** Pixels beyond the area, so that a line at its edge keeps its whole width. */
const lineOverhang = 1;
/** Number of corners in one stroke: the time of rasterising grows faster than their number. */
const strokeCorners = 48;

/** Paints the lines so that the first with the lowest order is drawn over all others. */
export function paintLines(
  context: CanvasRenderingContext2D,
  lines: readonly DataLine[],
  projection: Projection,
): void {
  const { area } = projection;
  const below = lines.map((line, place) => ({ line, place }));
  below.sort((a, b) => b.line.order - a.line.order || b.place - a.place);
  for (const { line } of below) {
    context.save();
    if (line.showLine) {
      clipTo(context, area, lineOverhang);
      if (isDense(line, projection.scale)) paintColumns(context, line, projection);
      else paintStrokes(context, line, projection);
      context.restore();
      context.save();
    }
    clipTo(context, area, overhang);
    paintPoints(context, line, projection);
    context.restore();
  }
}

function clipTo(
  context: CanvasRenderingContext2D,
  { left, top, right, bottom }: Projection['area'],
  by: number,
): void {
  context.beginPath();
  context.rect(left - by, top - by, right - left + 2 * by, bottom - top + 2 * by);
  context.clip();
}

/**
 * Returns the part of a line from `x` on, with the point before it. Dashes are counted from a line's beginning, and
 * points may differ in size, so such lines, which have few points, stay whole.
 */
export function tailOf(line: DataLine, x: number): DataLine {
  const { data, borderDash, pointRadius } = line;
  if (borderDash.length > 0 || typeof pointRadius !== 'number') return line;
  let low = 0;
  let high = data.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  return low <= 1 ? line : { ...line, data: data.slice(low - 1) };
}

/**
 * Returns whether a line is thin and has more corners than pixel columns; `scale` is in pixels per unit of the axis.
 */
export function isDense({ data, borderWidth, borderDash }: DataLine, scale: number): boolean {
  if (borderWidth > 1 || borderDash.length > 0 || data.length < 2) return false;
  return data.length > (data.at(-1)!.x - data[0]!.x) * scale;
}

/**
 * Paints one bar for each column of device pixels, over the line's extent in it. Every column is painted once, so that
 * a transparent colour is uniform.
 */
function paintColumns(context: CanvasRenderingContext2D, line: DataLine, projection: Projection): void {
  const { scale, offset, ratio } = projection;
  const width = 1 / ratio;
  context.fillStyle = line.borderColor;
  let column = NaN;
  let top = Infinity;
  let bottom = -Infinity;
  let lastY = NaN;
  const bar = (at: number, from: number, to: number) =>
    context.fillRect(at * width, from - width / 2, width, to - from + width);
  const end = () => {
    if (top <= bottom) bar(column, top, bottom);
  };
  for (const point of line.data) {
    const y = projection.y(point.y);
    const at = Math.floor((point.x * scale + offset) * ratio);
    if (at !== column) {
      // Neighbouring columns meet, and columns without a point contain the line that passes through them.
      const columns = at - column;
      const boundary = (index: number) => lastY + ((y - lastY) * (index - 0.5)) / columns;
      const joined = columns > 0 && !Number.isNaN(lastY) && !Number.isNaN(y);
      if (joined) {
        top = Math.min(top, boundary(1));
        bottom = Math.max(bottom, boundary(1));
      }
      end();
      for (let index = 1; joined && index < columns; index++) {
        const [from, to] = [boundary(index), boundary(index + 1)];
        bar(column + index, Math.min(from, to), Math.max(from, to));
      }
      column = at;
      top = joined ? boundary(columns) : Infinity;
      bottom = joined ? boundary(columns) : -Infinity;
    }
    if (y < top) top = y;
    if (y > bottom) bottom = y;
    lastY = y;
  }
  end();
}

function paintStrokes(context: CanvasRenderingContext2D, line: DataLine, projection: Projection): void {
  const { scale, offset } = projection;
  context.strokeStyle = line.borderColor;
  context.lineWidth = line.borderWidth;
  context.lineCap = line.borderCapStyle;
  context.lineJoin = 'round';
  context.setLineDash([...line.borderDash]);
  // In separate strokes, dashes would start over, and a transparent line would be darker where two strokes meet.
  const most = line.borderDash.length > 0 || line.borderWidth <= 1 ? Infinity : strokeCorners;
  let corners = 0;
  let lastX = 0;
  let lastY = 0;
  context.beginPath();
  for (const point of line.data) {
    const x = point.x * scale + offset;
    const y = projection.y(point.y);
    if (Number.isNaN(x) || Number.isNaN(y)) {
      if (corners > 0) context.stroke();
      context.beginPath();
      corners = 0;
      continue;
    }
    if (corners === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
    corners++;
    if (corners >= most) {
      context.stroke();
      context.beginPath();
      // The last piece is repeated, so that its joint with the next one lies within one stroke.
      context.moveTo(lastX, lastY);
      context.lineTo(x, y);
      corners = 2;
    }
    lastX = x;
    lastY = y;
  }
  if (corners > 0) context.stroke();
}

function paintPoints(context: CanvasRenderingContext2D, line: DataLine, projection: Projection): void {
  const { scale, offset, area } = projection;
  const { data, pointRadius } = line;
  if (pointRadius === 0) return;
  context.strokeStyle = line.borderColor;
  context.fillStyle = line.backgroundColor;
  context.setLineDash([]);
  for (const [index, point] of data.entries()) {
    const radius = typeof pointRadius === 'number' ? pointRadius : (pointRadius[index] ?? 0);
    const x = point.x * scale + offset;
    const y = projection.y(point.y);
    if (radius === 0 || Number.isNaN(y) || x < area.left - 1 || x > area.right + 1) continue;
    drawPoint(context, { pointStyle: line.pointStyle, radius, borderWidth: line.borderWidth }, x, y);
  }
}
