/** What a script does to the images before the net has them: the data set, its transforms, its augmentation. */
import { type Augmentation, type TrainingSettings, courseNormalisation } from '../../training/training.ts';
import type { Findings } from './findings.ts';
import { type CallArguments, bind, numberOf } from './torchLayers.ts';
import { NotUnderstood, type Place, type Value } from './values.ts';

export type FoundSettings = { -readonly [K in keyof TrainingSettings]?: TrainingSettings[K] };

export const numbers = (value: Value | undefined): number[] | null => {
  if (value?.kind === 'number') return [value.value];
  if (value?.kind !== 'list') return null;
  const items = value.items.map((item) => (item.kind === 'number' ? item.value : NaN));
  return items.every((item) => !Number.isNaN(item)) ? items : null;
};

/** Data sets of torchvision: their images, and Stride's id where it has them. */
export const torchvisionSets: Readonly<
  Record<string, { readonly height: number; readonly width: number; readonly channels: number }>
> = {
  MNIST: { height: 28, width: 28, channels: 1 },
  FashionMNIST: { height: 28, width: 28, channels: 1 },
  KMNIST: { height: 28, width: 28, channels: 1 },
  EMNIST: { height: 28, width: 28, channels: 1 },
  QMNIST: { height: 28, width: 28, channels: 1 },
  CIFAR10: { height: 32, width: 32, channels: 3 },
  CIFAR100: { height: 32, width: 32, channels: 3 },
  SVHN: { height: 32, width: 32, channels: 3 },
};

export abstract class ImageReader {
  readonly found: FoundSettings = {};
  /** The data set's class, and the size that a transform gives its images. */
  dataset: string | null = null;
  resized: { height: number; width: number } | null = null;
  grayscale = false;
  protected readonly findings: Findings;
  private augmentation: Augmentation | null = null;
  private sawTensor = false;
  private sawNormalize = false;

  constructor(findings: Findings) {
    this.findings = findings;
  }

  /** After the whole script: what follows from what was not there. */
  end(): void {
    if (this.sawTensor && !this.sawNormalize) this.found.normalisation = 'none';
    if (this.augmentation) this.found.augmentation = this.augmentation;
  }

  protected set(name: string, place: Place): void {
    if (this.dataset === null) this.dataset = name;
    if (!(name in torchvisionSets)) this.findings.add('warning', 'dataset-unknown', place, { what: name });
  }

  private change(): Augmentation {
    this.augmentation ??= { shift: 0, rotation: 0, scale: 0, horizontalFlip: false, noise: 0 };
    return this.augmentation;
  }

  protected transform(name: string, call: CallArguments, place: Place): void {
    const what = `transforms.${name}`;
    const [first] = call.positional;
    switch (name) {
      case 'Compose':
      case 'PILToTensor':
      case 'ConvertImageDtype':
        return;
      case 'ToTensor':
        this.sawTensor = true;
        return;
      case 'Normalize': {
        const bound = bind(what, ['mean', 'std', 'inplace'], call);
        const mean = numbers(bound.get('mean'));
        const std = numbers(bound.get('std'));
        this.sawNormalize = true;
        if (!mean || !std) this.findings.add('warning', 'normalize-measured', place);
        const course =
          mean?.every((value) => value === courseNormalisation.mean) &&
          std?.every((value) => value === courseNormalisation.deviation);
        if (course) this.found.normalisation = 'course';
        else if (mean && std) {
          this.found.normalisation = 'dataset';
          this.findings.add('warning', 'normalize-other', place, {
            mean: mean.join(', '),
            std: std.join(', '),
          });
        } else this.found.normalisation = 'dataset';
        return;
      }
      case 'RandomHorizontalFlip': {
        const p = numberOf(bind(what, ['p'], call), 'p', what, 0.5);
        if (p !== 0.5) throw new NotUnderstood('argument-unsupported', { what, argument: 'p', value: p });
        this.change().horizontalFlip = true;
        return;
      }
      case 'RandomRotation': {
        const degrees = numbers(first ?? call.named.get('degrees'));
        if (!degrees || degrees.length > 1)
          throw new NotUnderstood('argument-unreadable', { what, argument: 'degrees' });
        this.change().rotation = degrees[0] as number;
        return;
      }
      case 'RandomAffine':
        this.affine(what, call);
        return;
      case 'Resize': {
        const size = numbers(first ?? call.named.get('size'));
        if (!size) throw new NotUnderstood('argument-unreadable', { what, argument: 'size' });
        this.resized = { height: size[0] as number, width: size[1] ?? (size[0] as number) };
        return;
      }
      case 'Grayscale':
        this.grayscale = true;
        return;
      case 'Lambda': {
        const noise = /\+ *([\d.e-]+) *\* *torch\.randn_like/.exec(place.text);
        if (noise) this.change().noise = Number(noise[1]);
        else this.findings.add('error', 'transform-unknown', place, { what });
        return;
      }
      default:
        if (/^[A-Z]/.test(name)) this.findings.add('error', 'transform-unknown', place, { what });
    }
  }

  private affine(what: string, call: CallArguments): void {
    const bound = bind(
      what,
      ['degrees', 'translate', 'scale', 'shear', 'interpolation', 'fill', 'center'],
      call,
    );
    const degrees = numbers(bound.get('degrees'));
    if (!degrees || degrees.length > 1)
      throw new NotUnderstood('argument-unreadable', { what, argument: 'degrees' });
    const change = this.change();
    change.rotation = degrees[0] as number;
    const translate = numbers(bound.get('translate'));
    const { width } = torchvisionSets[this.dataset ?? 'MNIST'] ?? { width: 28 };
    if (translate) change.shift = Math.round((translate[0] as number) * width * 1e6) / 1e6;
    const scale = numbers(bound.get('scale'));
    if (scale) change.scale = Math.round((1 - (scale[0] as number)) * 1e6) / 1e6;
    const shear = bound.get('shear');
    if (shear && shear.kind !== 'none')
      throw new NotUnderstood('argument-unsupported', { what, argument: 'shear', value: '…' });
  }
}
