/** The vectors were computed in Python after MNIST's description; digits in them are filled with full ink. */
import { describe, expect, it } from 'vitest';
import { type Ink, areaAverage, prepareDigit, reduceDrawing } from './prepareDigit.ts';

type Inked = (row: number, column: number) => boolean;

function drawing(inked: Inked, side = 280): Ink {
  const data = Float32Array.from({ length: side * side }, (_, i) =>
    inked(Math.floor(i / side), i % side) ? 1 : 0,
  );
  return { height: side, width: side, data };
}
const rectangle =
  (top: number, bottom: number, left: number, right: number): Inked =>
  (row, column) =>
    row >= top && row < bottom && column >= left && column < right;

function facts(ink: Ink) {
  const prepared = prepareDigit(ink);
  if (!prepared) return null;
  const bytes = Array.from(prepared.pixels, (pixel) => Math.round(255 * pixel));
  const inked = bytes.flatMap((byte, i) => (byte > 0 ? [i] : []));
  const rows = inked.map((i) => Math.floor(i / 28));
  const columns = inked.map((i) => i % 28);
  return {
    box: [prepared.box.height, prepared.box.width],
    offset: [prepared.offset.row, prepared.offset.column],
    rows: [Math.min(...rows), Math.max(...rows)],
    columns: [Math.min(...columns), Math.max(...columns)],
    sum: bytes.reduce((a, b) => a + b, 0),
    bytes,
  };
}

it('finds no digit where nothing is drawn, or a dot', () => {
  expect(prepareDigit(drawing(() => false))).toBeNull();
  expect(prepareDigit(drawing(rectangle(100, 130, 100, 130)))).toBeNull();
});

describe('as MNIST was made', () => {
  it('a rectangle, wherever it is drawn', () => {
    const found = facts(drawing(rectangle(100, 180, 60, 100)));
    expect(found).toMatchObject({
      box: [80, 40],
      offset: [5, 5],
      rows: [5, 24],
      columns: [10, 19],
      sum: 51_000,
    });
    expect(found?.bytes).toEqual(facts(drawing(rectangle(10, 90, 10, 50)))?.bytes);
  });

  it('an L is placed by its centre of mass', () => {
    const upright = rectangle(100, 220, 50, 70);
    const foot = rectangle(200, 220, 50, 130);
    expect(facts(drawing((row, column) => upright(row, column) || foot(row, column)))).toMatchObject({
      box: [120, 80],
      offset: [2, 7],
      rows: [2, 21],
      columns: [10, 23],
      sum: 25_500,
    });
  });

  it('a triangle has grey where its edge crosses pixels', () => {
    const found = facts(drawing((row, column) => row >= 90 && row < 190 && column >= 90 && column <= row));
    expect(found).toMatchObject({ offset: [1, 8], rows: [1, 20], columns: [8, 27], sum: 51_510 });
    expect(found?.bytes.slice(14 * 28 + 8, 14 * 28 + 22)).toEqual([...Array<number>(13).fill(255), 153]);
  });

  it('a thin line becomes full ink', () => {
    expect(facts(drawing(rectangle(40, 240, 138, 142)))).toMatchObject({
      rows: [5, 24],
      columns: [14, 15],
      sum: 10_200,
    });
  });
});

it('averages by area, also where pixels are divided', () => {
  const ink = { height: 1, width: 3, data: Float32Array.of(1, 0, 0.5) };
  expect(Array.from(areaAverage(ink, 1, 2))).toEqual([2 / 3, 1 / 3].map(Math.fround));
  expect(Array.from(reduceDrawing(drawing(rectangle(0, 10, 0, 280))).slice(0, 29))).toEqual([
    ...Array<number>(28).fill(1),
    0,
  ]);
});
