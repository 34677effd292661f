/** The drawing as strokes, and their rendering on a canvas. Coordinates are the canvas's own pixels. */
import type { Ink } from '../../../../shared/inspect/drawing/prepareDigit.ts';

/** Width and height of the canvas in pixels, whatever the screen's pixel ratio. */
export const padSide = 280;
/** The usual pen is as wide as MNIST's strokes at this size: 2.5 of 28 pixels. */
export const penWidth = { usual: 25, least: 10, most: 45 } as const;

export interface PenPoint {
  readonly x: number;
  readonly y: number;
}

export interface Stroke {
  readonly width: number;
  readonly points: PenPoint[];
}

function prepare(context: CanvasRenderingContext2D, width: number): void {
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = width;
  context.strokeStyle = '#000';
}

/** Draws the part of a stroke from the point before `from` on; a lone point is a dot. */
export function drawStroke(context: CanvasRenderingContext2D, { width, points }: Stroke, from = 0): void {
  const [first, ...rest] = points.slice(Math.max(0, from - 1));
  if (!first) return;
  prepare(context, width);
  context.beginPath();
  context.moveTo(first.x, first.y);
  if (rest.length === 0) context.lineTo(first.x, first.y);
  for (const { x, y } of rest) context.lineTo(x, y);
  context.stroke();
}

/** Redraws a whole drawing: its base, and its strokes in order. */
export function redraw(
  context: CanvasRenderingContext2D,
  base: Ink | null,
  strokes: readonly Stroke[],
): void {
  context.clearRect(0, 0, padSide, padSide);
  if (base) {
    const picture = context.createImageData(base.width, base.height);
    base.data.forEach((value, i) => (picture.data[4 * i + 3] = Math.round(255 * value)));
    context.putImageData(picture, 0, 0);
  }
  for (const stroke of strokes) drawStroke(context, stroke);
}

/** Opaque pixels are ink: the canvas is transparent elsewhere, and its colour is the theme's. */
export function inkOf(context: CanvasRenderingContext2D): Ink {
  const { data } = context.getImageData(0, 0, padSide, padSide);
  const ink = new Float32Array(padSide * padSide);
  for (let i = 0; i < ink.length; i += 1) ink[i] = data[4 * i + 3]! / 255;
  return { height: padSide, width: padSide, data: ink };
}
