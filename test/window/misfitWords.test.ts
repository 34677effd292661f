/** Fields have the names in refusals that they have in the window. */
import { expect, test } from 'vitest';
import chinese from '../../resources/messages/zh-CN/design.json' with { type: 'json' };
import english from '../../resources/messages/en/design.json' with { type: 'json' };
import chineseSettings from '../../resources/messages/zh-CN/train.json' with { type: 'json' };
import { fieldName } from '../../src/shared/misfits/words.ts';

const prefix = 'design_field_';
const fields = Object.keys(english).filter((key) => key.startsWith(prefix));

test.each(fields)('%s', (key) => {
  const name = key.slice(prefix.length);
  const [en, zh] = [english, chinese].map((texts) => (texts as Record<string, unknown>)[key]);
  expect(fieldName(name, 'zh-CN')).toBe(zh);
  // Two fields are called otherwise where they stand alone: the window shows them beneath their layer.
  if (!['negativeSlope', 'alpha'].includes(name))
    expect(fieldName(name, 'en')).toBe(String(en).toLowerCase());
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
