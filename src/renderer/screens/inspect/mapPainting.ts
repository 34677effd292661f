/** The layout and colours of a layer's values: one sheet per channel, or a flat layer's units in rows. */
import type { Shape } from '../../../shared/layers/layer.ts';
import { unitAt } from '../../../shared/inspect/unitPosition.ts';

/** Sheets of `height` × `width` cells, `columns` beside each other with a gap of one cell between them. */
export interface Sheets {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly columns: number;
  /** A cell's side in CSS pixels. */
  readonly cell: number;
  /** Number of units; a flat layer's last row may be shorter. */
  readonly units: number;
}

/** Number of a flat layer's units in one row. */
const flatRow = 32;

/** Returns the size of a cell, large enough for the maps of a small net to be seen easily; `zoom` multiplies it. */
function cellSide(shape: Shape, zoom: number): number {
  const plain =
    shape.kind === 'flat'
      ? shape.features <= flatRow
        ? 18
        : 12
      : shape.width >= 20
        ? 3
        : shape.width >= 10
          ? 5
          : 9;
  return Math.max(1, Math.round(plain * zoom));
}

/** Lays out as many sheets beside each other as fit into `room` CSS pixels; `most` limits the number of sheets. */
export function layOut(shape: Shape, room: number, zoom: number, most: number): Sheets {
  const cell = cellSide(shape, zoom);
  if (shape.kind === 'flat') {
    const width = Math.max(1, Math.min(flatRow, shape.features, Math.floor(room / cell)));
    return {
      count: 1,
      height: Math.ceil(shape.features / width),
      width,
      columns: 1,
      cell,
      units: shape.features,
    };
  }
  const { height, width } = shape;
  const count = Math.min(most, shape.channels);
  const columns = Math.max(1, Math.min(count, Math.floor((room + cell) / ((width + 1) * cell))));
  return { count, height, width, columns, cell, units: count * height * width };
}

/** Returns the picture's size in cells. */
export function sizeInCells({ count, height, width, columns }: Sheets): { width: number; height: number } {
  const rows = Math.ceil(count / columns);
  return { width: columns * (width + 1) - 1, height: rows * (height + 1) - 1 };
}

/** Returns the position of a unit's cell in the picture, in cells. */
export function cellOf({ height, width, columns }: Sheets, unit: number): { x: number; y: number } {
  const area = height * width;
  const sheet = Math.floor(unit / area);
  const within = unit % area;
  return {
    x: (sheet % columns) * (width + 1) + (within % width),
    y: Math.floor(sheet / columns) * (height + 1) + Math.floor(within / width),
  };
}

/** Returns the unit at a cell of the picture; null in a gap and beyond the last one. */
export function unitOfCell(sheets: Sheets, x: number, y: number): number | null {
  const { count, height, width, columns, units } = sheets;
  const column = Math.floor(x / (width + 1));
  const row = Math.floor(y / (height + 1));
  const [left, top] = [x - column * (width + 1), y - row * (height + 1)];
  const sheet = row * columns + column;
  if (left < 0 || top < 0 || left >= width || top >= height || column >= columns || sheet >= count)
    return null;
  const unit = (sheet * height + top) * width + left;
  return unit < units ? unit : null;
}

/** Returns the unit that a key leads to: a neighbouring cell, or with the Page keys the same cell of the next sheet. */
export function unitAfterKey(sheets: Sheets, shape: Shape, unit: number, key: string): number | null {
  const { height, width, count, units } = sheets;
  const area = height * width;
  const sheet = Math.floor(unit / area);
  const row = Math.floor((unit % area) / width);
  const column = unit % width;
  const at = (channel: number, y: number, x: number) => {
    if (channel < 0 || channel >= count || y < 0 || y >= height || x < 0 || x >= width) return null;
    const next =
      shape.kind === 'map' ? unitAt(shape, { channel, row: y, column: x }) : channel * area + y * width + x;
    return next < units ? next : null;
  };
  switch (key) {
    case 'ArrowLeft':
      return at(sheet, row, column - 1);
    case 'ArrowRight':
      return at(sheet, row, column + 1);
    case 'ArrowUp':
      return at(sheet, row - 1, column);
    case 'ArrowDown':
      return at(sheet, row + 1, column);
    case 'PageUp':
      return at(sheet - 1, row, column);
    case 'PageDown':
      return at(sheet + 1, row, column);
    case 'Home':
      return 0;
    case 'End':
      return units - 1;
    default:
      return null;
  }
}

