import { describe, expect, it } from 'vitest';
import { learningRateAt } from './schedule.ts';
import { trainingSettingsSchema } from './training.ts';

function rates(
  schedule: object,
  steps: number[],
  epochs = 4,
  stepsPerEpoch = 5,
  learningRate = 0.1,
): number[] {
  const settings = trainingSettingsSchema.parse({
    epochs,
    schedule,
    optimizer: { type: 'sgd', learningRate },
  });
  return steps.map((step) => learningRateAt(settings, step, { stepsPerEpoch }));
}

const close = (actual: number[], expected: number[]) =>
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 9));

describe('learning rates, as PyTorch 2.13 gives them', () => {
  it('StepLR', () => {
    close(rates({ type: 'step', stepSize: 2, gamma: 0.1 }, [1, 5, 10, 11, 20]), [0.1, 0.1, 0.1, 0.01, 0.01]);
  });
  it('ExponentialLR', () => {
    close(rates({ type: 'exponential', gamma: 0.5 }, [1, 6, 11, 16]), [0.1, 0.05, 0.025, 0.0125]);
  });
  it('CosineAnnealingLR(T_max=4, eta_min=0.02)', () => {
    close(rates({ type: 'cosine', minimum: 0.02 }, [1, 6, 11, 16]), [0.1, 0.0882842712, 0.06, 0.0317157288]);
  });
  it('OneCycleLR(max_lr=1, total_steps=20)', () => {
    close(
      rates({ type: 'oneCycle', maximum: 1 }, [1, 2, 6, 7, 13, 20]),
      [0.04, 0.1316718427, 1, 0.9874640062, 0.500002, 0.000004],
    );
  });
  it('warms up from 0', () => {
    close(rates({ type: 'constant', warmUpSteps: 4 }, [1, 2, 4, 5]), [0.025, 0.05, 0.1, 0.1]);
  });
});

describe('a base learning rate that was changed', () => {
  const settings = (schedule: object) => trainingSettingsSchema.parse({ epochs: 4, schedule });
  const changes = [
    { step: 8, learningRate: 0.2 },
    { step: 12, learningRate: 0.01 },
  ];
  it('takes the old one’s place from its step on, and the schedule goes on where it is', () => {
    const at = (step: number) =>
      learningRateAt(settings({ type: 'exponential', gamma: 0.5 }), step, { stepsPerEpoch: 5, changes });
    close([7, 8, 11, 12, 16].map(at), [0.005, 0.1, 0.05, 0.0025, 0.00125]);
  });
  it('is the maximum of a one-cycle schedule, and scaled by warm-up too', () => {
    const schedule = { type: 'oneCycle', maximum: 0.1, warmUpSteps: 16 };
    const pace = { stepsPerEpoch: 5 };
    const plain = learningRateAt(settings(schedule), 9, pace);
    expect(learningRateAt(settings(schedule), 9, { ...pace, changes })).toBeCloseTo(2 * plain, 12);
  });
});
