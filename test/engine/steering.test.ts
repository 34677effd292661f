/**
 * A run whose learning rate is changed while it trains, with everything on that draws or adapts: replayed with the
 * change known beforehand, and resumed from checkpoints before and after it, it gives the same to the bit. And a run that
 * is to stop at the end of its epoch.
 */
import { beforeAll, expect, it } from 'vitest';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import { record } from './support.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import type { Control } from '../../src/main/engine/train/control.ts';
import type { FromWorker, TrainingOrder } from '../../src/main/engine/train/messages.ts';
import { parseNetwork } from '../../src/shared/network/network.ts';
import { learningRateAt } from '../../src/shared/training/schedule.ts';
import { type LearningRateChange, trainingSettingsSchema } from '../../src/shared/training/training.ts';

const network = parseNetwork({
  name: 'steered',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { type: 'conv2d', filters: 6, kernelSize: 5, stride: 2 },
    { type: 'batchNorm2d' },
    { type: 'activation', function: 'relu' },
    { type: 'dropout', p: 0.2 },
    { type: 'flatten' },
    { type: 'linear', units: 10 },
  ],
});
const settings = trainingSettingsSchema.parse({
  epochs: 3,
  batchSize: 50,
  optimizer: { type: 'adam' },
  schedule: { type: 'exponential', gamma: 0.5, warmUpSteps: 20 },
  augmentation: { shift: 2 },
});

let order: TrainingOrder;
beforeAll(async () => {
  const dataset = shortened(await openDataset('mnist'), 2000, 500);
  order = { network, settings, dataset, shards: 2, from: null };
});

/** Wants another learning rate at the first losses from step `from` on. */
function changeAt(from: number, learningRate: number) {
  const made: LearningRateChange[] = [];
  let asked = false;
  const steer = (message: FromWorker, control: Control) => {
    if (message.kind === 'learningRate') made.push(message.change);
    if (asked || message.kind !== 'batchLosses' || message.from + message.losses.length < from) return;
    asked = true;
    control.setLearningRate(learningRate);
  };
  return { made, steer };
}

it('a change is made between two steps, and a run that knows of it beforehand is the same to the bit', async () => {
  const { made, steer } = changeAt(45, 0.004);
  const steered = await record(order, Infinity, steer);
  expect(made).toHaveLength(1);
  const [change] = made as [LearningRateChange];
  expect(change.step).toBeGreaterThan(45);
  expect(change.step).toBeLessThanOrEqual(120);

  const plain = await record(order);
  expect(steered.losses.slice(0, change.step)).toEqual(plain.losses.slice(0, change.step));
  expect(steered.losses.slice(change.step)).not.toEqual(plain.losses.slice(change.step));

  const replayed = await record({ ...order, learningRates: made });
  expect(replayed.losses).toEqual(steered.losses);
  expect(replayed.checkpoints.at(-1)?.tensors).toEqual(steered.checkpoints.at(-1)?.tensors);
  const last = steered.epochs.at(-1)?.details?.learningRate;
  expect(last).toBe(learningRateAt(settings, 120, { stepsPerEpoch: 40, changes: made }));
  expect(last).toBe(0.004 * 0.25);

  // From a checkpoint before the change, which knows nothing of it: history tells.
  const first = structuredClone(steered.checkpoints[0]);
  if (!first) throw new Error('an epoch gives a checkpoint');
  expect(first.progress).toMatchObject({ step: 40, learningRates: [] });
  const again = await record({ ...order, from: first, learningRates: made });
  expect(again.losses.slice(40)).toEqual(steered.losses.slice(40));
  expect(again.checkpoints.at(-1)?.tensors).toEqual(steered.checkpoints.at(-1)?.tensors);
});

it('a checkpoint after the change has it', async () => {
  const { made, steer } = changeAt(10, 0.004);
  const steered = await record(order, Infinity, steer);
  const from = structuredClone(steered.checkpoints[1]);
  if (!from) throw new Error('an epoch gives a checkpoint');
  expect(from.progress.learningRates).toEqual(made);
  const rest = await record({ ...order, from });
  expect(rest.losses.slice(80)).toEqual(steered.losses.slice(80));
  expect(rest.checkpoints.at(-1)?.progress.learningRates).toEqual(made);
});

it('a loss that is no number is found in the same layer where the change made it so', async () => {
  const wild = trainingSettingsSchema.parse({ ...settings, optimizer: { type: 'sgd', weightDecay: 10 } });
  // So large that a layer's numbers leave the range two steps later, whichever step it was: where they only come near, the
  // loss alone can be infinite.
  const { made, steer } = changeAt(10, 1e30);
  const message = await record({ ...order, settings: wild }, Infinity, steer).catch((error: unknown) =>
    String(error),
  );
  expect(message).toMatch(/the output of layer \d+ \(\w+\) left the range of numbers first/);
  const known = await record({ ...order, settings: wild, learningRates: made }).catch((error: unknown) =>
    String(error),
  );
  expect(known).toBe(message);
});

it('stops at the end of the epoch, and not where that was taken back', async () => {
  const wants = (wanted: boolean[]) => (message: FromWorker, control: Control) => {
    if (message.kind !== 'batchLosses') return;
    for (const each of wanted) control.finishEpoch = each;
  };
  const stopped = await record(order, Infinity, wants([true]));
  expect(stopped.end).toBe('stopped');
  expect(stopped.epochs).toHaveLength(1);
  expect(stopped.checkpoints.at(-1)?.progress).toMatchObject({ step: 40, epoch: 2, batch: 0 });
  expect((await record(order, Infinity, wants([true, false]))).end).toBe('finished');
  const last = await record({ ...order, settings: { ...settings, epochs: 1 } }, Infinity, wants([true]));
  expect(last.end).toBe('finished');
});

it('stopped while an epoch is evaluated, it loses nothing of what was measured of that epoch', async () => {
  const whole = await record(order);
  // An epoch's last losses come just before its evaluation.
  const stopped = await record(order, 40);
  expect(stopped).toMatchObject({ end: 'stopped', epochs: [] });
  const from = stopped.checkpoints.at(-1)!;
  expect(from.progress).toMatchObject({ epoch: 1, batch: 40 });
  const resumed = await record({ ...order, from });
  expect(whole.epochs[0]?.details?.layers).not.toEqual([]);
  expect(resumed.epochs.map(({ details }) => details?.layers)).toEqual(
    whole.epochs.map(({ details }) => details?.layers),
  );
  expect(resumed.checkpoints.at(-1)?.tensors).toEqual(whole.checkpoints.at(-1)?.tensors);
});
