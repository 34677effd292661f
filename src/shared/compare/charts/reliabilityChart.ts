/** The reliability diagrams of several nets in one: accuracy over mean confidence, a point a bin that is not empty. */
import type { Calibration } from '../../statistics/calibration.ts';
import { escapeXml, framed, linearScale, marker, plotArea, runColour } from './svg.ts';

export interface ReliabilityChart {
  readonly runs: readonly {
    readonly run: number;
    readonly label: string;
    readonly calibration: Calibration;
  }[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly lit: number | null;
  /** Describes a bin's point: its confidence, its accuracy and its number of images. */
  readonly pointText: (label: string, confidence: number, accuracy: number, count: number) => string;
}

export function reliabilityChart(chart: ReliabilityChart): string {
  const { runs, width, height, lit, pointText } = chart;
  const area = plotArea(width, height);
  const x = linearScale(0, 1, area.left, area.right);
  const y = linearScale(0, 1, area.bottom, area.top);
  const share = (value: number) => `${Math.round(100 * value)}%`;
  const diagonal = `<line x1="${x.place(0)}" y1="${y.place(0)}" x2="${x.place(1)}" y2="${y.place(1)}" stroke="var(--ink-3)" stroke-dasharray="4 4"/>`;
  const drawn = runs.map(({ run, label, calibration: { bins } }) => {
    const filled = bins.flatMap(({ confidence, accuracy, count, interval }) =>
      confidence === null || accuracy === null || interval === null
        ? []
        : [{ confidence, accuracy, count, interval }],
    );
    const line = filled.map((bin) => `${x.place(bin.confidence)} ${y.place(bin.accuracy)}`).join('L');
    const whiskers = filled.map(
      ({ confidence, interval: [low, high] }) =>
        `<line x1="${x.place(confidence)}" x2="${x.place(confidence)}" y1="${y.place(low)}" y2="${y.place(high)}" stroke="${runColour(run)}" opacity="0.6"/>`,
    );
    const points = filled.map(({ confidence, accuracy, count }) =>
      marker(run, x.place(confidence), y.place(accuracy), pointText(label, confidence, accuracy, count)),
    );
    return (
      `<g data-run="${run}" opacity="${lit === null || lit === run ? 1 : 0.2}"><title>${escapeXml(label)}</title>` +
      `<path d="M${line}" fill="none" stroke="${runColour(run)}" stroke-width="1.5"/>${whiskers.join('')}${points.join('')}</g>`
    );
  });
  return framed({ ...chart, x, y, xText: share, yText: share }, chart.label, diagonal + drawn.join(''));
}
