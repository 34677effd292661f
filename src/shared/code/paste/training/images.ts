/** The preprocessing of a script's images: the data set, its transforms, its augmentation. */
import { type Augmentation, courseNormalisation } from '../../../training/training.ts';
import { bind, numberOf, numbersOf } from '../torch/arguments.ts';
import { NotUnderstood, type Value } from '../values.ts';
import { type SettingsReading, attempt, nameCondition } from './found.ts';
import type { DatasetImageSize } from '../../../network/forDataset.ts';

interface KnownSet extends DatasetImageSize {
  readonly training: number;
  readonly test: number;
}

const digits = { height: 28, width: 28, channels: 1 };
const colour = { height: 32, width: 32, channels: 3 };

/** torchvision's data sets: the size and the number of their images. */
export const torchvisionSets: Readonly<Record<string, KnownSet | undefined>> = {
  MNIST: { ...digits, training: 60_000, test: 10_000 },
  FashionMNIST: { ...digits, training: 60_000, test: 10_000 },
  KMNIST: { ...digits, training: 60_000, test: 10_000 },
  QMNIST: { ...digits, training: 60_000, test: 60_000 },
  EMNIST: { ...digits, training: 112_800, test: 18_800 },
  CIFAR10: { ...colour, training: 50_000, test: 10_000 },
  CIFAR100: { ...colour, training: 50_000, test: 10_000 },
  SVHN: { ...colour, training: 73_257, test: 26_032 },
};

export interface ScriptImages {
  /** Null if the code does not say. */
  readonly size: { height: number; width: number } | null;
  readonly grayscale: boolean;
}

interface ImageReading extends SettingsReading {
  size: { height: number; width: number } | null;
  grayscale: boolean;
  change: Augmentation | null;
  sawTensor: boolean;
  sawNormalize: boolean;
  readonly width: number;
}

/** `transform` is that of the training images; `width` is their width before it. */
export function readTransforms(
  into: SettingsReading,
  transform: Value | undefined,
  width: number,
): ScriptImages {
  const reading: ImageReading = {
    ...into,
    size: null,
    grayscale: false,
    change: null,
    sawTensor: false,
    sawNormalize: false,
    width,
  };
  if (transform) each(reading, transform);
  if (reading.sawTensor && !reading.sawNormalize) into.found.normalisation = 'none';
  if (reading.change) into.found.augmentation = reading.change;
  return { size: reading.size, grayscale: reading.grayscale };
}

function each(reading: ImageReading, value: Value): void {
  if (value.kind === 'list') for (const item of value.items) each(reading, item);
  if (value.kind === 'path') {
    // A transform's class without an instance, such as `transforms.ToTensor` without its brackets.
    if (/\.ToTensor$/.test(value.path)) reading.sawTensor = true;
    return;
  }
  if (value.kind !== 'transform') return;
  const { name, call, place } = value;
  if (name === 'Compose' || name === 'Sequential') {
    for (const given of [...call.positional, ...call.named.values()]) each(reading, given);
    return;
  }
  const condition = value.origin?.kind === 'condition' ? value.origin : null;
  nameCondition(reading, { name, call, place, condition });
  attempt(reading, place, () => one(reading, value));
}

/** Transforms that leave the pixels unchanged. */
const indifferent = new Set(['PILToTensor', 'ConvertImageDtype', 'ToImage', 'ToPILImage', 'ToDtype']);

