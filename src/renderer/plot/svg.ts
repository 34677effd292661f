/**
 * Writes a chart as a self-contained SVG file: title, legend, names of the runs, axes. It is made from the chart's own
 * scales and points, so that text stays text and lines stay lines at any size.
 */
import { type DataLine, type Projection, overhang } from './dataLayer.ts';

/** A colour in the notation that every SVG reader accepts. */
export interface PlainColour {
  readonly hex: string;
  /** Opacity from 0 to 1. */
  readonly alpha: number;
}

export interface SvgTick {
  /** Position in the picture, from its left or its top. */
  readonly at: number;
  readonly label: string;
}

/** A vertical line, or a label above the plot; `at` pixels from its left. */
export interface SvgMark {
  readonly at: number;
  readonly label: string;
  readonly line: { readonly colour: string; readonly dash: readonly number[] } | null;
}

export interface SvgLegendEntry {
  readonly label: string;
  readonly line: Pick<DataLine, 'borderColor' | 'borderDash' | 'borderWidth' | 'borderCapStyle'> | null;
  readonly point: Pick<DataLine, 'pointStyle' | 'borderColor' | 'backgroundColor'> | null;
}

export interface SvgChart {
  readonly title: string;
  readonly axis: string;
  /** Size of the chart alone; title and legend are above it. */
  readonly width: number;
  readonly height: number;
  readonly projection: Projection;
  readonly xTicks: readonly SvgTick[];
  readonly yTicks: readonly SvgTick[];
  readonly lines: readonly DataLine[];
  readonly marks: readonly SvgMark[];
  readonly legend: readonly SvgLegendEntry[];
  readonly font: string;
  readonly colours: {
    readonly ink: string;
    readonly muted: string;
    readonly grid: string;
    readonly ground: string;
  };
}

/** Measurements that need the page: the width of a text, and the value of a colour. */
export interface SvgTools {
  textWidth(text: string, size: number): number;
  plain(colour: string): PlainColour;
}

const margin = 12;
const titleSize = 16;
const textSize = 12;
const row = 20;
const sample = 24;

export function svgOf(chart: SvgChart, tools: SvgTools): string {
  const { width, height, title, colours } = chart;
  const legend = placeLegend(chart, tools);
  const top = margin + titleSize + 10 + legend.rows * row + 8;
  const size = { width: width + 2 * margin, height: top + height + margin };
  const parts = [
    `<rect width="${size.width}" height="${size.height}" ${fill(colours.ground, tools)}/>`,
    text(title, margin, margin + titleSize, titleSize, colours.ink, tools, 'font-weight="600"'),
    `<g transform="translate(${margin} ${margin + titleSize + 10})">${legend.content}</g>`,
    `<g transform="translate(${margin} ${top})">${plotOf(chart, tools)}</g>`,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" font-family="${escape(chart.font)}">`,
    `<title>${escape(title)}</title>`,
    ...parts,
    '</svg>',
  ].join('\n');
}

function plotOf(chart: SvgChart, tools: SvgTools): string {
  const { projection, colours, xTicks, yTicks } = chart;
  const { left, top, right, bottom } = projection.area;
  const grid = [
    ...xTicks.map(({ at }) => `M${n(at)} ${n(top)}V${n(bottom)}`),
    ...yTicks.map(({ at }) => `M${n(left)} ${n(at)}H${n(right)}`),
  ].join('');
  const words = [
    ...xTicks.map(({ at, label }) =>
      text(label, at, bottom + 18, textSize, colours.muted, tools, 'text-anchor="middle"'),
    ),
    ...yTicks.map(({ at, label }) =>
      text(label, left - 6, at + 4, textSize, colours.muted, tools, 'text-anchor="end"'),
    ),
    text(chart.axis, right, bottom + 34, textSize, colours.muted, tools, 'text-anchor="end"'),
  ];
  const clip = (id: string, by: number) =>
    `<clipPath id="${id}"><rect x="${n(left - by)}" y="${n(top - by)}" width="${n(right - left + 2 * by)}" height="${n(bottom - top + 2 * by)}"/></clipPath>`;
  // The first of the lines with the lowest order is drawn over all others.
  const below = chart.lines.map((line, place) => ({ line, place }));
  below.sort((a, b) => b.line.order - a.line.order || b.place - a.place);
  return [
    // Points may extend beyond the plot by their size, lines by their width.
    clip('lines', 1),
    clip('points', overhang),
    `<path d="${grid}" fill="none" ${stroke(colours.grid, 1, tools)}/>`,
    ...words,
    ...below.flatMap(({ line }) => [
      `<g clip-path="url(#lines)">${pathOf(line, projection, tools)}</g>`,
      `<g clip-path="url(#points)">${pointsOf(line, projection, tools)}</g>`,
    ]),
    ...chart.marks.map((mark) => markOf(mark, projection, colours.ink, tools)),
  ].join('\n');
}

