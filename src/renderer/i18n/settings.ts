/** Words about the training settings. */
import { m } from '../paraglide/messages.js';
import type { NumberProblem, NumberRule } from '../ui/fields/numberField.ts';
import type { SeedsProblem } from '../ui/fields/seeds.ts';
import type { Choices, Field, OwnField, Section } from '../app/train/trainDraft.ts';
import type {
  OptimizerType,
  Schedule,
  StoppingMetric,
  TrainingSettings,
} from '../../shared/training/training.ts';
import { formatCount, formatTick } from './format.ts';

type Words = () => string;

/** As PyTorch's documentation writes them. */
export const optimizerNames: Record<OptimizerType, string> = {
  sgd: 'SGD',
  adam: 'Adam',
  adamW: 'AdamW',
  rmsProp: 'RMSprop',
  adagrad: 'Adagrad',
};

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

/** `sgd.momentum` and `rmsProp.momentum` are both called momentum. */
const nameOf = (field: string) => field.slice(field.indexOf('.') + 1);

export function settingLabel(field: Field | OwnField | 'momentum' | 'seed'): string {
  if (field === 'clipping.maximum') return m.train_clipping_maximum();
  if (field === 'validation.seed') return m.train_validation_seed();
  return labels[nameOf(field)]?.() ?? field;
}

const hints: Partial<Record<string, Words>> = {
  momentum: m.train_momentum_hint,
  weightDecay: m.train_weight_decay_hint,
  beta1: m.train_beta1_hint,
  beta2: m.train_beta2_hint,
  epsilon: m.train_epsilon_hint,
  alpha: m.train_alpha_hint,
  learningRateDecay: m.train_lr_decay_hint,
  warmUpSteps: m.train_warm_up_hint,
  stepSize: m.train_step_size_hint,
  minimum: m.train_minimum_rate_hint,
  pctStart: m.train_pct_start_hint,
  divFactor: m.train_div_factor_hint,
  finalDivFactor: m.train_final_div_factor_hint,
  labelSmoothing: m.train_label_smoothing_hint,
  scale: m.train_scale_hint,
  noise: m.train_noise_hint,
  fraction: m.train_fraction_hint,
  patience: m.train_patience_hint,
  minimumChange: m.train_minimum_change_hint,
};

/** One line on what a setting does, PyTorch's name for it first; null where its label says it. */
export function settingHint(field: Field): string | null {
  if (field === 'clipping.maximum') return m.train_clipping_hint();
  if (field === 'step.gamma' || field === 'exponential.gamma') return m.train_gamma_hint();
  if (field === 'oneCycle.maximum') return m.train_maximum_rate_hint();
  if (field === 'validation.seed') return null;
  if (field === 'adamW.weightDecay') return m.train_weight_decay_decoupled_hint();
  return hints[nameOf(field)]?.() ?? null;
}

/** What would be allowed. */
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

/** Which rule a text breaks, and what would be allowed. */
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

export const sectionLabels: Record<Section, Words> = {
  optimizer: m.optimizer,
  schedule: m.train_schedule,
  input: m.train_input,
  regularisation: m.train_regularisation,
  augmentation: m.train_augmentation,
  validation: m.train_validation,
};

export const scheduleLabels: Record<Schedule['type'], Words> = {
  constant: m.train_schedule_constant,
  step: m.train_schedule_step,
  exponential: m.train_schedule_exponential,
  cosine: m.train_schedule_cosine,
  oneCycle: m.train_schedule_one_cycle,
};

export const initialisationLabels: Record<Choices['initialisation'], Words> = {
  default: m.train_init_default,
  kaimingUniform: m.train_init_kaiming_uniform,
  kaimingNormal: m.train_init_kaiming_normal,
  xavierUniform: m.train_init_xavier_uniform,
  xavierNormal: m.train_init_xavier_normal,
  zeros: m.train_init_zeros,
  constant: m.train_init_constant,
};

export const normalisationLabels: Record<Choices['normalisation'], Words> = {
  course: m.train_norm_course,
  dataset: m.train_norm_dataset,
  none: m.train_norm_none,
};

export const clippingLabels: Record<Choices['clipping'], Words> = {
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

/** What a section is set to, in one line. */
export function sectionSummary(section: Section, settings: TrainingSettings): string {
  const comma = m.list_separator();
  const { optimizer, schedule, clipping, augmentation, validation, earlyStopping } = settings;
  const said = (name: string, value: number | string) => `${name} ${value}`;
  switch (section) {
    case 'optimizer': {
      const parts = [optimizerNames[optimizer.type]];
      if ('momentum' in optimizer && optimizer.momentum > 0)
        parts.push(said(m.setting_momentum(), optimizer.momentum));
      if (optimizer.type === 'sgd' && optimizer.nesterov) parts.push('Nesterov');
      if (optimizer.weightDecay > 0) parts.push(said(m.train_weight_decay(), optimizer.weightDecay));
      return parts.join(comma);
    }
    case 'schedule': {
      const { warmUpSteps } = schedule;
      const warm = warmUpSteps > 0 ? [said(m.train_warm_up(), formatCount(warmUpSteps))] : [];
      return [scheduleLabels[schedule.type](), ...warm].join(comma);
    }
    case 'input':
      return [
        normalisationLabels[settings.normalisation](),
        initialisationLabels[settings.initialisation.type](),
      ].join(comma);
    case 'regularisation': {
      const parts = [];
      if (settings.labelSmoothing > 0)
        parts.push(said(m.train_label_smoothing(), formatTick(settings.labelSmoothing)));
      if (clipping) parts.push(said(clippingLabels[clipping.type](), clipping.maximum));
      return parts.join(comma) || m.train_none();
    }
    case 'augmentation': {
      if (!augmentation) return m.train_off();
      const parts = [];
      if (augmentation.shift > 0) parts.push(said(m.train_shift(), augmentation.shift));
      if (augmentation.rotation > 0) parts.push(`${m.train_rotation()} ${augmentation.rotation}°`);
      if (augmentation.scale > 0) parts.push(said(m.train_scale(), augmentation.scale));
      if (augmentation.horizontalFlip) parts.push(m.train_flip());
      if (augmentation.noise > 0) parts.push(said(m.train_noise(), augmentation.noise));
      return parts.join(comma) || m.train_augmentation_nothing();
    }
    case 'validation': {
      const parts = [];
      if (validation) parts.push(m.train_held_back({ share: `${+(100 * validation.fraction).toFixed(1)}%` }));
      if (earlyStopping)
        parts.push(
          m.train_stopping_summary({
            metric: metricLabels[earlyStopping.metric](),
            epochs: earlyStopping.patience,
          }),
        );
      return parts.join(comma) || m.train_none();
    }
  }
}
