/** Curves of several runs in one chart, with the baseline in a style of its own. */
import {
  type Frame,
  type Scale,
  escapeXml,
  framed,
  linearScale,
  plotArea,
  rangeOf,
  round,
  runColour,
} from './svg.ts';

export type ChartPoint = readonly [x: number, y: number];

export interface Line {
  readonly run: number;
  readonly label: string;
  /** Points in the order of x. A y that is no number is a gap. */
  readonly points: readonly ChartPoint[];
  readonly baseline: boolean;
}

/** Runs that differ only in their seed: their mean and range at each x. */
export interface Band {
  readonly run: number;
  readonly label: string;
  readonly points: readonly (readonly [x: number, mean: number, low: number, high: number])[];
}

export interface LineChart {
  readonly lines: readonly Line[];
  readonly bands: readonly Band[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  /** The highlighted run; the others are drawn faintly. */
  readonly lit: number | null;
  /** The value that runs should reach. */
  readonly target?: number | undefined;
}

/** Returns at most the smallest and the largest point of each pixel column: more points than pixels are invisible. */
function thinned(points: readonly ChartPoint[], columns: number): readonly ChartPoint[] {
  if (points.length <= 2 * columns) return points;
  const [first, last] = [points[0] as ChartPoint, points.at(-1) as ChartPoint];
  const span = last[0] - first[0] || 1;
  const kept: ChartPoint[] = [];
  let column = -1;
  let [low, high]: [ChartPoint, ChartPoint] = [first, first];
  const flush = () => {
    if (column < 0) return;
    kept.push(...(low[0] <= high[0] ? [low, high] : [high, low]));
  };
  for (const point of points) {
    const at = Math.min(columns - 1, Math.floor(((point[0] - first[0]) / span) * columns));
    if (at !== column) {
      flush();
      column = at;
      low = point;
      high = point;
    } else if (point[1] < low[1]) low = point;
    else if (point[1] > high[1]) high = point;
  }
  flush();
  return kept;
}

/**
 * Epochs, steps, images and seconds are formatted as whole numbers: a tick between two of them would have the next
 * one's label.
 */
function wholeTicks(scale: Scale): Scale {
  const ticks = scale.ticks.filter(Number.isInteger);
  return ticks.length > 0 ? { ...scale, ticks } : scale;
}

export function lineChart(chart: LineChart): string {
  const { lines, bands, width, height, lit, target } = chart;
  const area = plotArea(width, height);
  const xs = rangeOf(
    lines.flatMap(({ points }) => [points[0]?.[0] ?? NaN, points.at(-1)?.[0] ?? NaN]),
    0.01,
  );
  const values = [...lines.flatMap(({ points }) => points.map(([, y]) => y)), target ?? NaN];
  const frame: Frame = {
    ...chart,
    x: wholeTicks(linearScale(Math.max(0, xs[0]), xs[1], area.left, area.right, 6)),
    y: linearScale(...rangeOf(values), area.bottom, area.top),
  };
  const drawn = [
    ...bands.map((band) => bandPath(band, frame)),
    ...(target === undefined ? [] : [targetLine(target, frame)]),
    // The baseline is drawn last, so that no other line hides it.
    ...lines
      .toSorted((a, b) => Number(a.baseline) - Number(b.baseline))
      .map((line) => linePath(line, frame, lit)),
    ...bands.map((band) => meanPath(band, frame)),
  ];
  return framed(frame, chart.label, drawn.join(''));
}

function linePath(
  { run, label, points, baseline }: Line,
  { x, y, width }: Frame,
  lit: number | null,
): string {
  let pen = 'M';
  const path = thinned(points, width).flatMap(([px, py]) => {
    if (!Number.isFinite(py)) {
      pen = 'M';
      return [];
    }
    const command = `${pen}${x.place(px)} ${y.place(py)}`;
    pen = 'L';
    return [command];
  });
  const faint = lit !== null && lit !== run;
  const style =
    `stroke="${runColour(run)}" fill="none" stroke-linejoin="round" ` +
    `stroke-width="${baseline || lit === run ? 3 : 1.75}" opacity="${faint ? 0.2 : 1}"` +
    (baseline ? ' stroke-dasharray="7 4"' : '');
  const single = points.length === 1 && points[0] && Number.isFinite(points[0][1]);
  const dot = single
    ? `<circle cx="${x.place(points[0]?.[0] ?? 0)}" cy="${y.place(points[0]?.[1] ?? 0)}" r="3.5" fill="${runColour(run)}"/>`
    : '';
  return `<g data-run="${run}"><title>${escapeXml(label)}</title><path d="${path.join('')}" ${style}/>${dot}</g>`;
}

function bandPath({ run, points }: Band, { x, y }: Frame): string {
  const upper = points.map(([px, , , high]) => `${x.place(px)} ${y.place(high)}`);
  const lower = points.toReversed().map(([px, , low]) => `${x.place(px)} ${y.place(low)}`);
  return `<path d="M${[...upper, ...lower].join('L')}Z" fill="${runColour(run)}" opacity="0.15"/>`;
}

function meanPath({ run, label, points }: Band, { x, y }: Frame): string {
  const path = points.map(([px, mean]) => `${x.place(px)} ${y.place(mean)}`).join('L');
  return (
    `<g data-run="${run}"><title>${escapeXml(label)}</title><path d="M${path}" stroke="${runColour(run)}" fill="none" ` +
    'stroke-width="3.5" opacity="0.85"/></g>'
  );
}

function targetLine(target: number, { x, y }: Frame): string {
  const at = y.place(target);
  return `<line x1="${x.place(x.from)}" x2="${x.place(x.to)}" y1="${at}" y2="${at}" stroke="var(--ink-2)" stroke-dasharray="2 4"/>`;
}

/**
 * Returns mean and range at each x that all of `group` have; null for fewer than three, for which a band adds nothing
 * to the lines.
 */
export function bandOf(run: number, label: string, group: readonly (readonly ChartPoint[])[]): Band | null {
  if (group.length < 3) return null;
  const maps = group.map((points) => new Map(points));
  const shared = (group[0] ?? []).map(([x]) => x).filter((x) => maps.every((each) => each.has(x)));
  const points = shared.map((x) => {
    const values = maps.map((each) => each.get(x) as number);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return [x, round(mean * 1e6) / 1e6, Math.min(...values), Math.max(...values)] as const;
  });
  return points.length > 0 ? { run, label, points } : null;
}
