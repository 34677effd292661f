/** Handles a chart's keys. Returns true if the key was one of them. */
import type { ChartView } from '../chartView.svelte.ts';

export function chartKey(view: ChartView, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const side = event.key === 'ArrowLeft' ? -1 : 1;
  switch (event.key) {
    case '+':
    case '=':
      view.zoomBy(1.5);
      return true;
    case '-':
    case '_':
      view.zoomBy(1 / 1.5);
      return true;
    case '0':
      view.reset();
      return true;
    case 'ArrowLeft':
    case 'ArrowRight':
      // If everything is visible, the cursor moves instead.
      if (event.shiftKey || view.range === null) view.moveCursor(0.01 * side);
      else view.panBy(0.1 * side);
      return true;
    case 'Enter':
    case ' ':
      view.pin(view.cursor ?? (view.shown.min + view.shown.max) / 2);
      return true;
    case 'Escape':
      if (view.cursor === null) return false;
      view.release();
      return true;
    default:
      return false;
  }
}
