import { expect, test } from 'vitest';
import { plainLine } from './dataLayer.ts';
import { type SvgChart, svgOf } from './svg.ts';

const chart: SvgChart = {
  title: 'Loss <of> "a" & b',
  axis: 'Epoch',
  width: 200,
  height: 120,
  projection: {
    scale: 10,
    offset: 20,
    y: (value) => 100 - value,
    area: { left: 20, top: 10, right: 180, bottom: 100 },
    ratio: 1,
  },
  xTicks: [{ at: 20, label: '0' }],
  yTicks: [{ at: 100, label: '0' }],
  lines: [
    { ...plainLine, data: [0, 1, 2, 3].map((x) => ({ x, y: x === 2 ? NaN : 10 * x })), borderColor: 'run' },
  ],
  marks: [{ at: 50, label: 'rate 0.001', line: null }],
  legend: [
    {
      label: 'first run',
      line: null,
      point: { pointStyle: 'rect', borderColor: 'run', backgroundColor: 'run' },
    },
    { label: 'a name that is too long for the same row', line: plainLine, point: null },
  ],
  font: 'sans-serif',
  colours: { ink: 'ink', muted: 'muted', grid: 'grid', ground: 'ground' },
};
const tools = {
  textWidth: (text: string) => 6 * text.length,
  plain: (colour: string) =>
    colour === 'run' ? { hex: '#ff0000', alpha: 0.5 } : { hex: '#000000', alpha: 1 },
};

test('says what it shows, in words that are well-formed', () => {
  const svg = svgOf(chart, tools);
  for (const words of ['Loss &lt;of&gt; &quot;a&quot; &amp; b', 'first run', 'rate 0.001', 'Epoch'])
    expect(svg).toContain(`>${words}</text>`);
  expect(svg).not.toMatch(/NaN|undefined/);
});

test('a line has a gap where a value is missing, and its colour in a form that every program reads', () => {
  const svg = svgOf(chart, tools);
  expect(svg).toContain('d="M20 100L30 90M50 70"');
  expect(svg).toContain('stroke="#ff0000" stroke-width="1" stroke-opacity="0.5"');
});

test('a legend that does not fit goes on in another row, and the picture grows by it', () => {
  const heightOf = (legend: SvgChart['legend']) =>
    Number(/height="(\d+)"/.exec(svgOf({ ...chart, legend }, tools))![1]);
  expect(heightOf(chart.legend) - heightOf(chart.legend.slice(0, 1))).toBe(20);
});
