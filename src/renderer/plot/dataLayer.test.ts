import { expect, test } from 'vitest';
import { type Projection, paintLines, plainLine } from './dataLayer.ts';

/** The area is 100 px for values 0 to 100 on both axes, y upwards. */
const projection: Projection = {
  scale: 1,
  offset: 0,
  y: (value) => 100 - value,
  area: { left: 0, top: 0, right: 100, bottom: 100 },
  ratio: 1,
};

/** Records what is drawn. */
function recorder() {
  const calls: [string, ...number[]][] = [];
  const note =
    (name: string) =>
    (...values: number[]) =>
      calls.push([name, ...values]);
  const context = new Proxy({} as Record<string, unknown>, {
    get: (target, name: string) => target[name] ?? note(name),
    set: (target, name: string, value) => {
      target[name] = value;
      return true;
    },
  });
  const of = (...names: string[]) => calls.filter(([name]) => names.includes(name));
  return { context: context as unknown as CanvasRenderingContext2D, of };
}

test('a noisy line is a bar a column, from its lowest to its highest value, joined to the next', () => {
  const data = Array.from({ length: 400 }, (_, step) => ({ x: step / 4, y: step % 4 === 1 ? 80 : 20 }));
  const { context, of } = recorder();
  paintLines(context, [{ ...plainLine, data }], projection);
  const bars = of('fillRect');
  expect(bars).toHaveLength(100);
  expect(bars[50]).toEqual(['fillRect', 50, 19.5, 1, 61]);
  expect(of('lineTo')).toEqual([]);
});

test('a column without a point has what passes it', () => {
  const xs = [0, 0.2, 0.4, 0.6, 0.8, 4];
  const data = xs.map((x) => ({ x, y: x === 4 ? 50 : 10 }));
  const { context, of } = recorder();
  paintLines(context, [{ ...plainLine, data }], projection);
  expect(of('fillRect').map(([, x, top, , height]) => [x, top! + 0.5, height! - 1])).toEqual([
    [0, 85, 5],
    [1, 75, 10],
    [2, 65, 10],
    [3, 55, 10],
    [4, 50, 5],
  ]);
});

test('a line with room for its corners is stroked, with a gap where a value is missing', () => {
  const data = [
    { x: 0, y: 10 },
    { x: 20, y: 20 },
    { x: 40, y: NaN },
    { x: 60, y: 30 },
    { x: 80, y: 40 },
  ];
  const { context, of } = recorder();
  paintLines(context, [{ ...plainLine, data }], projection);
  expect(of('moveTo', 'lineTo')).toEqual([
    ['moveTo', 0, 90],
    ['lineTo', 20, 80],
    ['moveTo', 60, 70],
    ['lineTo', 80, 60],
  ]);
});
