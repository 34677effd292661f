/** PyTorch's lines for the optimizer and for a learning rate that changes as Stride's does. */
import type { Optimizer, TrainingSettings } from '../training/training.ts';

/** Returns the arguments that differ from torch.optim's own defaults, and always the learning rate. */
export function optimizerLine(optimizer: Optimizer): string {
  const given: string[] = [`lr=${optimizer.learningRate}`];
  const add = (name: string, value: number, fallback: number) => {
    if (value !== fallback) given.push(`${name}=${value}`);
  };
  switch (optimizer.type) {
    case 'sgd':
      add('momentum', optimizer.momentum, 0);
      if (optimizer.nesterov && optimizer.momentum > 0) given.push('nesterov=True');
      add('weight_decay', optimizer.weightDecay, 0);
      return `optim.SGD(model.parameters(), ${given.join(', ')})`;
    case 'adam':
    case 'adamW': {
      const { beta1, beta2, epsilon, weightDecay, type } = optimizer;
      if (beta1 !== 0.9 || beta2 !== 0.999) given.push(`betas=(${beta1}, ${beta2})`);
      add('eps', epsilon, 1e-8);
      add('weight_decay', weightDecay, type === 'adam' ? 0 : 0.01);
      return `optim.${type === 'adam' ? 'Adam' : 'AdamW'}(model.parameters(), ${given.join(', ')})`;
    }
    case 'rmsProp':
      add('alpha', optimizer.alpha, 0.99);
      add('eps', optimizer.epsilon, 1e-8);
      add('momentum', optimizer.momentum, 0);
      add('weight_decay', optimizer.weightDecay, 0);
      return `optim.RMSprop(model.parameters(), ${given.join(', ')})`;
    case 'adagrad':
      add('lr_decay', optimizer.learningRateDecay, 0);
      add('eps', optimizer.epsilon, 1e-10);
      add('weight_decay', optimizer.weightDecay, 0);
      return `optim.Adagrad(model.parameters(), ${given.join(', ')})`;
  }
}

export interface ScheduleCode {
  /** Lines after the optimizer is made. */
  readonly setUp: readonly string[];
  /** Lines before a step, after it, and after an epoch. */
  readonly beforeStep: readonly string[];
  readonly afterStep: readonly string[];
  readonly afterEpoch: readonly string[];
}

const none: ScheduleCode = { setUp: [], beforeStep: [], afterStep: [], afterEpoch: [] };

export function scheduleCode(settings: TrainingSettings): ScheduleCode {
  const { schedule } = settings;
  if (schedule.warmUpSteps > 0) return warmedUp(settings);
  const scheduler = (call: string) => `scheduler = optim.lr_scheduler.${call}`;
  const perEpoch = (call: string): ScheduleCode => ({
    ...none,
    setUp: [scheduler(call)],
    afterEpoch: ['scheduler.step()'],
  });
  switch (schedule.type) {
    case 'constant':
      return none;
    case 'step':
      return perEpoch(`StepLR(optimizer, step_size=${schedule.stepSize}, gamma=${schedule.gamma})`);
    case 'exponential':
      return perEpoch(`ExponentialLR(optimizer, gamma=${schedule.gamma})`);
    case 'cosine':
      return perEpoch(`CosineAnnealingLR(optimizer, T_max=epochs, eta_min=${schedule.minimum})`);
    case 'oneCycle': {
      const { maximum, pctStart, divFactor, finalDivFactor } = schedule;
      return {
        ...none,
        setUp: [
          'scheduler = optim.lr_scheduler.OneCycleLR(',
          `    optimizer, max_lr=${maximum}, total_steps=epochs * len(train_loader), pct_start=${pctStart},`,
          `    div_factor=${divFactor}, final_div_factor=${finalDivFactor}, cycle_momentum=False)`,
        ],
        afterStep: ['scheduler.step()'],
      };
    }
  }
}

/**
 * Returns the rate at step `step`, counted from 1, as Python: the formulas of `schedule.ts`. `perEpoch` is an
 * expression for the steps of an epoch, `epochs` a variable.
 */
export function rateLines({ schedule, optimizer }: TrainingSettings, perEpoch: string): string[] {
  const { learningRate } = optimizer;
  const half = 'math.cos(math.pi * share)';
  const scheduled = (): string[] => {
    switch (schedule.type) {
      case 'constant':
        return [`rate = ${learningRate}`];
      case 'step':
        return [
          `rate = ${learningRate} * ${schedule.gamma} ** ((step - 1) // ${perEpoch} // ${schedule.stepSize})`,
        ];
      case 'exponential':
        return [`rate = ${learningRate} * ${schedule.gamma} ** ((step - 1) // ${perEpoch})`];
      case 'cosine':
        return [
          `share = (step - 1) // ${perEpoch} / epochs`,
          `rate = ${schedule.minimum} + (${learningRate} - ${schedule.minimum}) / 2 * (1 + ${half})`,
        ];
      case 'oneCycle': {
        const { maximum, pctStart, divFactor, finalDivFactor } = schedule;
        return [
          `low, high = ${maximum} / ${divFactor}, ${maximum}`,
          `last = epochs * ${perEpoch} - 1`,
          `peak = ${pctStart} * epochs * ${perEpoch} - 1`,
          'if peak > 0 and step - 1 <= peak:',
          '    start, end, share = low, high, (step - 1) / peak',
          'else:',
          `    start, end, share = high, low / ${finalDivFactor}, (step - 1 - peak) / (last - peak)`,
          `rate = end + (start - end) / 2 * (1 + ${half})`,
        ];
      }
    }
  };
  const { warmUpSteps } = schedule;
  return [...scheduled(), warmUpSteps > 0 ? `return rate * min(1, step / ${warmUpSteps})` : 'return rate'];
}

/** PyTorch's schedulers do not multiply to Stride's product if there is a warm-up, so the rate is written out. */
function warmedUp(settings: TrainingSettings): ScheduleCode {
  return {
    setUp: [
      '',
      '',
      'def learning_rate(step):',
      `    """At step \`step\`, counted from 1: linear from 0 over ${settings.schedule.warmUpSteps} steps, on top of the schedule."""`,
      ...rateLines(settings, 'len(train_loader)').map((line) => `    ${line}`),
      '',
      '',
      'step = 0',
    ],
    beforeStep: [
      'step += 1',
      'for group in optimizer.param_groups:',
      "    group['lr'] = learning_rate(step)",
    ],
    afterStep: [],
    afterEpoch: [],
  };
}
