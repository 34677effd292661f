/** Events of runs (paused, resumed, another learning rate) as vertical lines across a chart with labels above it. */
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { Trace } from '../../plot/data/trace.ts';
import { runColour } from '../../plot/data/trace.ts';
import type { ChartView } from '../chartView.svelte.ts';
import type { Scene } from './curvePlot.ts';

/** Largest number of runs whose lines are labelled: with more, nobody could tell whose labels they are. */
const mostNamed = 2;
/** Approximate width of a letter in pixels; Chinese characters take twice as much. */
const letterWidth = 6;
const padding = 4;

interface EventLine {
  readonly id: string;
  readonly run: number;
  readonly x: number;
  readonly label: string;
  readonly quiet: boolean;
}

/** Returns whether there are labels above the chart: they are never drawn over its curves. */
export function hasEventWords(traces: readonly Trace[], view: ChartView): boolean {
  return (
    traces.length <= mostNamed &&
    traces.some((trace) => !view.hiddenRuns.has(trace.run) && trace.events().some(({ quiet }) => !quiet))
  );
}

export function eventLines(
  scene: Scene,
  view: ChartView,
  withWords: boolean,
): Record<string, AnnotationOptions> {
  const { traces, palette } = scene;
  const events = eventsIn(scene, view);
  const marks: Record<string, AnnotationOptions> = {};
  for (const { id, run, x, quiet } of events) {
    marks[id] = {
      type: 'line',
      xMin: x,
      xMax: x,
      borderColor: palette.run(runColour(run)),
      borderWidth: 1,
      borderDash: quiet ? [1, 4] : [6, 3],
    };
  }
  if (!withWords || traces.length > mostNamed) return marks;
  for (const { id, x, label } of withRoom(
    events.filter(({ quiet }) => !quiet),
    scene,
  )) {
    const place = (x - scene.shown.min) / (scene.shown.max - scene.shown.min);
    marks[`${id}-words`] = {
      type: 'label',
      xValue: x,
      yValue: ({ chart }) => chart.scales['y']!.max,
      yAdjust: -2,
      position: { x: place > 0.9 ? 'end' : place < 0.1 ? 'start' : 'center', y: 'end' },
      content: label,
      color: palette.ink,
      padding: { x: padding, y: 1 },
      font: { family: palette.font, size: 11, weight: 'normal' },
    };
  }
  return marks;
}

function eventsIn({ traces, mappings, range }: Scene, view: ChartView): readonly EventLine[] {
  return traces.flatMap((trace, index) => {
    const { run } = trace;
    if (view.hiddenRuns.has(run)) return [];
    return trace.events().flatMap(({ step, label, quiet }, place): EventLine[] => {
      const x = mappings[index]!.toX(step);
      // Marks may be drawn outside the plot, so those beyond its range are left out here.
      return x >= range.min && x <= range.max ? [{ id: `${run}-${place}`, run, x, label, quiet }] : [];
    });
  });
}

/** Returns the events whose labels do not overlap another's; of two that would, the later one is labelled. */
function withRoom(events: readonly EventLine[], { scale }: Scene): readonly EventLine[] {
  let free = Infinity;
  return events
    .toSorted((a, b) => b.x - a.x)
    .filter(({ x, label }) => {
      const half = widthOf(label) / 2;
      if (x * scale + half > free) return false;
      free = x * scale - half;
      return true;
    });
}

function widthOf(label: string): number {
  const letters = [...label].reduce((sum, letter) => sum + (letter > '\u2e80' ? 2 : 1), 0);
  return letters * letterWidth + 2 * padding;
}
