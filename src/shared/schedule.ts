/**
 * The learning rate at a step, in closed form, so that a resumed run and a drawn curve need no history. Formulas:
 * `torch.optim.lr_scheduler` (StepLR, ExponentialLR, CosineAnnealingLR over all epochs, OneCycleLR with cosine
 * annealing and without cycling the momentum).
 */
import type { TrainingSettings } from './training.ts';

export interface Pace {
  readonly stepsPerEpoch: number;
}

/** `step` counts from 1, over the whole run. */
export function learningRateAt(settings: TrainingSettings, step: number, { stepsPerEpoch }: Pace): number {
  const { schedule } = settings;
  const warm = schedule.warmUpSteps > 0 ? Math.min(1, step / schedule.warmUpSteps) : 1;
  return warm * scheduled(settings, step, stepsPerEpoch);
}

function scheduled(
  { schedule, optimizer, epochs }: TrainingSettings,
  step: number,
  stepsPerEpoch: number,
): number {
  const base = optimizer.learningRate;
  const epoch = Math.floor((step - 1) / stepsPerEpoch);
  switch (schedule.type) {
    case 'constant':
      return base;
    case 'step':
      return base * schedule.gamma ** Math.floor(epoch / schedule.stepSize);
    case 'exponential':
      return base * schedule.gamma ** epoch;
    case 'cosine':
      return anneal(base, schedule.minimum, epoch / epochs);
    case 'oneCycle': {
      const last = epochs * stepsPerEpoch - 1;
      const peak = schedule.pctStart * epochs * stepsPerEpoch - 1;
      const initial = schedule.maximum / schedule.divFactor;
      const at = step - 1;
      if (peak > 0 && at <= peak) return anneal(initial, schedule.maximum, at / peak);
      return anneal(schedule.maximum, initial / schedule.finalDivFactor, (at - peak) / (last - peak));
    }
  }
}

/** Half a cosine from `from` (at 0) to `to` (at 1). */
function anneal(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}
