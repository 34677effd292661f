/** Words about the training settings. */
import { m } from '../paraglide/messages.js';
import { type SettingName, settingRules } from '../state/trainForm.svelte.ts';
import { formatCount } from './format.ts';

const labels: Record<SettingName, () => string> = {
  epochs: m.setting_epochs,
  batchSize: m.setting_batch_size,
  learningRate: m.setting_learning_rate,
  momentum: m.setting_momentum,
  seed: m.setting_seed,
};

export function settingLabel(name: SettingName): string {
  return labels[name]();
}

/** One line on what a setting is good for, where its name does not say it. */
export function settingHint(name: SettingName): string | null {
  return name === 'seed' ? m.setting_seed_hint() : null;
}

/** What would be allowed. */
export function settingError(name: SettingName): string {
  const rule = settingRules[name];
  if (name === 'seed') return m.error_whole_from_zero();
  if (rule.whole) return m.error_whole({ minimum: rule.minimum, maximum: formatCount(rule.maximum) });
  if (name === 'learningRate') return m.error_above({ minimum: rule.minimum, maximum: rule.maximum });
  return m.error_below({ minimum: rule.minimum, maximum: rule.maximum });
}
