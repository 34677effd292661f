/** The course's two nets, layer by layer as its scripts have them, and the settings with which they train them. */
import type { Network } from './network.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../training/training.ts';

const input = { height: 28, width: 28, channels: 1 };

const course: Network = {
  name: 'course',
  input,
  layers: [
    { type: 'conv2d', filters: 10, kernelSize: 5 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'conv2d', filters: 20, kernelSize: 5 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'flatten' },
    { type: 'linear', units: 10 },
  ],
};

const homework: Network = {
  name: 'homework',
  input,
  layers: [
    { type: 'conv2d', filters: 10, kernelSize: 3 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'conv2d', filters: 20, kernelSize: 3, padding: 1 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'conv2d', filters: 30, kernelSize: 3 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'flatten' },
    { type: 'linear', units: 60 },
    { type: 'linear', units: 30 },
    { type: 'linear', units: 10 },
  ],
};

export interface Preset {
  readonly network: Network;
  readonly settings: TrainingSettings;
}

export const presets: readonly Preset[] = [
  { network: course, settings: trainingSettingsSchema.parse({ epochs: 10 }) },
  { network: homework, settings: trainingSettingsSchema.parse({ epochs: 2 }) },
];

export function findPreset(name: string): Preset | undefined {
  return presets.find((preset) => preset.network.name === name);
}
