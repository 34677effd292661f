/**
 * Prepares a drawing as MNIST's authors prepared their scans: the digit's bounding box is scaled to 20 pixels with its
 * aspect ratio kept, and placed in 28 × 28 pixels by its centre of mass (LeCun, Cortes and Burges' description of the
 * data set; Yadav and Bottou 2019 reconstructed it: area-weighted resampling, whole-pixel shift). It has no I/O.
 *
 * Other image sizes keep the proportions: the box is 20/28 of the shorter side, and the centre of mass lies half a
 * pixel below and right of the middle, as in MNIST's own images.
 */

/** Ink from 0 (paper) to 1, row by row. */
export interface Ink {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

export interface PreparedDigit {
  /** Pixels in [0, 1], bytes divided by 255, size × size. */
  readonly pixels: Float32Array;
  /** The drawing's bounding box in the drawing's own pixels. */
  readonly box: {
    readonly top: number;
    readonly left: number;
    readonly height: number;
    readonly width: number;
  };
  /** The scaled digit's corner in the image. */
  readonly offset: { readonly row: number; readonly column: number };
}

/** Ink above this belongs to the digit; below it is paper, or the rim of a stroke. */
const inkThreshold = 0.1;
/** A drawing with less ink than this fraction, and smaller than this fraction of the side, is a dot and not a digit. */
const smallestShare = 0.02;

const boxShare = 20 / 28;

/** Returns null if there is no digit: nothing, or a dot, which would be enlarged to the whole box. */
export function prepareDigit(ink: Ink, size = 28): PreparedDigit | null {
  const box = tightBox(ink);
  if (!box) return null;
  const side = Math.max(box.height, box.width);
  if (side < Math.sqrt(smallestShare) * Math.min(ink.height, ink.width)) return null;

  const square = paddedToSquare(ink, box, side);
  const inner = Math.round(size * boxShare);
  const bytes = toBytes(areaAverage(square, inner, inner));
  const [massRow, massColumn] = centreOfMass(bytes, inner);
  const middle = size / 2 + 1;
  const offset = { row: Math.floor(middle - massRow), column: Math.floor(middle - massColumn) };
  const pixels = new Float32Array(size * size);
  for (let row = 0; row < inner; row += 1) {
    for (let column = 0; column < inner; column += 1) {
      const [y, x] = [row + offset.row, column + offset.column];
      if (y < 0 || y >= size || x < 0 || x >= size) continue;
      pixels[y * size + x] = (bytes[row * inner + column] as number) / 255;
    }
  }
  return { pixels, box, offset };
}

/** Reduces the whole drawing to the image, neither scaled to the digit nor centred. */
export function reduceDrawing(ink: Ink, height = 28, width = 28): Float32Array {
  return areaAverage(ink, height, width).map((value) => Math.floor(255 * value + 0.5) / 255);
}

function tightBox({ height, width, data }: Ink): PreparedDigit['box'] | null {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      if ((data[row * width + column] as number) <= inkThreshold) continue;
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
      left = Math.min(left, column);
      right = Math.max(right, column);
    }
  }
  if (bottom < 0) return null;
  return { top, left, height: bottom - top + 1, width: right - left + 1 };
}

function paddedToSquare({ width, data }: Ink, box: PreparedDigit['box'], side: number): Ink {
  const above = Math.floor((side - box.height) / 2);
  const before = Math.floor((side - box.width) / 2);
  const square = new Float32Array(side * side);
  for (let row = 0; row < box.height; row += 1) {
    const from = (box.top + row) * width + box.left;
    square.set(data.subarray(from, from + box.width), (above + row) * side + before);
  }
  return { height: side, width: side, data: square };
}

/** Computes each output pixel as the mean of the input over its rectangle, with partial pixels weighted by area. */
export function areaAverage(input: Ink, height: number, width: number): Float32Array {
  const rows = shares(input.height, height);
  const columns = shares(input.width, width);
  // The axes are processed one after the other: the rectangle's area is the product of its sides.
  const narrow = new Float64Array(input.height * width);
  for (let row = 0; row < input.height; row += 1) {
    columns.forEach((parts, column) => {
      let sum = 0;
      for (const { at, share } of parts) sum += (input.data[row * input.width + at] as number) * share;
      narrow[row * width + column] = sum;
    });
  }
  const output = new Float32Array(height * width);
  rows.forEach((parts, row) => {
    for (let column = 0; column < width; column += 1) {
      let sum = 0;
      for (const { at, share } of parts) sum += (narrow[at * width + column] as number) * share;
      output[row * width + column] = sum;
    }
  });
  return output;
}

/**
 * Returns for each of `to` equal parts of a line of `from` pixels: the pixels in it, and the fraction of the part that
 * each covers.
 */
function shares(from: number, to: number): { readonly at: number; readonly share: number }[][] {
  const length = from / to;
  return Array.from({ length: to }, (_, part) => {
    const [start, end] = [part * length, (part + 1) * length];
    const parts = [];
    for (let at = Math.floor(start); at < Math.min(from, Math.ceil(end)); at += 1) {
      const share = (Math.min(end, at + 1) - Math.max(start, at)) / length;
      if (share > 0) parts.push({ at, share });
    }
    return parts;
  });
}

/** Converts to bytes with the brightest at 255, as full ink: thin strokes are grey after scaling. */
function toBytes(values: Float32Array): Uint8Array {
  const most = values.reduce((best, value) => Math.max(best, value), 0);
  return Uint8Array.from(values, (value) => Math.floor((value / Math.min(1, most)) * 255 + 0.5));
}

/** Returns edge coordinates: the middle of the first pixel is 0.5. */
function centreOfMass(bytes: Uint8Array, side: number): [number, number] {
  let [mass, rows, columns] = [0, 0, 0];
  bytes.forEach((value, i) => {
    mass += value;
    rows += value * (Math.floor(i / side) + 0.5);
    columns += value * ((i % side) + 0.5);
  });
  return [rows / mass, columns / mass];
}

/** Enlarges bilinearly, as a canvas does. */
export function enlarged({ height, width, data }: Ink, side: number): Ink {
  const at = (row: number, column: number) =>
    data[Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column))] as number;
  const larger = Float32Array.from({ length: side * side }, (_, i) => {
    const y = ((Math.floor(i / side) + 0.5) * height) / side - 0.5;
    const x = (((i % side) + 0.5) * width) / side - 0.5;
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [down, right] = [y - top, x - left];
    const above = at(top, left) * (1 - right) + at(top, left + 1) * right;
    const below = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right;
    return above * (1 - down) + below * down;
  });
  return { height: side, width: side, data: larger };
}
