import { describe, expect, it } from 'vitest';
import type { Shape } from '../../../shared/layers/layer.ts';
import {
  cellOf,
  colourOf,
  inkOn,
  largest,
  layOut,
  paint,
  sizeInCells,
  unitAfterKey,
  unitOfCell,
} from './mapPainting.ts';

const map: Shape = { kind: 'map', channels: 10, height: 12, width: 12 };
const flat: Shape = { kind: 'flat', features: 70 };

describe.each([map, flat])('$kind', (shape) => {
  it('finds each unit where it was put', () => {
    for (const room of [1, 200, 900]) {
      const sheets = layOut(shape, room, 1, 256);
      const { width, height } = sizeInCells(sheets);
      for (let unit = 0; unit < sheets.units; unit += 1) {
        const { x, y } = cellOf(sheets, unit);
        expect(x < width && y < height).toBe(true);
        expect(unitOfCell(sheets, x, y)).toBe(unit);
      }
      expect(unitOfCell(sheets, -1, 0)).toBeNull();
      expect(unitOfCell(sheets, width, 0)).toBeNull();
    }
  });
});

it('moves by keys within what is shown and no further', () => {
  const sheets = layOut(map, 900, 1, 4);
  expect(unitAfterKey(sheets, map, 0, 'ArrowLeft')).toBeNull();
  expect(unitAfterKey(sheets, map, 0, 'ArrowDown')).toBe(12);
  expect(unitAfterKey(sheets, map, 5, 'PageDown')).toBe(149);
  expect(unitAfterKey(sheets, map, 3 * 144, 'PageDown')).toBeNull();
  expect(unitAfterKey(sheets, map, 7, 'End')).toBe(4 * 144 - 1);
  const rows = layOut(flat, 2000, 1, 256);
  expect(unitAfterKey(rows, flat, 64, 'ArrowDown')).toBeNull();
  expect(unitAfterKey(rows, flat, 69, 'ArrowRight')).toBeNull();
});

it('colours by sign, zero alike at any scale, and shows what is no number', () => {
  const zero = colourOf(0, 1, 'light');
  expect(colourOf(0, 0, 'light')).toEqual(zero);
  expect(colourOf(2, 1, 'light')).toEqual(colourOf(1, 1, 'light'));
  expect(colourOf(-1, 1, 'light')).not.toEqual(colourOf(1, 1, 'light'));
  expect(colourOf(NaN, 1, 'dark')).not.toEqual(colourOf(0, 1, 'dark'));
  expect(inkOn([255, 255, 255])).toBe('#000000');
  expect(inkOn([0, 0, 60])).toBe('#ffffff');
  expect(largest(Float32Array.of(1, -3, NaN, 2))).toBe(3);
});

it('paints each value in the pixel of its cell, in its colour', () => {
  const painted: { data: Uint8ClampedArray; width: number }[] = [];
  const context = {
    createImageData: (width: number, height: number) => ({
      data: new Uint8ClampedArray(4 * width * height),
      width,
    }),
    putImageData: (picture: { data: Uint8ClampedArray; width: number }) => painted.push(picture),
  };
  const canvas = { width: 0, height: 0, getContext: () => context } as unknown as HTMLCanvasElement;
  for (const sheets of [
    layOut({ ...map, channels: 3, height: 2, width: 2 }, 50, 1, 3),
    layOut(flat, 300, 1, 1),
  ]) {
    const values = Float32Array.from({ length: sheets.units }, (_, unit) => Math.sin(3 * unit));
    values[1] = Infinity;
    paint(canvas, sheets, values, { theme: 'light', scaleOf: (sheet) => 0.5 + sheet });
    const { data, width } = painted.pop()!;
    expect([canvas.width, canvas.height]).toEqual(Object.values(sizeInCells(sheets)));
    values.forEach((value, unit) => {
      const { x, y } = cellOf(sheets, unit);
      const pixel = [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
      const scale = 0.5 + Math.floor(unit / (sheets.height * sheets.width));
      // A shade may differ by one step of the screen.
      [...colourOf(value, scale, 'light'), 255].forEach((channel, i) =>
        expect(Math.abs(channel - pixel[i]!)).toBeLessThanOrEqual(1),
      );
    });
  }
});
