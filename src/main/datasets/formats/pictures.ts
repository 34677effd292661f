/**
 * Decodes pictures to pixels: upright, without transparency, 8 bits, grey or colour, in the requested size.
 * sharp decodes PNG, JPEG, WebP and the first frame of a GIF, bmp-ts decodes BMP; the first bytes determine
 * the format.
 */
import { decode as decodeBmp } from 'bmp-ts';
import sharp, { type Sharp } from 'sharp';
import { Problem } from '../../../shared/base/problem.ts';
import type { ImportOptions } from '../../../shared/datasets/importing.ts';
import { colouring, greying } from '../import/prepare.ts';
import type { ImageForm } from './format.ts';

// Pictures are small and many: several are read concurrently, each in one thread, and none twice.
sharp.cache(false);
sharp.concurrency(1);

/**
 * Limit on a picture's number of pixels; a few such pictures at once stay within the memory bound that
 * docs/data.md states.
 */
const mostPicturePixels = 40_000_000;
/** Limit on the size of a picture's file. */
export const mostPictureBytes = 64 * 2 ** 20;

const kinds = new Set(['jpeg', 'png', 'webp', 'gif']);

export interface DecodedPicture {
  readonly pixels: Uint8Array;
  /** Original size, upright. */
  readonly width: number;
  readonly height: number;
  readonly isGrey: boolean;
  /** Some pixel lets the background through; many programs write an alpha channel in which none does. */
  readonly isTransparent: boolean;
}

type How = Pick<ImportOptions, 'fit' | 'background'>;

/**
 * Decodes a picture. With `form` null, size and channels are kept, for inspection only. Throws a `Problem`
 * that names `origin`.
 */
export async function decodePicture(
  bytes: Uint8Array,
  origin: string,
  form: ImageForm | null,
  { fit, background }: How,
): Promise<DecodedPicture & { readonly form: ImageForm }> {
  if (bytes.length === 0) throw new Problem('dataset.picture-empty', `${origin} is empty`, { origin });
  try {
    const input = isBmp(bytes)
      ? bmp(bytes, origin)
      : sharp(bytes, { limitInputPixels: mostPicturePixels, pages: 1 });
    const { format, width, height, hasAlpha, space } = await input.metadata();
    if (!isBmp(bytes) && !kinds.has(format)) throw wrongKind(origin, format);
    const isTransparent = hasAlpha && !isBmp(bytes) && !(await isOpaque(input.clone()));
    const upright = input
      .autoOrient()
      .flatten({ background })
      .toColourspace(isGreySpace(space) ? 'b-w' : 'srgb');
    const turned = (await input.metadata()).autoOrient;
    const size = { width: turned.width ?? width, height: turned.height ?? height };
    const sized =
      form && (form.width !== size.width || form.height !== size.height)
        ? upright.resize(form.width, form.height, { fit: fitNames[fit], background })
        : upright;
    const { data, info } = await sized.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const isGrey = info.channels === 1 || everyPixelGrey(data);
    const own = { height: info.height, width: info.width, channels: info.channels };
    const wanted = form ?? own;
    return {
      ...{ pixels: inChannels(data, own, wanted.channels), form: wanted, ...size },
      ...{ isGrey, isTransparent },
    };
  } catch (error) {
    throw error instanceof Problem ? error : unreadablePicture(origin, error);
  }
}

async function isOpaque(input: Sharp): Promise<boolean> {
  const alpha = await input.extractChannel('alpha').raw({ depth: 'uchar' }).toBuffer();
  return alpha.every((value) => value === 255);
}

const fitNames = { pad: 'contain', crop: 'cover', stretch: 'fill' } as const;
const isGreySpace = (space: string | undefined) => space === 'b-w' || space === 'grey16';
const isBmp = (bytes: Uint8Array) => bytes[0] === 0x42 && bytes[1] === 0x4d;

function bmp(bytes: Uint8Array, origin: string): Sharp {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixels = bytes.length < 26 ? 0 : Math.abs(view.getInt32(18, true) * view.getInt32(22, true));
  if (pixels > mostPicturePixels) throw tooManyPixels(origin);
  const { data, width, height } = decodeBmp(Buffer.from(bytes), { toRGBA: true });
  // BMP's fourth byte is padding in nearly all files, not transparency.
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
}

function everyPixelGrey(data: Uint8Array): boolean {
  for (let i = 0; i < data.length; i += 3)
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  return true;
}

function inChannels(data: Uint8Array, own: ImageForm, channels: number): Uint8Array {
  if (own.channels === channels) return data;
  return channels === 1 ? greying(own)(data) : colouring(own)(data);
}

function wrongKind(origin: string, format: string): Problem {
  return new Problem(
    'dataset.picture-kind',
    `${origin} is ${format}; PNG, JPEG, WebP, BMP or GIF would be right`,
    { origin, kind: format },
  );
}

function tooManyPixels(origin: string): Problem {
  return new Problem(
    'dataset.picture-pixels',
    `${origin} has more than ${mostPicturePixels / 1e6} million pixels; make it smaller`,
    { origin, most: mostPicturePixels / 1e6 },
  );
}

function unreadablePicture(origin: string, error: unknown): Problem {
  const said = error instanceof Error ? (error.message.split('\n')[0] as string) : String(error);
  // sharp's first line may announce further ones: "Input buffer has corrupt header:".
  const reason = said.replace(/\W+$/, '');
  if (/exceeds pixel limit/i.test(reason)) return tooManyPixels(origin);
  if (/unsupported image format/i.test(reason))
    return new Problem('dataset.picture-none', `${origin} is no picture that can be read`, { origin });
  return new Problem('dataset.picture-damaged', `${origin} is damaged: ${reason}`, { origin, reason });
}
