/**
 * Writes a net and its training settings as a complete PyTorch script: with the seed of a Stride run it prints that
 * run's losses (`test/code-pytorch.test.ts`). Its style is that of the course's scripts.
 */
import type { DatasetSummary } from '../datasets/dataset.ts';
import type { Network } from '../network/network.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../training/training.ts';
import { type PyTorchStyle, networkHeader, pytorchModel } from './pytorchModel.ts';
import { type DatasetCode, loaderLines, splitLines, transformLines } from './pytorchData.ts';
import { optimizerLine, scheduleCode } from './pytorchOptimizer.ts';
import { honestNotes, initialisationLines, loopLines, testLines, trainLines } from './pytorchTraining.ts';

export interface CodeOptions {
  /** The training settings; the course's if absent. */
  readonly settings?: TrainingSettings | undefined;
  readonly dataset?: NamedDataset | undefined;
}

export interface PyTorchOptions extends CodeOptions {
  readonly style?: PyTorchStyle;
}

export const courseDataset = { id: 'mnist', name: 'MNIST', height: 28, width: 28, channels: 1 } as const;

type NamedDataset = Pick<DatasetSummary, 'id' | 'name' | 'height' | 'width' | 'channels'>;

/** torchvision's classes for data sets that Stride may have. */
const torchvisionClasses: Readonly<Record<string, string>> = {
  mnist: 'MNIST',
  'fashion-mnist': 'FashionMNIST',
  cifar10: 'CIFAR10',
};

/** Returns comments for a data set that torchvision does not have, or whose images do not fit the net. */
function datasetNotes({ input }: Network, dataset: NamedDataset): string[] {
  const known = torchvisionClasses[dataset.id];
  const { height, width, channels } = dataset;
  const fits = input.height === height && input.width === width && input.channels === channels;
  return [
    ...(known
      ? []
      : [`# torchvision does not have the data set "${dataset.name}"; MNIST stands in its place.`]),
    ...(fits
      ? []
      : [
          `# The images of ${known ?? 'MNIST'} are ${channels}×${height}×${width}: this net is made for others.`,
        ]),
  ];
}

function importLines(schedule: ReturnType<typeof scheduleCode>, settings: TrainingSettings): string[] {
  return [
    ...(schedule.setUp.some((line) => line.includes('math.')) ? ['import math'] : []),
    'import os',
    'import sys',
    '',
    'import torch',
    'import torch.nn as nn',
    'import torch.nn.functional as F',
    'import torch.optim as optim',
    `from torch.utils.data import DataLoader${settings.validation ? ', Subset' : ''}`,
    'from torchvision import datasets, transforms',
  ];
}

export function toPyTorch(network: Network, options: PyTorchOptions = {}): string {
  const { style = 'class', dataset = courseDataset } = options;
  const settings = options.settings ?? trainingSettingsSchema.parse({});
  const model = pytorchModel(network, style);
  const known = torchvisionClasses[dataset.id];
  const code: DatasetCode = { ...dataset, name: known ?? 'MNIST' };
  const schedule = scheduleCode(settings);

  return [
    ...networkHeader(network, '#'),
    '# Written by Stride. It needs torch and torchvision; an argument or DATA_ROOT names the folder of the data set.',
    ...honestNotes(network, settings),
    ...datasetNotes(network, dataset),
    '',
    ...importLines(schedule, settings),
    '',
    "root = sys.argv[1] if len(sys.argv) > 1 else os.environ.get('DATA_ROOT', 'dataset')",
    `batch_size = ${settings.batchSize}`,
    `epochs = ${settings.epochs}`,
    '# Before anything is drawn: initial weights and the order of the batches follow from it.',
    `torch.manual_seed(${settings.seed})`,
    '',
    ...transformLines(settings, code),
    '',
    ...(settings.validation ? ['', ...splitLines(settings)] : []),
    ...loaderLines(settings, code),
    '',
    ...(style === 'class' ? [''] : []),
    ...model.lines,
    ...initialisationLines(settings),
    settings.labelSmoothing > 0
      ? `criterion = nn.CrossEntropyLoss(label_smoothing=${settings.labelSmoothing})`
      : 'criterion = nn.CrossEntropyLoss()',
    `optimizer = ${optimizerLine(settings.optimizer)}`,
    ...schedule.setUp,
    '',
    '',
    ...trainLines(settings, schedule),
    '',
    '',
    ...testLines,
    '',
    '',
    ...loopLines(settings, schedule),
    '',
  ].join('\n');
}
