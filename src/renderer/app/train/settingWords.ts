/** Labels and hints for the fields and sections of the Train form. */
import { m } from '../../paraglide/messages.js';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { formatCount, formatTick } from '../../i18n/format.ts';
import {
  clippingLabels,
  initialisationLabels,
  metricLabels,
  normalisationLabels,
  optimizerNames,
  scheduleLabels,
  settingKey,
  type Words,
} from '../../i18n/settings.ts';
import type { Field, Section } from './trainDraft.ts';

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

/** Returns one line on what a setting does, PyTorch's name first; null where its label is enough. */
export function settingHint(field: Field): string | null {
  if (field === 'clipping.maximum') return m.train_clipping_hint();
  if (field === 'step.gamma' || field === 'exponential.gamma') return m.train_gamma_hint();
  if (field === 'oneCycle.maximum') return m.train_maximum_rate_hint();
  if (field === 'validation.seed') return null;
  if (field === 'adamW.weightDecay') return m.train_weight_decay_decoupled_hint();
  return hints[settingKey(field)]?.() ?? null;
}

export const sectionLabels: Record<Section, Words> = {
  optimizer: m.optimizer,
  schedule: m.train_schedule,
  input: m.train_input,
  regularisation: m.train_regularisation,
  augmentation: m.train_augmentation,
  validation: m.train_validation,
};

/** Returns the values of a section in one line. */
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
