/** Converts torch.optim's optimizers and schedules to Stride's. */
import type { Optimizer } from '../../../training/training.ts';
import { bind, booleanOf, numberOf, numbersOf } from '../torch/arguments.ts';
import { type SettingsReading, attempt, keep } from './found.ts';
import type { SchedulerCall, SettingCall } from './trainings.ts';

const signatures: Readonly<Record<string, readonly string[] | undefined>> = {
  SGD: ['params', 'lr', 'momentum', 'dampening', 'weight_decay', 'nesterov'],
  Adam: ['params', 'lr', 'betas', 'eps', 'weight_decay', 'amsgrad'],
  AdamW: ['params', 'lr', 'betas', 'eps', 'weight_decay', 'amsgrad'],
  RMSprop: ['params', 'lr', 'alpha', 'eps', 'weight_decay', 'momentum', 'centered'],
  Adagrad: ['params', 'lr', 'lr_decay', 'weight_decay', 'initial_accumulator_value', 'eps'],
};

/** Arguments that affect how the steps are computed, but not their values. */
const indifferent = ['maximize', 'foreach', 'capturable', 'differentiable', 'fused'];

export function readOptimizer(into: SettingsReading, { name, call, place }: SettingCall): void {
  const what = `optim.${name}`;
  const signature = signatures[name];
  if (!signature) {
    into.findings.add('error', 'optimizer-unknown', place, { what });
    return;
  }
  const bound = bind(what, [...signature, ...indifferent], call);
  // A value that cannot be read is reported, and the others are kept.
  const value = (key: string, fallback: number) => {
    let number = fallback;
    attempt(into, place, () => (number = numberOf(bound, key, what, fallback)));
    return number;
  };
  for (const key of ['dampening', 'amsgrad', 'centered', 'initial_accumulator_value', 'maximize']) {
    const given = bound.get(key);
    const off =
      !given || (given.kind === 'number' && given.value === 0) || (given.kind === 'boolean' && !given.value);
    if (!off) into.findings.add('error', 'argument-unsupported', place, { what, argument: key, value: '…' });
  }
  const weightDecay = value('weight_decay', name === 'AdamW' ? 0.01 : 0);
  const betas = bound.has('betas') ? numbersOf(bound.get('betas')) : [0.9, 0.999];
  if (!betas) into.findings.add('error', 'argument-unreadable', place, { what, argument: 'betas' });
  const adam = () => ({
    learningRate: value('lr', 0.001),
    beta1: betas?.[0] ?? 0.9,
    beta2: betas?.[1] ?? 0.999,
    epsilon: value('eps', 1e-8),
    weightDecay,
  });
  const made: Readonly<Record<string, () => Optimizer>> = {
    SGD: () => ({
      type: 'sgd',
      // The argument was required before PyTorch 2.
      learningRate: value('lr', 0.001),
      momentum: value('momentum', 0),
      nesterov: booleanOf(bound, 'nesterov', what, false),
      weightDecay,
    }),
    Adam: () => ({ type: 'adam', ...adam() }),
    AdamW: () => ({ type: 'adamW', ...adam() }),
    RMSprop: () => ({
      type: 'rmsProp',
      learningRate: value('lr', 0.01),
      alpha: value('alpha', 0.99),
      momentum: value('momentum', 0),
      epsilon: value('eps', 1e-8),
      weightDecay,
    }),
    Adagrad: () => ({
      type: 'adagrad',
      learningRate: value('lr', 0.01),
      learningRateDecay: value('lr_decay', 0),
      epsilon: value('eps', 1e-10),
      weightDecay,
    }),
  };
  const optimizer = made[name]?.();
  if (optimizer) keep(into, 'optimizer', optimizer, what);
}

const oneCycleSignature = [
  'optimizer',
  'max_lr',
  'total_steps',
  'epochs',
  'steps_per_epoch',
  'pct_start',
  'anneal_strategy',
  'cycle_momentum',
  'base_momentum',
  'max_momentum',
  'div_factor',
  'final_div_factor',
  'three_phase',
  'last_epoch',
  'verbose',
];

export function readScheduler(
  into: SettingsReading,
  { name, call, place, stepped }: SchedulerCall,
  trainingSteps: boolean,
): void {
  const what = `lr_scheduler.${name}`;
  if (stepped === 'never' && trainingSteps) {
    into.findings.add('warning', 'schedule-unused', place, { what });
    return;
  }
  const bound = (signature: readonly string[]) =>
    bind(what, ['optimizer', ...signature, 'last_epoch', 'verbose'], call);
  if (stepped === 'batch' && name !== 'OneCycleLR')
    into.findings.add('error', 'schedule-per-batch', place, { what });
  const warmUpSteps = 0;
  switch (name) {
    case 'StepLR': {
      const given = bound(['step_size', 'gamma']);
      const stepSize = numberOf(given, 'step_size', what);
      const gamma = numberOf(given, 'gamma', what, 0.1);
      keep(into, 'schedule', { type: 'step', stepSize, gamma, warmUpSteps }, what);
      return;
    }
    case 'ExponentialLR': {
      const gamma = numberOf(bound(['gamma']), 'gamma', what);
      keep(into, 'schedule', { type: 'exponential', gamma, warmUpSteps }, what);
      return;
    }
    case 'CosineAnnealingLR': {
      const given = bound(['T_max', 'eta_min']);
      const minimum = numberOf(given, 'eta_min', what, 0);
      keep(into, 'schedule', { type: 'cosine', minimum, warmUpSteps }, what);
      const length = given.get('T_max');
      if (length?.kind !== 'number' || length.value !== into.found.epochs)
        into.findings.add('note', 'cosine-epochs', place);
      return;
    }
    case 'OneCycleLR': {
      const given = bind(what, oneCycleSignature, call);
      const schedule = {
        type: 'oneCycle',
        maximum: numberOf(given, 'max_lr', what),
        pctStart: numberOf(given, 'pct_start', what, 0.3),
        divFactor: numberOf(given, 'div_factor', what, 25),
        finalDivFactor: numberOf(given, 'final_div_factor', what, 1e4),
        warmUpSteps,
      } as const;
      keep(into, 'schedule', schedule, what);
      if (booleanOf(given, 'cycle_momentum', what, true))
        into.findings.add('warning', 'one-cycle-momentum', place);
      return;
    }
    default:
      into.findings.add('error', 'scheduler-unknown', place, { what });
  }
}

export function readClipping(into: SettingsReading, { name, call }: SettingCall): void {
  const byNorm = name.startsWith('clip_grad_norm');
  const limit = byNorm ? 'max_norm' : 'clip_value';
  const bound = bind(name, ['parameters', limit, 'norm_type', 'error_if_nonfinite', 'foreach'], call);
  const maximum = numberOf(bound, limit, name);
  const norm = bound.get('norm_type');
  if (norm && !(norm.kind === 'number' && norm.value === 2))
    into.findings.add('error', 'argument-unsupported', null, {
      what: name,
      argument: 'norm_type',
      value: '…',
    });
  keep(into, 'clipping', { type: byNorm ? 'norm' : 'value', maximum }, name);
}
