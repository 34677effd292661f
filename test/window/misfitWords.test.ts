/** Fields have the names in refusals that they have in the window. */
import { expect, test } from 'vitest';
import chineseSettings from '../../resources/messages/zh-CN/train.json' with { type: 'json' };
import { layerFields } from '../../src/shared/layers/fields.ts';
import { layerTypes } from '../../src/shared/layers/index.ts';
import { fieldName } from '../../src/shared/misfits/words.ts';

const fields = layerTypes.flatMap((type) => layerFields[type].map((field) => ({ type, ...field })));

test.each(fields)('$type, $name', ({ name, label }) => {
  expect(fieldName(name, 'zh-CN')).toBe(label['zh-CN']);
  // The slope is called otherwise where it stands alone: the window shows it beneath its layer.
  expect(fieldName(name, 'en')).toBe(name === 'negativeSlope' ? 'negative slope' : label.en.toLowerCase());
});

test.each([
  ['weightDecay', 'train_weight_decay'],
  ['warmUpSteps', 'train_warm_up'],
  ['stepSize', 'train_step_size'],
  ['labelSmoothing', 'train_label_smoothing'],
  ['fraction', 'train_fraction'],
  ['patience', 'train_patience'],
  ['minimumChange', 'train_minimum_change'],
] as const)('%s is called as in Train', (name, key) => {
  expect(fieldName(name, 'zh-CN')).toBe(chineseSettings[key]);
});