function one(reading: ImageReading, { name, call, place }: Extract<Value, { kind: 'transform' }>): void {
  const what = `transforms.${name}`;
  const [first] = call.positional;
  switch (name) {
    case 'ToTensor':
    case 'ToImageTensor':
      reading.sawTensor = true;
      return;
    case 'ToDtype':
      reading.sawTensor = true;
      return;
    case 'Normalize':
      normalize(reading, what, { name, call, place });
      return;
    case 'RandomHorizontalFlip': {
      const p = numberOf(bind(what, ['p'], call), 'p', what, 0.5);
      if (p !== 0.5) throw new NotUnderstood('argument-unsupported', { what, argument: 'p', value: p });
      changes(reading).horizontalFlip = true;
      return;
    }
    case 'RandomRotation': {
      const degrees = numbersOf(first ?? call.named.get('degrees'));
      changes(reading).rotation = rotation(degrees, what);
      return;
    }
    case 'RandomAffine':
      affine(reading, what, call);
      return;
    case 'Resize': {
      const size = numbersOf(first ?? call.named.get('size'));
      if (!size) throw new NotUnderstood('argument-unreadable', { what, argument: 'size' });
      reading.size = { height: size[0] as number, width: size[1] ?? (size[0] as number) };
      return;
    }
    case 'CenterCrop': {
      const size = numbersOf(first ?? call.named.get('size'));
      const side = reading.size?.width ?? reading.width;
      if (!size?.every((length) => length === side)) {
        if (size) reading.size = { height: size[0] as number, width: size[1] ?? (size[0] as number) };
        throw new NotUnderstood('transform-unknown', { what });
      }
      return;
    }
    case 'Grayscale':
      reading.grayscale = (numbersOf(first ?? call.named.get('num_output_channels')) ?? [1])[0] === 1;
      return;
    case 'Lambda': {
      const noise = /\+ *([\d.e-]+) *\* *torch\.randn_like/.exec(place.text);
      if (!noise) throw new NotUnderstood('transform-unknown', { what });
      changes(reading).noise = Number(noise[1]);
      return;
    }
    default:
      if (!indifferent.has(name) && /^[A-Z]/.test(name))
        throw new NotUnderstood('transform-unknown', { what });
  }
}

function changes(reading: ImageReading): Augmentation {
  reading.change ??= { shift: 0, rotation: 0, scale: 0, horizontalFlip: false, noise: 0 };
  return reading.change;
}

/** Returns the degrees in either direction, which may be written as a pair. */
function rotation(degrees: readonly number[] | null, what: string): number {
  const [low, high] = degrees ?? [];
  if (low === undefined) throw new NotUnderstood('argument-unreadable', { what, argument: 'degrees' });
  if (high === undefined || low === -high) return Math.abs(low);
  throw new NotUnderstood('argument-unsupported', { what, argument: 'degrees', value: `${low}, ${high}` });
}

function normalize(
  reading: ImageReading,
  what: string,
  { call, place }: { name: string } & Pick<Extract<Value, { kind: 'transform' }>, 'call' | 'place'>,
): void {
  const bound = bind(what, ['mean', 'std', 'inplace'], call);
  const mean = numbersOf(bound.get('mean'));
  const deviation = numbersOf(bound.get('std'));
  reading.sawNormalize = true;
  reading.found.normalisation = 'dataset';
  if (!mean || !deviation) {
    reading.findings.add('warning', 'normalize-measured', place);
    return;
  }
  if (mean.every((value) => value === 0) && deviation.every((value) => value === 1)) {
    reading.found.normalisation = 'none';
    return;
  }
  const course =
    mean.every((value) => value === courseNormalisation.mean) &&
    deviation.every((value) => value === courseNormalisation.deviation);
  if (course) reading.found.normalisation = 'course';
  else
    reading.findings.add('warning', 'normalize-other', place, {
      mean: mean.join(', '),
      std: deviation.join(', '),
    });
}

function affine(
  reading: ImageReading,
  what: string,
  call: Extract<Value, { kind: 'transform' }>['call'],
): void {
  const bound = bind(
    what,
    ['degrees', 'translate', 'scale', 'shear', 'interpolation', 'fill', 'center'],
    call,
  );
  const change = changes(reading);
  change.rotation = rotation(numbersOf(bound.get('degrees')), what);
  const translate = numbersOf(bound.get('translate'));
  if (translate) change.shift = Math.round((translate[0] as number) * reading.width * 1e6) / 1e6;
  const scale = numbersOf(bound.get('scale'));
  if (scale) change.scale = Math.round((1 - (scale[0] as number)) * 1e6) / 1e6;
  const shear = bound.get('shear');
  if (shear && shear.kind !== 'none')
    throw new NotUnderstood('argument-unsupported', { what, argument: 'shear', value: '…' });
}
