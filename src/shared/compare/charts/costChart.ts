/**
 * Accuracy against a cost, with the Pareto front as a step line: a straight line between two nets would suggest nets
 * that do not exist.
 */
import { paretoFront } from '../pareto.ts';
import { framed, linearScale, marker, plotArea, rangeOf } from './svg.ts';

export interface CostChart {
  readonly points: readonly {
    readonly run: number;
    readonly label: string;
    readonly cost: number;
    readonly accuracy: number;
    /** 95% interval of the accuracy. */
    readonly interval: readonly [number, number];
  }[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly lit: number | null;
}

export function costChart(chart: CostChart): string {
  const { width, height, lit } = chart;
  const points = chart.points.filter(({ cost }) => Number.isFinite(cost));
  const area = plotArea(width, height);
  const x = linearScale(0, 1.05 * Math.max(0, ...points.map(({ cost }) => cost)), area.left, area.right);
  const y = linearScale(...rangeOf(points.flatMap(({ interval }) => [...interval])), area.bottom, area.top);
  const front = paretoFront(points).map((place) => points[place] as (typeof points)[number]);
  let stairs = '';
  front.forEach(({ cost, accuracy }, i) => {
    const next = front[i + 1];
    stairs += `${i === 0 ? 'M' : 'L'}${x.place(cost)} ${y.place(accuracy)}H${next ? x.place(next.cost) : area.right}`;
  });
  const drawn = points.map(({ run, label, cost, accuracy, interval: [low, high] }) => {
    const [px, py] = [x.place(cost), y.place(accuracy)];
    return (
      `<g opacity="${lit === null || lit === run ? 1 : 0.25}"><line x1="${px}" x2="${px}" y1="${y.place(low)}" y2="${y.place(high)}" stroke="var(--ink-3)"/>` +
      `${marker(run, px, py, label)}</g>`
    );
  });
  const path = `<path d="${stairs}" fill="none" stroke="var(--accent)" stroke-width="1.5" stroke-dasharray="5 3"/>`;
  return framed({ ...chart, x, y }, chart.label, path + drawn.join(''));
}
