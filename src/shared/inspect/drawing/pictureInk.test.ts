import { describe, expect, it } from 'vitest';
import { type PicturePixels, inkOfPicture } from './pictureInk.ts';
import { prepareDigit } from './prepareDigit.ts';

const side = 120;
/** A seven of strokes ten pixels wide, off the middle. */
const isInk = (row: number, column: number) =>
  (row >= 20 && row < 30 && column >= 30 && column < 80) ||
  (row >= 30 && row < 95 && Math.abs(column - (76 - (row - 30) / 2)) < 5);

function picture(paint: (row: number, column: number, ink: boolean) => number): PicturePixels {
  const data = new Uint8ClampedArray(side * side * 4);
  for (let i = 0; i < side * side; i += 1) {
    const [row, column] = [Math.floor(i / side), i % side];
    data.fill(paint(row, column, isInk(row, column)), 4 * i, 4 * i + 3);
    data[4 * i + 3] = 255;
  }
  return { height: side, width: side, data };
}
/** The light falls off in a circle around one corner, as under a desk lamp. */
const lamp = (row: number, column: number) => 1 - (0.5 * Math.hypot(row, column)) / (side * Math.SQRT2);
const speck = (row: number, column: number) => row > 108 && row < 112 && column > 8 && column < 12;

const pictures: [string, PicturePixels][] = [
  ['dark on light paper', picture((_r, _c, ink) => (ink ? 20 : 240))],
  ['light on dark paper', picture((_r, _c, ink) => (ink ? 235 : 15))],
  ['pencil on unevenly lit paper', picture((r, c, ink) => lamp(r, c) * (ink ? 120 : 230))],
  ['chalk on an unevenly lit board', picture((r, c, ink) => 40 * lamp(r, c) + (ink ? 120 : 0))],
  ['with a speck of dust', picture((r, c, ink) => (ink || speck(r, c) ? 30 : 230))],
];

describe.each(pictures)('%s', (_name, given) => {
  it('the digit is found where it is, and nothing else', () => {
    const ink = inkOfPicture(given);
    expect(ink).not.toBeNull();
    if (!ink) return;
    let [hits, misses, false_] = [0, 0, 0];
    ink.data.forEach((value, i) => {
      const own = isInk(Math.floor(i / side), i % side);
      if (own && value > 0.5) hits += 1;
      if (own && value <= 0.5) misses += 1;
      if (!own && value > 0.5) false_ += 1;
    });
    expect(misses / (hits + misses)).toBeLessThan(0.02);
    expect(false_).toBe(0);
    const box = prepareDigit(ink)?.box;
    for (const [edge, wanted] of [
      [box?.top, 20],
      [box?.left, 30],
      [box?.height, 75],
      [box?.width, 51],
    ] as const)
      expect(Math.abs((edge ?? NaN) - wanted)).toBeLessThanOrEqual(2);
  });
});

it('finds none on plain paper, nor in a picture that is transparent', () => {
  expect(inkOfPicture(picture(() => 200))).toBeNull();
  expect(inkOfPicture({ height: 10, width: 10, data: new Uint8ClampedArray(400) })).toBeNull();
});
