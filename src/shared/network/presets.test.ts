import { describe, expect, test } from 'vitest';
import { lintNetwork } from '../lint/lint.ts';
import { trainingSettingsSchema } from '../training/training.ts';
import { findPreset, presets } from './presets.ts';
import { summarize } from './shapes.ts';

const parameters = (name: string) => summarize(findPreset(name)!.network).parameterCount;

describe('what PyTorch counts', () => {
  test('the course’s nets', () => {
    expect(parameters('course')).toBe(8490);
    expect(parameters('homework')).toBe(16_750);
  });

  // The sum is nn.Conv2d(1, 6, 5) 156, nn.Conv2d(6, 16, 5) 2,416, nn.Conv2d(16, 120, 5) 48,120, nn.Linear(120, 84)
  // 10,164, (84, 10) 850: the figure of "Dive into Deep Learning" and of torchinfo.
  test('LeNet-5', () => {
    expect(parameters('LeNet-5')).toBe(61_706);
  });

  // The usual ResNet-8 for CIFAR-10 has 78,042. Here images have one channel instead of three, and the two 1×1 shortcuts
  // have a bias (32 + 64) where the usual ones have a batch normalisation (2 × 32 + 2 × 64).
  test('ResNet-8', () => {
    expect(parameters('ResNet-8')).toBe(78_042 - 2 * 16 * 9 - (32 + 64));
  });
});

test.each(['LeNet-5', 'ResNet-8'])('%s: the lint has nothing to say', (name) => {
  const { network, settings } = findPreset(name)!;
  expect(lintNetwork(network, { classes: 10, normalisation: settings.normalisation })).toEqual([]);
});

test('each has a name of its own, ten outputs, and settings that are valid', () => {
  expect(new Set(presets.map(({ network }) => network.name)).size).toBe(presets.length);
  for (const { network, settings } of presets) {
    expect(summarize(network).output).toMatchObject({ features: 10 });
    expect(trainingSettingsSchema.parse(settings)).toEqual(settings);
  }
});
