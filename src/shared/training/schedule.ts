/**
 * The learning rate at a step, in closed form, so that a resumed run and a drawn curve need no history. Formulas:
 * `torch.optim.lr_scheduler` (StepLR, ExponentialLR, CosineAnnealingLR over all epochs, OneCycleLR with cosine
 * annealing and without cycling the momentum).
 *
 * The base learning rate is the optimizer's, or for `oneCycle`, which ignores that one, its maximum. If it was changed
 * during the run, the new one replaces the old one in the formula from that step on: the schedule continues, and its
 * factor then applies to the new base. Changing back to the old base restores the old curve.
 */
import type { LearningRateChange, TrainingSettings } from './training.ts';

export interface ScheduleContext {
  readonly stepsPerEpoch: number;
  /** Changes of the base learning rate, in ascending order of their steps. */
  readonly changes?: readonly LearningRateChange[];
}

type Scheduled = Pick<TrainingSettings, 'epochs' | 'schedule' | 'optimizer'>;

/** `step` counts from 1, over the whole run. */
export function learningRateAt(
  settings: Scheduled,
  step: number,
  { stepsPerEpoch, changes }: ScheduleContext,
): number {
  const { schedule } = settings;
  const warm = schedule.warmUpSteps > 0 ? Math.min(1, step / schedule.warmUpSteps) : 1;
  return warm * scheduled(settings, baseAt(settings, step, changes), step, stepsPerEpoch);
}

/** Returns the base learning rate at a step. */
export function baseAt(
  { schedule, optimizer }: Pick<TrainingSettings, 'schedule' | 'optimizer'>,
  step: number,
  changes: readonly LearningRateChange[] = [],
): number {
  const changed = changes.findLast((change) => change.step <= step);
  if (changed) return changed.learningRate;
  return schedule.type === 'oneCycle' ? schedule.maximum : optimizer.learningRate;
}

function scheduled(
  { schedule, epochs }: Scheduled,
  base: number,
  step: number,
  stepsPerEpoch: number,
): number {
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
      const initial = base / schedule.divFactor;
      const at = step - 1;
      if (peak > 0 && at <= peak) return anneal(initial, base, at / peak);
      return anneal(base, initial / schedule.finalDivFactor, (at - peak) / (last - peak));
    }
  }
}

/** Computes half a cosine from `from` (at 0) to `to` (at 1). */
function anneal(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}
