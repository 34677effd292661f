/** PyTorch's lines for the images: preprocessing, the held-out part, and the order in which they are drawn. */
import { type Augmentation, type TrainingSettings, courseNormalisation } from '../training/training.ts';

const list = (values: readonly number[]) => `(${values.join(', ')}${values.length === 1 ? ',' : ''})`;

export interface DatasetCode {
  /** Name of torchvision's class. */
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

function augmentationLines(augmentation: Augmentation, { height, width }: DatasetCode): string[] {
  const { shift, rotation, scale, horizontalFlip, noise } = augmentation;
  const lines: string[] = [];
  if (horizontalFlip) lines.push('transforms.RandomHorizontalFlip(),');
  if (shift > 0 || rotation > 0 || scale > 0) {
    const options = [
      `degrees=${rotation}`,
      ...(shift > 0 ? [`translate=(${shift} / ${width}, ${shift} / ${height})`] : []),
      ...(scale > 0 ? [`scale=(1 - ${scale}, 1 + ${scale})`] : []),
      'interpolation=transforms.InterpolationMode.BILINEAR',
    ];
    if (shift > 0) lines.push('# torchvision moves by whole pixels, Stride by fractions of them too.');
    lines.push(`transforms.RandomAffine(${options.join(', ')}),`);
  }
  if (noise > 0)
    lines.push(`transforms.Lambda(lambda pixels: pixels + ${noise} * torch.randn_like(pixels)),`);
  return lines;
}

export function transformLines(settings: TrainingSettings, dataset: DatasetCode): string[] {
  const { normalisation, augmentation } = settings;
  const of = (value: number) => list(Array.from({ length: dataset.channels }, () => value));
  const measured =
    normalisation === 'dataset'
      ? [
          "# Each channel's mean and standard deviation over all training images.",
          `images = torch.as_tensor(datasets.${dataset.name}(root=root, train=True, download=True).data) / 255.0`,
          dataset.channels === 1
            ? 'mean, std = [images.double().mean().item()], [images.double().std(correction=0).item()]'
            : 'mean, std = images.double().mean((0, 1, 2)).tolist(), images.double().std((0, 1, 2), correction=0).tolist()',
        ]
      : [];
  const constants = {
    course: `, transforms.Normalize(${of(courseNormalisation.mean)}, ${of(courseNormalisation.deviation)})`,
    dataset: ', transforms.Normalize(mean, std)',
    none: '',
  }[normalisation];
  const plain = [...measured, `transform = transforms.Compose([transforms.ToTensor()${constants}])`];
  const changes = augmentation ? augmentationLines(augmentation, dataset) : [];
  if (changes.length === 0) return plain;
  return [
    ...plain,
    '# What is drawn here comes from another generator than in Stride: losses agree on the whole, not number for number.',
    'train_transform = transforms.Compose([',
    '    transforms.ToTensor(),',
    ...changes.map((line) => `    ${line}`),
    ...(constants ? [`    ${constants.slice(2)},`] : []),
    '])',
  ];
}

/** Returns whether images of the training set are changed at random. */
export function augments({ augmentation }: TrainingSettings): boolean {
  if (!augmentation) return false;
  const { shift, rotation, scale, horizontalFlip, noise } = augmentation;
  return horizontalFlip || [shift, rotation, scale, noise].some((value) => value > 0);
}

/**
 * Returns the lines of Stride's split: the same fraction of every class, drawn by a generator of its own, with both
 * parts in the data set's order.
 */
export function splitLines({ validation }: TrainingSettings): string[] {
  if (!validation) return [];
  return [
    'def split(labels, fraction, seed):',
    '    """Indices to train on and to validate with: the same share of every class is held back."""',
    '    generator = torch.Generator().manual_seed(seed)',
    '    held = torch.zeros(len(labels), dtype=torch.bool)',
    '    for label in labels.unique():',
    '        members = (labels == label).nonzero().flatten()',
    '        count = min(max(int(len(members) * fraction + 0.5), 1), len(members) - 1)',
    '        held[members[torch.randperm(len(members), generator=generator)[:count]]] = True',
    '    return (~held).nonzero().flatten().tolist(), held.nonzero().flatten().tolist()',
    '',
    '',
  ];
}

export function loaderLines(settings: TrainingSettings, dataset: DatasetCode): string[] {
  const { validation } = settings;
  const trainTransform = augments(settings) ? 'train_transform' : 'transform';
  const make = (train: string, transform: string) =>
    `datasets.${dataset.name}(root=root, train=${train}, download=True, transform=${transform})`;
  const lines = [`train_dataset = ${make('True', trainTransform)}`];
  if (validation) {
    lines.push(
      `train_indices, validation_indices = split(torch.as_tensor(train_dataset.targets), ${validation.fraction}, ${validation.seed})`,
      augments(settings)
        ? `validation_dataset = Subset(${make('True', 'transform')}, validation_indices)`
        : 'validation_dataset = Subset(train_dataset, validation_indices)',
      'train_dataset = Subset(train_dataset, train_indices)',
      "# A generator of its own: reading it must not use up the script's random numbers.",
      'validation_loader = DataLoader(validation_dataset, shuffle=False, batch_size=batch_size, generator=torch.Generator())',
    );
  }
  return [
    ...lines,
    'train_loader = DataLoader(train_dataset, shuffle=True, batch_size=batch_size)',
    `test_dataset = ${make('False', 'transform')}`,
    'test_loader = DataLoader(test_dataset, shuffle=False, batch_size=batch_size)',
  ];
}
