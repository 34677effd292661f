/** The learning rate at the steps of a drawing: few enough to draw, with corners included. */
import { learningRateAt } from '../../../shared/training/schedule.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';

export interface ScheduleCurve {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly first: number;
  readonly last: number;
  readonly highest: number;
}

/** Largest number of points; every epoch's first and last step is included if there is room. */
const most = 600;

/** `x` is the number of epochs done before the step, `y` its learning rate. */
export function curveOf(settings: TrainingSettings, stepsPerEpoch: number): ScheduleCurve {
  const total = settings.epochs * stepsPerEpoch;
  const steps = new Set<number>([1, total]);
  const stride = Math.max(1, total / (most / 2));
  for (let at = 1; at <= total; at += stride) steps.add(Math.floor(at));
  const everyEpochs = Math.max(1, Math.ceil(settings.epochs / (most / 4)));
  for (let epoch = 0; epoch <= settings.epochs; epoch += everyEpochs) {
    for (const step of [epoch * stepsPerEpoch, epoch * stepsPerEpoch + 1]) {
      if (step >= 1 && step <= total) steps.add(step);
    }
  }
  if (settings.schedule.warmUpSteps > 0) steps.add(Math.min(total, settings.schedule.warmUpSteps));
  const points = [...steps]
    .sort((a, b) => a - b)
    .map((step) => ({ x: (step - 1) / stepsPerEpoch, y: learningRateAt(settings, step, { stepsPerEpoch }) }));
  const values = points.map(({ y }) => y);
  return {
    points,
    first: values[0] ?? 0,
    last: values.at(-1) ?? 0,
    highest: Math.max(...values),
  };
}
