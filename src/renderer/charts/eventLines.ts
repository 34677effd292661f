/** What happened to runs on their way (paused, resumed, another learning rate), as lines across a chart. */
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { ChartView } from './chartView.svelte.ts';
import type { Palette } from '../plot/palette.ts';
import { type Trace, runColour } from '../plot/trace.ts';
import type { Mapping } from './xAxis.ts';

/** With more runs than this the words would lie over one another; the lines stay. */
const mostNamed = 2;

export function eventLines(
  traces: readonly Trace[],
  mappings: readonly Mapping[],
  view: ChartView,
  palette: Palette,
): Record<string, AnnotationOptions> {
  const lines: Record<string, AnnotationOptions> = {};
  for (const [index, trace] of traces.entries()) {
    const { run } = trace;
    if (view.hiddenRuns.has(run)) continue;
    for (const [place, { step, label, quiet }] of trace.events().entries()) {
      const x = mappings[index]!.toX(step);
      if (!Number.isFinite(x)) continue;
      lines[`${run}-${place}`] = {
        type: 'line',
        xMin: x,
        xMax: x,
        borderColor: palette.run(runColour(run)),
        borderWidth: 1,
        borderDash: quiet ? [1, 4] : [6, 3],
        label: {
          display: !quiet && traces.length <= mostNamed,
          content: label,
          position: 'start',
          color: palette.ink,
          backgroundColor: palette.card,
          borderColor: palette.line,
          borderWidth: 1,
          borderRadius: 4,
          padding: { x: 6, y: 3 },
          font: { family: palette.font, size: 11, weight: 'normal' },
        },
      };
    }
  }
  return lines;
}
