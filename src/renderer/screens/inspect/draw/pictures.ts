/** Converts a dropped, pasted or chosen picture to ink of the pad's size. */
import { Problem } from '../../../../shared/base/problem.ts';
import { inkOfPicture } from '../../../../shared/inspect/drawing/pictureInk.ts';
import { type Ink, areaAverage, enlarged } from '../../../../shared/inspect/drawing/prepareDigit.ts';
import { padSide } from './pen.ts';

/** Pictures are reduced to this size before their ink is detected: a photograph has more pixels than a stroke needs. */
const mostSide = 560;

/** Throws a `Problem` if the file is no picture, or shows nothing. */
export async function inkOfFile(file: Blob): Promise<Ink> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Problem(
      'draw.no-picture',
      'this is not a picture that can be read; use PNG, JPEG, WebP or GIF',
    );
  }
  const share = Math.min(1, mostSide / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * share));
  const height = Math.max(1, Math.round(bitmap.height * share));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const ink = inkOfPicture({ height, width, data });
  if (!ink) {
    throw new Problem(
      'draw.empty-picture',
      'nothing stands out from the paper in this picture; take one with more light and a darker pen',
    );
  }
  return onPad(ink);
}

/** Returns the ink in the middle of the pad, as large as fits; a small picture is enlarged. */
function onPad(ink: Ink): Ink {
  const side = Math.max(ink.height, ink.width);
  const square = new Float32Array(side * side);
  const top = Math.floor((side - ink.height) / 2);
  const left = Math.floor((side - ink.width) / 2);
  for (let row = 0; row < ink.height; row += 1)
    square.set(ink.data.subarray(row * ink.width, (row + 1) * ink.width), (top + row) * side + left);
  return { height: padSide, width: padSide, data: resized({ height: side, width: side, data: square }) };
}

function resized(square: Ink): Float32Array {
  return square.height >= padSide ? areaAverage(square, padSide, padSide) : enlarged(square, padSide).data;
}
