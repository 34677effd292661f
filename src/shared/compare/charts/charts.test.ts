import { expect, test } from 'vitest';
import { bandOf, lineChart } from './lineChart.ts';
import { niceTicks, rangeOf } from './svg.ts';

const common = {
  bands: [],
  xTitle: 'epoch',
  yTitle: 'loss',
  xText: String,
  yText: String,
  label: 'a "chart" <of> losses',
  width: 400,
  height: 200,
  lit: null,
};

test('ticks are round, within the range, and there is one where all values are the same', () => {
  expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(niceTicks(97.3, 98.9)).toEqual([97.5, 98, 98.5]);
  expect(niceTicks(3, 3)).toEqual([3]);
  expect(rangeOf([Number.NaN, Infinity])).toEqual([0, 1]);
});

test('a short axis of epochs has no tick that bears the name of the next epoch', () => {
  const points = [[1, 1] as const, [2, 0.5] as const, [3, 0.4] as const];
  const svg = lineChart({
    ...common,
    xText: (value) => `epoch ${value.toFixed(0)}`,
    lines: [{ run: 1, label: 'one', points, baseline: false }],
  });
  expect(svg.match(/epoch \d+/g)).toEqual(['epoch 1', 'epoch 2', 'epoch 3']);
});

test('text is escaped, a gap lifts the pen, a lone point is a dot, the baseline is dashed', () => {
  const svg = lineChart({
    ...common,
    lines: [
      {
        run: 1,
        label: '<b>',
        points: [
          [1, 2],
          [2, Number.NaN],
          [3, 1],
        ],
        baseline: true,
      },
      { run: 2, label: 'two', points: [[1, 1.5]], baseline: false },
    ],
  });
  expect(svg).toContain('aria-label="a &quot;chart&quot; &lt;of&gt; losses"');
  expect(svg).toContain('<title>&lt;b&gt;</title>');
  expect(svg.match(/data-run="1"><title>[^<]*<\/title><path d="(M[^L"]*){2}"/)).not.toBeNull();
  expect(svg).toContain('<circle');
  expect(svg).toContain('stroke-dasharray="7 4"');
});

test('20 runs of 20,000 points each are drawn from as many points as there are pixels, spikes kept', () => {
  const lines = Array.from({ length: 20 }, (_, run) => ({
    run: run + 1,
    label: String(run),
    points: Array.from({ length: 20_000 }, (_each, i) => [i, i === 7777 ? 100 : Math.sin(i)] as const),
    baseline: false,
  }));
  const svg = lineChart({ ...common, lines });
  expect(svg.length).toBeLessThan(20 * 2 * 400 * 18);
  // The spike's place in pixels, at the top of the plot.
  const top = lineChart({ ...common, lines: [{ ...lines[0]!, points: lines[0]!.points.slice(7700, 7800) }] });
  expect(top.length).toBeGreaterThan(100);
  expect(svg).toMatch(/ 1[0-9](\.\d+)?L/);
});

test('a band needs three runs', () => {
  const one = [
    [1, 1],
    [2, 2],
  ] as const;
  expect(bandOf(1, 'x', [one, one])).toBeNull();
  expect(
    bandOf(1, 'x', [
      one,
      [
        [1, 3],
        [2, 4],
      ],
      [[1, 2]],
    ])?.points,
  ).toEqual([[1, 2, 1, 3]]);
});