type Rgb = readonly [number, number, number];
interface Colours {
  readonly negative: Rgb;
  readonly zero: Rgb;
  readonly positive: Rgb;
  readonly none: Rgb;
}

/**
 * Values above zero are blue and values below it orange, which people with any colour vision can distinguish; zero is
 * the page's neutral colour.
 */
const colours: Readonly<Record<'light' | 'dark', Colours>> = {
  light: { negative: [191, 84, 8], zero: [238, 238, 235], positive: [22, 78, 160], none: [177, 37, 44] },
  dark: { negative: [255, 164, 84], zero: [42, 44, 50], positive: [122, 182, 255], none: [245, 138, 135] },
};

/** Returns a value's colour; a value that is no number has one of its own. */
export function colourOf(value: number, scale: number, theme: 'light' | 'dark'): Rgb {
  const { negative, zero, positive, none } = colours[theme];
  if (!Number.isFinite(value)) return none;
  const share = scale > 0 ? Math.max(-1, Math.min(1, value / scale)) : 0;
  const end = share < 0 ? negative : positive;
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(zero[channel] + (end[channel] - zero[channel]) * Math.abs(share));
  return [mix(0), mix(1), mix(2)];
}

export const cssColour = (rgb: Rgb) => `rgb(${rgb.join(' ')})`;

/** Returns black or white, whichever has the higher contrast on the colour. */
export function inkOn([red, green, blue]: Rgb): string {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return luminance > 0.179 ? '#000000' : '#ffffff';
}

/** Returns the largest distance from zero among `values` from `from` on. */
export function largest(values: Float32Array, from = 0, count = values.length - from): number {
  let most = 0;
  for (let i = from; i < from + count; i += 1) {
    const size = Math.abs(values[i]!);
    if (size > most && Number.isFinite(size)) most = size;
  }
  return most;
}

/** Number of shades on each side of zero, as many as a screen distinguishes. */
const shades = 255;

/** Pixels of all shades from −1 to 1 and, last, of a value that is no number: little-endian RGBA. */
function shadePixels(theme: 'light' | 'dark'): Uint32Array {
  const pixels = new Uint32Array(2 * shades + 2);
  const pixelOf = ([red, green, blue]: Rgb) => (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
  for (let shade = -shades; shade <= shades; shade += 1)
    pixels[shade + shades] = pixelOf(colourOf(shade, shades, theme));
  pixels[2 * shades + 1] = pixelOf(colourOf(NaN, 1, theme));
  return pixels;
}
const shadesOf = { light: shadePixels('light'), dark: shadePixels('dark') };

/** The last picture of each canvas: a slider paints many of the same size. */
const pictures = new WeakMap<HTMLCanvasElement, ImageData>();

/** Paints a layer's values, one pixel per cell. `scaleOf` returns for each sheet the value that has the full colour. */
export function paint(
  canvas: HTMLCanvasElement,
  sheets: Sheets,
  values: Float32Array,
  { theme, scaleOf }: { theme: 'light' | 'dark'; scaleOf: (sheet: number) => number },
): void {
  const { width, height } = sizeInCells(sheets);
  // A canvas of another size gets another memory, which takes longer than to paint it.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d')!;
  const before = pictures.get(canvas);
  const picture =
    before?.width === width && before.height === height ? before : context.createImageData(width, height);
  pictures.set(canvas, picture);
  const pixels = new Uint32Array(picture.data.buffer);
  pixels.fill(0);
  const table = shadesOf[theme];
  const area = sheets.height * sheets.width;
  for (let sheet = 0; sheet < sheets.count; sheet += 1) {
    const scale = scaleOf(sheet);
    const perShade = scale > 0 ? shades / scale : 0;
    const end = Math.min(sheets.units, (sheet + 1) * area);
    for (let from = sheet * area; from < end; from += sheets.width) {
      const { x, y } = cellOf(sheets, from);
      const row = Math.min(sheets.width, end - from);
      for (let i = 0; i < row; i += 1) {
        const value = values[from + i]!;
        const shade = Math.round(Math.max(-shades, Math.min(shades, value * perShade)));
        pixels[y * width + x + i] = table[Number.isFinite(value) ? shade + shades : 2 * shades + 1]!;
      }
    }
  }
  context.putImageData(picture, 0, 0);
}
