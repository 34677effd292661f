/**
 * SVG primitives of the comparison's charts: SVG as text, without a page, so that window, terminal and report draw the
 * same. Colours are the page's custom properties, which a report defines for itself.
 */
const runColourCount = 7;

/** Returns a run's colour, the same everywhere (the window's `plot/data/trace.ts` uses the same rule). */
export function runColour(run: number): string {
  return `var(--run-${((run - 1) % runColourCount) + 1})`;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Rounds to two decimals, a hundredth of a pixel. */
export const round = (value: number): number => Math.round(value * 100) / 100;

export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Maps a value to a position in pixels. */
  readonly place: (value: number) => number;
}

/** Returns ticks at 1, 2 or 5 times a power of ten, about `count` of them, within the range. */
export function niceTicks(from: number, to: number, count = 5): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? 10 * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export function linearScale(from: number, to: number, start: number, end: number, count = 5): Scale {
  const high = to > from ? to : from + 1;
  return {
    from,
    to: high,
    ticks: niceTicks(from, high, count),
    place: (value) => round(start + ((value - from) / (high - from)) * (end - start)),
  };
}

/** Returns the smallest and the largest finite value, with a margin; 0 to 1 if there is none. */
export function rangeOf(values: Iterable<number>, room = 0.04): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  const margin = (high - low || Math.abs(high) || 1) * room;
  return [low - margin, high + margin];
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
}

const margins = { left: 56, right: 24, top: 10, bottom: 40 } as const;

/** Draws grid, axes, ticks and titles, with `content` over the grid; `label` is the text alternative. */
export function framed(frame: Frame, label: string, content: string): string {
  const { width, height, x, y, xTitle, yTitle, xText, yText } = frame;
  const [left, right] = [margins.left, width - margins.right];
  const [top, bottom] = [margins.top, height - margins.bottom];
  const text = 'font-size="11" fill="var(--ink-2)"';
  const rows = y.ticks.map((tick) => {
    const at = y.place(tick);
    return (
      `<line x1="${left}" x2="${right}" y1="${at}" y2="${at}" stroke="var(--line)"/>` +
      `<text x="${left - 6}" y="${at + 4}" text-anchor="end" ${text}>${escapeXml(yText(tick))}</text>`
    );
  });
  const columns = x.ticks.map((tick) => {
    const at = x.place(tick);
    return (
      `<line x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 4}" stroke="var(--line-control)"/>` +
      `<text x="${at}" y="${bottom + 17}" text-anchor="middle" ${text}>${escapeXml(xText(tick))}</text>`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `role="img" aria-label="${escapeXml(label)}" font-family="system-ui, sans-serif">` +
    rows.join('') +
    columns.join('') +
    `<line x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}" stroke="var(--line-control)"/>` +
    `<text x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle" ${text}>${escapeXml(xTitle)}</text>` +
    `<text x="12" y="${(top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 12 ${(top + bottom) / 2})" ${text}>${escapeXml(yTitle)}</text>` +
    content +
    '</svg>'
  );
}

/** Returns the plot's four edges in pixels. */
export function plotArea(width: number, height: number) {
  return {
    left: margins.left,
    right: width - margins.right,
    top: margins.top,
    bottom: height - margins.bottom,
  };
}

/** Draws a run's marker: runs differ in shape as well as in colour. */
export function marker(run: number, x: number, y: number, title: string): string {
  const shapes = [
    `<circle cx="${x}" cy="${y}" r="4.5"/>`,
    `<rect x="${x - 4}" y="${y - 4}" width="8" height="8"/>`,
    `<path d="M${x} ${y - 5}l5 9h-10z"/>`,
    `<path d="M${x} ${y - 6}l6 6-6 6-6-6z"/>`,
    `<path d="M${x - 5} ${y - 3}l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z"/>`,
    `<path d="M${x - 1} ${y - 6}h2v5h5v2h-5v5h-2v-5h-5v-2h5z"/>`,
    `<rect x="${x - 4}" y="${y - 4}" width="8" height="8" rx="3"/>`,
  ];
  const shape = shapes[(run - 1) % shapes.length] ?? '';
  return `<g data-run="${run}" fill="${runColour(run)}"><title>${escapeXml(title)}</title>${shape}</g>`;
}
