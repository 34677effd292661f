/** All settings of a run as rows: name, value, and the course's value where it differs. */
import { findPreset } from '../../../shared/network/presets.ts';
import type { Network } from '../../../shared/network/network.ts';
import {
  type TrainingSettings,
  courseOptimizer,
  optimizerSchema,
  trainingSettingsSchema,
} from '../../../shared/training/training.ts';
import { absent } from '../../i18n/format.ts';
import { m } from '../../paraglide/messages.js';
import { optimizerLabel } from '../../i18n/settings.ts';

export interface SettingRow {
  readonly name: string;
  readonly value: string;
  /** The course's value, if it differs. */
  readonly course: string | null;
}

const names: Readonly<Record<string, () => string>> = {
  epochs: m.setting_epochs,
  batchSize: m.setting_batch_size,
  seed: m.setting_seed,
  optimizer: m.optimizer,
  'optimizer.learningRate': m.setting_learning_rate,
  'optimizer.momentum': m.setting_momentum,
  'optimizer.nesterov': m.runs_setting_nesterov,
  'optimizer.weightDecay': m.runs_setting_weight_decay,
  'optimizer.beta1': () => 'β₁',
  'optimizer.beta2': () => 'β₂',
  'optimizer.alpha': () => 'α',
  'optimizer.epsilon': () => 'ε',
  'optimizer.learningRateDecay': m.runs_setting_lr_decay,
  schedule: m.runs_setting_schedule,
  'schedule.warmUpSteps': m.runs_setting_warm_up,
  'schedule.stepSize': m.runs_setting_step_size,
  'schedule.gamma': () => 'γ',
  'schedule.minimum': m.runs_setting_minimum,
  'schedule.maximum': m.runs_setting_maximum,
  'schedule.pctStart': m.runs_setting_pct_start,
  'schedule.divFactor': m.runs_setting_div_factor,
  'schedule.finalDivFactor': m.runs_setting_final_div_factor,
  clipping: m.runs_setting_clipping,
  'clipping.maximum': m.runs_setting_maximum,
  labelSmoothing: m.runs_setting_label_smoothing,
  initialisation: m.runs_setting_initialisation,
  'initialisation.value': m.runs_setting_value,
  normalisation: m.runs_setting_normalisation,
  augmentation: m.runs_setting_augmentation,
  'augmentation.shift': m.runs_setting_shift,
  'augmentation.rotation': m.runs_setting_rotation,
  'augmentation.scale': m.runs_setting_scale,
  'augmentation.horizontalFlip': m.runs_setting_flip,
  'augmentation.noise': m.runs_setting_noise,
  validation: m.runs_setting_validation,
  'validation.fraction': m.runs_setting_fraction,
  'validation.seed': m.setting_seed,
  earlyStopping: m.runs_setting_early_stopping,
  'earlyStopping.patience': m.runs_setting_patience,
  'earlyStopping.minimumChange': m.runs_setting_minimum_change,
  measure: m.runs_setting_measure,
};

/** Returns the name of a setting (`optimizer.learningRate`) in the reader's language; the path itself if it has none. */
export function settingName(key: string): string {
  if (key === 'dataset') return m.dataset();
  if (key === 'network') return m.net();
  return names[key.replace(/\.(type|metric)$/, '')]?.() ?? key;
}

/** Display names of the program's own terms (`sgd`, `cosine`, `testLoss`). */
const words: Readonly<Record<string, () => string>> = {
  constant: m.runs_word_constant,
  step: m.runs_word_step,
  exponential: m.runs_word_exponential,
  cosine: m.runs_word_cosine,
  oneCycle: m.runs_word_one_cycle,
  norm: m.runs_word_norm,
  value: m.runs_word_value,
  default: m.runs_word_pytorch,
  kaimingUniform: () => 'Kaiming uniform',
  kaimingNormal: () => 'Kaiming normal',
  xavierUniform: () => 'Xavier uniform',
  xavierNormal: () => 'Xavier normal',
  zeros: m.runs_word_zeros,
  course: m.runs_word_course,
  dataset: m.dataset,
  none: m.runs_word_none,
  testLoss: m.test_loss,
  testAccuracy: m.test_accuracy,
  trainLoss: m.train_loss,
  validationLoss: m.runs_word_validation_loss,
  validationAccuracy: m.runs_word_validation_accuracy,
};

/** Flattens `{ optimizer: { type: 'sgd', … } }` to `optimizer: sgd`, `optimizer.momentum: 0.5`, …, in order. */
function flat(settings: TrainingSettings): Map<string, string> {
  const rows = new Map<string, string>();
  for (const [key, value] of Object.entries(settings)) {
    if (value === null || typeof value !== 'object') {
      rows.set(key, show(key, value));
      continue;
    }
    const { type, metric, ...fields } = value as Record<string, unknown>;
    rows.set(key, show(key, type ?? metric ?? true));
    for (const [field, inner] of Object.entries(fields)) {
      // A warm-up of no steps is left out.
      if (field === 'warmUpSteps' && inner === 0) continue;
      rows.set(`${key}.${field}`, show(`${key}.${field}`, inner));
    }
  }
  return rows;
}

function show(key: string, value: unknown): string {
  if (value === null || value === false) return m.runs_word_off();
  if (value === true) return m.runs_word_on();
  if (typeof value === 'string')
    return key === 'optimizer' ? optimizerLabel(value) : (words[value]?.() ?? value);
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/**
 * Compares the settings with those of the course for this net, or for the course net if the net is another one. A run
 * with another optimizer differs from the course in that alone: its fields are compared with their own defaults.
 */
export function settingRows(settings: TrainingSettings, network: Network): SettingRow[] {
  const preset = findPreset(network.name)?.settings ?? trainingSettingsSchema.parse({});
  const { type } = settings.optimizer;
  const optimizer = type === 'sgd' ? courseOptimizer : optimizerSchema.parse({ type });
  const course = flat({ ...preset, optimizer });
  const courseType = optimizerLabel(courseOptimizer.type);
  return [...flat(settings)].map(([key, value]) => {
    const usual = key === 'optimizer' ? courseType : (course.get(key) ?? absent);
    return { name: label(key), value, course: usual === value ? null : usual };
  });
}

function label(key: string): string {
  const name = names[key]?.() ?? key;
  const [group, field] = key.split('.');
  if (!field || !group || group === 'optimizer') return name;
  return m.runs_setting_of({ group: names[group]?.() ?? group, setting: name });
}