function pathOf(line: DataLine, projection: Projection, tools: SvgTools): string {
  const { scale, offset } = projection;
  if (!line.showLine) return '';
  let pen = 'M';
  let path = '';
  for (const point of line.data) {
    const [px, py] = [point.x * scale + offset, projection.y(point.y)];
    if (Number.isNaN(px) || Number.isNaN(py)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${n(px)} ${n(py)}`;
    pen = 'L';
  }
  if (path === '') return '';
  const dash = line.borderDash.length > 0 ? ` stroke-dasharray="${line.borderDash.join(' ')}"` : '';
  return `<path d="${path}" fill="none" stroke-linejoin="round" stroke-linecap="${line.borderCapStyle}"${dash} ${stroke(line.borderColor, line.borderWidth, tools)}/>`;
}

function pointsOf(line: DataLine, projection: Projection, tools: SvgTools): string {
  const { scale, offset } = projection;
  const { data, pointRadius } = line;
  if (pointRadius === 0) return '';
  return data
    .map((point, index) => {
      const radius = typeof pointRadius === 'number' ? pointRadius : (pointRadius[index] ?? 0);
      const [px, py] = [point.x * scale + offset, projection.y(point.y)];
      if (radius === 0 || Number.isNaN(py)) return '';
      return shapeOf(line, px, py, radius, line.borderWidth, tools);
    })
    .join('');
}

/** Draws Chart.js's point styles as helpers.canvas does. */
function shapeOf(
  line: Pick<DataLine, 'pointStyle' | 'borderColor' | 'backgroundColor'>,
  x: number,
  y: number,
  radius: number,
  width: number,
  tools: SvgTools,
): string {
  const style = `${fill(line.backgroundColor, tools)} ${stroke(line.borderColor, width, tools)}`;
  const path = shapes[line.pointStyle as string];
  if (!path) return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" ${style}/>`;
  return `<path d="${path(radius)}" transform="translate(${n(x)} ${n(y)})" ${style}/>`;
}

const crossOf = (a: number) => `M${n(-a)} ${n(-a)}L${n(a)} ${n(a)}M${n(-a)} ${n(a)}L${n(a)} ${n(-a)}`;
const shapes: Readonly<Record<string, (radius: number) => string>> = {
  rect: (r) => boxOf(r * Math.SQRT1_2),
  rectRounded: (r) => boxOf(r * Math.SQRT1_2),
  rectRot: (r) => `M0 ${n(-r)}L${n(r)} 0L0 ${n(r)}L${n(-r)} 0Z`,
  triangle: (r) => `M0 ${n(-r)}L${n(r * 0.866)} ${n(r / 2)}L${n(-r * 0.866)} ${n(r / 2)}Z`,
  crossRot: (r) => crossOf(r * Math.SQRT1_2),
  star: (r) => `${crossOf(r * Math.SQRT1_2)}M${n(-r)} 0L${n(r)} 0M0 ${n(-r)}L0 ${n(r)}`,
};

function boxOf(half: number): string {
  return `M${n(-half)} ${n(-half)}H${n(half)}V${n(half)}H${n(-half)}Z`;
}

function markOf({ at, label, line }: SvgMark, { area }: Projection, ink: string, tools: SvgTools): string {
  if (!line) return text(label, at, area.top - 4, 11, ink, tools, 'text-anchor="middle"');
  const dash = line.dash.join(' ');
  return `<path d="M${n(at)} ${n(area.top)}V${n(area.bottom)}" fill="none" stroke-dasharray="${dash}" ${stroke(line.colour, 1, tools)}/>`;
}

/** Places legend entries beside one another, on as many rows as they need. */
function placeLegend(
  { legend, width, colours }: SvgChart,
  tools: SvgTools,
): { readonly content: string; readonly rows: number } {
  let [x, rows] = [0, legend.length > 0 ? 1 : 0];
  const content = legend.map((entry) => {
    const wide = sample + 6 + tools.textWidth(entry.label, textSize) + 18;
    if (x > 0 && x + wide > width) [x, rows] = [0, rows + 1];
    const y = (rows - 1) * row + row / 2;
    const { line, point } = entry;
    const mark =
      (line
        ? pathOf(
            {
              ...line,
              data: [
                { x, y },
                { x: x + sample, y },
              ],
              showLine: true,
            } as unknown as DataLine,
            { scale: 1, offset: 0, y: (value) => value } as Projection,
            tools,
          )
        : '') + (point ? shapeOf(point, x + sample / 2, y, 4.5, 1.5, tools) : '');
    const words = text(entry.label, x + sample + 6, y + 4, textSize, colours.ink, tools);
    x += wide;
    return mark + words;
  });
  return { content: content.join('\n'), rows };
}

function text(
  content: string,
  x: number,
  y: number,
  size: number,
  colour: string,
  tools: SvgTools,
  more = '',
): string {
  return `<text x="${n(x)}" y="${n(y)}" font-size="${size}" ${fill(colour, tools)} ${more}>${escape(content)}</text>`;
}

function fill(colour: string, tools: SvgTools): string {
  const { hex, alpha } = tools.plain(colour);
  return alpha < 1 ? `fill="${hex}" fill-opacity="${n(alpha)}"` : `fill="${hex}"`;
}

function stroke(colour: string, width: number, tools: SvgTools): string {
  const { hex, alpha } = tools.plain(colour);
  const opacity = alpha < 1 ? ` stroke-opacity="${n(alpha)}"` : '';
  return `stroke="${hex}" stroke-width="${width}"${opacity}`;
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escape(content: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return content.replace(/[&<>"]/g, (letter) => names[letter]!);
}
