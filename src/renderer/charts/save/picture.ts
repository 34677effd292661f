/**
 * The picture of a chart for a file: `plot/svg.ts` writes it from what the chart has drawn, and PNG is made from that.
 */
import { formatX } from '../axisWords.ts';
import type { ChartView, LineKind } from '../chartView.svelte.ts';
import type { CurveChart } from '../curve/curveChart.ts';
import type { FilledLine } from '../curve/curveLines.ts';
import { kindLabel } from '../legend/kindWords.ts';
import type { DataLine } from '../../plot/dataLayer.ts';
import { projectionOf } from '../../plot/projection.ts';
import { type PlainColour, type SvgChart, type SvgLegendEntry, type SvgMark, svgOf } from '../../plot/svg.ts';
import type { Trace } from '../../plot/data/trace.ts';

/** Pixels of a PNG per pixel of the page, so that it is sharp in a document. */
const enlargement = 2;

export function chartSvg(
  curveChart: CurveChart,
  title: string,
  view: ChartView,
  traces: readonly Trace[],
): string {
  const { chart, lines, palette, axis } = curveChart.settled();
  const { x, y } = chart.scales;
  const picture: SvgChart = {
    title,
    axis,
    width: chart.width,
    height: chart.height,
    projection: projectionOf(chart),
    xTicks: x!.ticks.map(({ value }) => ({
      at: x!.getPixelForValue(value),
      label: formatX(view.axis, value),
    })),
    yTicks: y!.ticks.map(({ value, label }) => ({
      at: y!.getPixelForValue(value),
      label: String(label ?? ''),
    })),
    lines: lines.map(({ dataset }) => dataset),
    marks: marksOf(chart),
    legend: legendOf(lines, view, traces),
    font: palette.font,
    colours: { ink: palette.ink, muted: palette.muted, grid: palette.line, ground: palette.card },
  };
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  return svgOf(picture, {
    textWidth: (text, size) => {
      context.font = `${size}px ${palette.font}`;
      return context.measureText(text).width;
    },
    plain: (colour) => plainColour(context, colour),
  });
}

/** Renders an SVG as a PNG; returns null if the browser cannot. */
export async function pngOf(svg: string): Promise<Blob | null> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * enlargement;
    canvas.height = image.naturalHeight * enlargement;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Returns a run's colour and shape with its name, then the meaning of each kind of line. */
function legendOf(
  lines: readonly FilledLine[],
  view: ChartView,
  traces: readonly Trace[],
): readonly SvgLegendEntry[] {
  const entries: SvgLegendEntry[] = [];
  for (const { run, name } of traces) {
    // The points after epochs have the run's own shape.
    const own = lines.filter((line) => line.run === run);
    const { dataset } =
      own.find(({ kind }) => kind === 'testLoss' || kind === 'testAccuracy') ?? own[0] ?? {};
    if (!dataset) continue;
    entries.push({ label: name, line: null, point: { ...dataset, backgroundColor: dataset.borderColor } });
  }
  const kinds = new Map<LineKind, DataLine>();
  for (const { kind, dataset } of lines) {
    if (dataset.showLine && !view.hiddenKinds.has(kind)) kinds.set(kind, kinds.get(kind) ?? dataset);
  }
  for (const [kind, dataset] of kinds)
    entries.push({
      label: kindLabel(kind),
      line: dataset,
      point: kind === 'running' ? { ...dataset, pointStyle: 'circle' } : null,
    });
  return entries;
}

/** Returns the marks of the runs' events from the chart's annotations. */
function marksOf(chart: ReturnType<CurveChart['settled']>['chart']): readonly SvgMark[] {
  const annotations = (chart.config.options?.plugins?.annotation?.annotations ?? {}) as Readonly<
    Record<string, { readonly type?: string } & Readonly<Record<string, unknown>>>
  >;
  const { left, right } = chart.chartArea;
  return Object.values(annotations).flatMap((each): SvgMark[] => {
    const at = chart.scales['x']!.getPixelForValue(Number(each['xMin'] ?? each['xValue']));
    if (!(at >= left && at <= right)) return [];
    if (each.type === 'label') return [{ at, label: String(each['content']), line: null }];
    const line = { colour: String(each['borderColor']), dash: each['borderDash'] as number[] };
    return [{ at, label: '', line }];
  });
}

/** Converts the page's colours, which may be written in notations that few programs read. */
function plainColour(context: OffscreenCanvasRenderingContext2D, colour: string): PlainColour {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 255] = context.getImageData(0, 0, 1, 1).data;
  const hex = [red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('');
  return { hex: `#${hex}`, alpha: alpha / 255 };
}
