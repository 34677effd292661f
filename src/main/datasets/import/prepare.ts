/**
 * Transforms the pixels of every image, whatever its format: rows and columns swapped, converted to grey,
 * inverted.
 */
import type { ImportOptions } from '../../../shared/datasets/importing.ts';
import type { ImageForm } from '../formats/format.ts';

export interface DatasetPreparation {
  readonly form: ImageForm;
  /** Returns its input, or an array that the next call reuses. */
  prepare(pixels: Uint8Array): Uint8Array;
}

export function preparation(
  form: ImageForm,
  { transpose, colour, invert }: Pick<ImportOptions, 'colour' | 'invert'> & { readonly transpose: boolean },
): DatasetPreparation {
  const steps: ((pixels: Uint8Array) => Uint8Array)[] = [];
  let current = form;
  if (transpose) {
    steps.push(transposition(current));
    current = { ...current, height: current.width, width: current.height };
  }
  if (colour === 'grey' && current.channels === 3) {
    steps.push(greying(current));
    current = { ...current, channels: 1 };
  } else if (colour === 'rgb' && current.channels === 1) {
    steps.push(colouring(current));
    current = { ...current, channels: 3 };
  }
  if (invert) steps.push(inversion(current));
  return { form: current, prepare: (pixels) => steps.reduce((now, step) => step(now), pixels) };
}

const sizeOf = ({ height, width, channels }: ImageForm) => height * width * channels;

function transposition(form: ImageForm): (pixels: Uint8Array) => Uint8Array {
  const { height, width, channels } = form;
  const out = new Uint8Array(sizeOf(form));
  return (pixels) => {
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1)
        for (let channel = 0; channel < channels; channel += 1)
          out[(x * height + y) * channels + channel] = pixels[(y * width + x) * channels + channel] as number;
    return out;
  };
}

/** Computes ITU-R BT.601's luma, rounded as Pillow's `convert('L')` does. */
export function greying({ height, width }: ImageForm): (pixels: Uint8Array) => Uint8Array {
  const out = new Uint8Array(height * width);
  return (pixels) => {
    for (let i = 0; i < out.length; i += 1) {
      const [red, green, blue] = [pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]] as [
        number,
        number,
        number,
      ];
      out[i] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
    return out;
  };
}

export function colouring({ height, width }: ImageForm): (pixels: Uint8Array) => Uint8Array {
  const out = new Uint8Array(height * width * 3);
  return (pixels) => {
    for (let i = 0; i < height * width; i += 1) out.fill(pixels[i] as number, 3 * i, 3 * i + 3);
    return out;
  };
}

function inversion(form: ImageForm): (pixels: Uint8Array) => Uint8Array {
  const out = new Uint8Array(sizeOf(form));
  return (pixels) => {
    for (let i = 0; i < out.length; i += 1) out[i] = 255 - (pixels[i] as number);
    return out;
  };
}
