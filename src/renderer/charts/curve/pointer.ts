/**
 * The pointer's effects on a chart's view, apart from zooming: moving the cursor, pinning it by a click, panning
 * sideways.
 */
import type { ChartView } from '../chartView.svelte.ts';
import type { ChartJsLineChart } from '../../plot/chartJs.ts';
import { oncePerFrame } from '../../plot/frame.ts';

/** Pixels beyond which a press is a drag and not a click. */
const clickRadius = 4;

/** Returns the function that stops it. */
export function followPointer(
  canvas: HTMLCanvasElement,
  chart: ChartJsLineChart,
  view: ChartView,
): () => void {
  const valueAt = (event: MouseEvent): number | null => {
    const { left, right } = chart.chartArea;
    const x = event.clientX - canvas.getBoundingClientRect().left;
    if (x < left - clickRadius || x > right + clickRadius) return null;
    return chart.scales['x']!.getValueForPixel(Math.min(right, Math.max(left, x))) ?? null;
  };
  // Values are read once a frame, however often the pointer moves.
  let pointed: number | null = null;
  const frame = oncePerFrame(() => view.point(pointed));
  const leave = () => {
    frame.cancel();
    view.point(null);
  };
  let pressed: { x: number; y: number } | null = null;
  const listeners = {
    // The cursor rests during a drag, because the values under it change with every frame.
    pointermove: (event: PointerEvent) => {
      if (event.buttons !== 0) return;
      pointed = valueAt(event);
      frame.request();
    },
    pointerleave: leave,
    pointerdown: (event: PointerEvent) => {
      leave();
      pressed = event.button === 0 && !event.shiftKey ? { x: event.clientX, y: event.clientY } : null;
    },
    pointerup: (event: PointerEvent) => {
      if (!pressed) return;
      const moved = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
      pressed = null;
      const x = valueAt(event);
      if (moved <= clickRadius && x !== null) view.pin(x);
    },
    dblclick: () => view.reset(),
    wheel: (event: WheelEvent) => {
      if (event.ctrlKey || view.range === null || Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      view.panBy(event.deltaX / Math.max(1, chart.chartArea.width));
    },
  };
  const entries = Object.entries(listeners) as [string, EventListener][];
  // These listeners run before the zoom plugin's, which would take a sideways wheel for a zoom.
  for (const [name, listener] of entries)
    canvas.addEventListener(name, listener, { passive: false, capture: true });
  return () => {
    frame.cancel();
    for (const [name, listener] of entries) canvas.removeEventListener(name, listener, { capture: true });
  };
}
