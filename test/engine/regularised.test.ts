/**
 * Resume with everything on that draws or adapts: dropout, batch normalisation, Adam, a schedule, augmentation,
 * clipping, a validation split. And what an epoch's record then holds.
 */
import { beforeAll, expect, it } from 'vitest';
import { record } from './support.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import type { TrainingOrder } from '../../src/main/engine/train/messages.ts';
import { type Network, parseNetwork } from '../../src/shared/network/network.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';

const network: Network = parseNetwork({
  name: 'everything',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { type: 'conv2d', filters: 6, kernelSize: 3, stride: 2, bias: false },
    { type: 'batchNorm2d' },
    { type: 'activation', function: 'relu' },
    { type: 'dropout', p: 0.2 },
    {
      type: 'residual',
      layers: [
        { type: 'conv2d', filters: 8, kernelSize: 3, padding: 1 },
        { type: 'batchNorm2d' },
        { type: 'activation', function: 'silu' },
      ],
    },
    { type: 'globalAveragePool' },
    { type: 'linear', units: 16 },
    { type: 'activation', function: 'tanh' },
    { type: 'linear', units: 10 },
  ],
});

const settings = trainingSettingsSchema.parse({
  epochs: 3,
  batchSize: 50,
  optimizer: { type: 'adam' },
  schedule: { type: 'oneCycle', maximum: 0.02 },
  augmentation: { shift: 2, rotation: 10, scale: 0.1, horizontalFlip: true, noise: 0.05 },
  validation: { fraction: 0.1 },
  labelSmoothing: 0.1,
  clipping: { type: 'norm', maximum: 1 },
  initialisation: { type: 'kaimingNormal' },
  normalisation: 'dataset',
});

let order: TrainingOrder;
beforeAll(async () => {
  const dataset = shortened(await openDataset('mnist'), 3200, 500);
  order = { network, settings, dataset, shards: 2, from: null };
});

it('goes on to the bit', async () => {
  const whole = await record(order);
  const first = await record(order, 60);
  const from = structuredClone(first.checkpoints.at(-1));
  if (!from) throw new Error('a stopped run gives a checkpoint');
  expect(from.progress.step).toBeLessThan(135);
  const rest = await record({ ...order, from });
  expect([...first.losses.slice(0, from.progress.step), ...rest.losses.slice(from.progress.step)]).toEqual(
    whole.losses,
  );
  expect(rest.checkpoints.at(-1)?.tensors).toEqual(whole.checkpoints.at(-1)?.tensors);

  const details = whole.epochs.at(-1)?.details;
  // A tenth of each of the ten classes, each rounded.
  expect(Math.abs((details?.validation?.total ?? NaN) - 320)).toBeLessThanOrEqual(5);
  expect(details?.learningRate).toBeLessThan(1e-6);
  const [conv, norm, relu] = details?.layers ?? [];
  expect(conv?.gradientNorm).toBeGreaterThan(0);
  expect(norm?.weightNorm).toBeGreaterThan(0);
  expect(relu).toMatchObject({ gradientNorm: null, dead: expect.any(Number) as number });
  expect(relu?.sparsity).toBeGreaterThan(0.1);
  expect(details?.layers.at(7)?.saturated).toEqual(expect.any(Number));
});

it('another seed draws other masks and changes', async () => {
  const one = await record({ ...order, settings: { ...settings, epochs: 1 } });
  const other = await record({ ...order, settings: { ...settings, epochs: 1, seed: 1 } });
  expect(other.losses).not.toEqual(one.losses);
});

it('stops early, and a resumed run does too', async () => {
  const impatient = trainingSettingsSchema.parse({
    epochs: 50,
    optimizer: { type: 'sgd', learningRate: 1e-9 },
    earlyStopping: { metric: 'testAccuracy', patience: 2 },
  });
  const course = { ...order, settings: impatient, network: findPreset('course')?.network ?? network };
  const run = await record(course);
  expect(run.end).toBe('finished');
  expect(run.epochs).toHaveLength(3);
  const again = await record({ ...course, from: run.checkpoints.at(-1) ?? null });
  expect(again.end).toBe('finished');
  expect(again.epochs).toHaveLength(0);
});

it('names the layer whose numbers left the range first', async () => {
  // Beyond what settings may be, so that the step behind the first cannot but leave the range in a layer.
  const wild = trainingSettingsSchema.parse({});
  const optimizer = { ...wild.optimizer, learningRate: 1e30 };
  await expect(
    record({ ...order, network: findPreset('course')?.network ?? network, settings: { ...wild, optimizer } }),
  ).rejects.toThrow(
    /became (NaN|infinity) in epoch 1, batch \d+: the output of layer \d+ \(\w+\) left the range of numbers first/,
  );
});
