/** Names of a chart's lines in its legend. */
import { m } from '../../paraglide/messages.js';
import type { LineKind } from '../chartView.svelte.ts';

const labels: Record<LineKind, () => string> = {
  batch: m.legend_batch,
  smoothed: m.watch_legend_smoothed,
  running: m.legend_running,
  testLoss: m.legend_test,
  validationLoss: m.watch_legend_validation,
  testAccuracy: m.legend_test,
  validationAccuracy: m.watch_legend_validation,
};

export function kindLabel(kind: LineKind): string {
  return labels[kind]();
}
