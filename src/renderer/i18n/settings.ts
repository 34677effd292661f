/** Labels of the training settings. */
import { m } from '../paraglide/messages.js';
import type { NumberProblem, NumberRule } from '../ui/fields/numberField.ts';
import type { SeedsProblem } from '../ui/fields/seeds.ts';
import type {
  Initialisation,
  Normalisation,
  OptimizerType,
  Schedule,
  StoppingMetric,
} from '../../shared/training/training.ts';
import { formatCount } from './format.ts';

export type Words = () => string;

/** Names as in PyTorch's documentation. */
export const optimizerNames: Record<OptimizerType, string> = {
  sgd: 'SGD',
  adam: 'Adam',
  adamW: 'AdamW',
  rmsProp: 'RMSprop',
  adagrad: 'Adagrad',
};

/** Returns the optimizer's name, or `type` itself if a newer Stride wrote one that this one does not know. */
export function optimizerLabel(type: string): string {
  return (optimizerNames as Readonly<Record<string, string>>)[type] ?? type;
}

const labels: Record<string, Words> = {
  epochs: m.setting_epochs,
  batchSize: m.setting_batch_size,
  learningRate: m.setting_learning_rate,
  momentum: m.setting_momentum,
  seed: m.setting_seed,
  weightDecay: m.train_weight_decay,
  beta1: () => 'β₁',
  beta2: () => 'β₂',
  epsilon: () => 'ε',
  alpha: () => 'α',
  learningRateDecay: m.train_lr_decay,
  warmUpSteps: m.train_warm_up,
  stepSize: m.train_step_size,
  gamma: () => 'γ',
  minimum: m.train_minimum_rate,
  maximum: m.train_maximum_rate,
  pctStart: m.train_pct_start,
  divFactor: m.train_div_factor,
  finalDivFactor: m.train_final_div_factor,
  value: m.train_constant,
  labelSmoothing: m.train_label_smoothing,
  shift: m.train_shift,
  rotation: m.train_rotation,
  scale: m.train_scale,
  noise: m.train_noise,
  fraction: m.train_fraction,
  patience: m.train_patience,
  minimumChange: m.train_minimum_change,
};

/** Strips the prefix: `sgd.momentum` and `rmsProp.momentum` are both called momentum. */
export const settingKey = (field: string) => field.slice(field.indexOf('.') + 1);

/** Returns the label of a setting, or its path if the window has none (an axis of a sweep may be any field). */
export function settingLabel(field: string): string {
  if (field === 'clipping.maximum') return m.train_clipping_maximum();
  if (field === 'validation.seed') return m.train_validation_seed();
  return labels[settingKey(field)]?.() ?? field;
}

/** Describes the allowed values of a rule. */
export function ruleText({ whole, minimum, maximum, aboveMinimum, belowMaximum }: NumberRule): string {
  const open = maximum >= Number.MAX_SAFE_INTEGER;
  if (whole) {
    return open ? m.error_whole_from_zero() : m.error_whole({ minimum, maximum: formatCount(maximum) });
  }
  if (open) return m.train_error_from({ minimum });
  if (aboveMinimum && belowMaximum) return m.train_error_between({ minimum, maximum });
  const most = maximum >= 1000 ? formatCount(maximum) : maximum;
  if (aboveMinimum) return m.error_above({ minimum, maximum: most });
  if (belowMaximum) return m.error_below({ minimum, maximum: most });
  return m.train_error_range({ minimum, maximum: most });
}

/** Says which rule a text breaks, and which values are allowed. */
export function numberProblemText(problem: NumberProblem, rule: NumberRule): string {
  switch (problem.kind) {
    case 'empty':
    case 'rule':
      return ruleText(rule);
    case 'notNumber':
      return m.train_not_a_number({ text: problem.text, rule: ruleText(rule) });
    case 'ambiguous': {
      const [one = '', other = ''] = problem.readings;
      return m.train_ambiguous({ text: problem.text, one, other });
    }
    case 'order':
      return m.train_range_order({ text: problem.text });
    case 'steps':
      return m.train_range_steps({ text: problem.text });
    case 'twice':
      return m.train_value_twice({ text: problem.text });
    case 'several':
      return m.train_one_value();
    case 'tooMany':
      return m.train_too_many_values({ most: problem.most });
  }
}

export function seedsProblemText(problem: SeedsProblem): string {
  switch (problem.kind) {
    case 'empty':
      return m.train_seeds_empty();
    case 'notSeed':
      return m.train_seeds_not_whole({ text: problem.text });
    case 'order':
      return m.train_range_order({ text: problem.text });
    case 'tooLarge':
      return m.train_seeds_too_large({ text: problem.text, largest: String(problem.largest) });
    case 'tooMany':
      return m.train_seeds_too_many({ count: formatCount(problem.count), most: problem.most });
  }
}

export const scheduleLabels: Record<Schedule['type'], Words> = {
  constant: m.train_schedule_constant,
  step: m.train_schedule_step,
  exponential: m.train_schedule_exponential,
  cosine: m.train_schedule_cosine,
  oneCycle: m.train_schedule_one_cycle,
};

export const initialisationLabels: Record<Initialisation['type'], Words> = {
  default: m.train_init_default,
  kaimingUniform: m.train_init_kaiming_uniform,
  kaimingNormal: m.train_init_kaiming_normal,
  xavierUniform: m.train_init_xavier_uniform,
  xavierNormal: m.train_init_xavier_normal,
  zeros: m.train_init_zeros,
  constant: m.train_init_constant,
};

export const normalisationLabels: Record<Normalisation, Words> = {
  course: m.train_norm_course,
  dataset: m.train_norm_dataset,
  none: m.train_norm_none,
};

export const clippingLabels: Record<'none' | 'norm' | 'value', Words> = {
  none: m.train_off,
  norm: m.train_clipping_norm,
  value: m.train_clipping_value,
};

export const metricLabels: Record<StoppingMetric, Words> = {
  testLoss: m.test_loss,
  testAccuracy: m.test_accuracy,
  validationLoss: m.train_validation_loss,
  validationAccuracy: m.train_validation_accuracy,
  trainLoss: m.train_loss,
};
