/** Training on real MNIST: the course's losses, seed for seed; resume to the bit; nothing that grows. */
import { beforeAll, describe, expect, it, test } from 'vitest';
import { readTrace, record } from './support.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import type { TrainingOrder } from '../../src/main/engine/train/messages.ts';
import type { Checkpoint } from '../../src/shared/runs/checkpoint.ts';
import type { Dataset } from '../../src/shared/datasets/dataset.ts';
import { findPreset } from '../../src/shared/network/presets.ts';

let mnist: Dataset;
beforeAll(async () => {
  mnist = await openDataset('mnist');
});

function order(
  name: string,
  changes: Partial<TrainingOrder> & { seed?: number; epochs?: number } = {},
): TrainingOrder {
  const preset = findPreset(name);
  if (!preset) throw new Error(`no preset ${name}`);
  const { seed = 0, epochs = 1, ...rest } = changes;
  return {
    network: preset.network,
    settings: { ...preset.settings, seed, epochs },
    dataset: mnist,
    shards: 2,
    from: null,
    ...rest,
  };
}

describe.each([
  ['course', 0],
  ['course', 1],
  ['homework', 0],
  ['homework', 1],
] as const)("%s, seed %i: the script's own epoch", (name, seed) => {
  it('prints its running losses and finds its test images', async () => {
    const trace = readTrace(name, seed);
    const run = await record(order(name, { seed }));
    trace.first_batch_losses.forEach((loss, step) =>
      expect(Math.abs((run.losses[step] ?? NaN) - loss)).toBeLessThan(0.002),
    );
    const [epoch] = trace.epochs;
    expect(run.running.map(({ batch }) => batch)).toEqual([300, 600, 900]);
    run.running.forEach(({ loss }, i) =>
      expect(Math.abs(loss - (epoch?.running_loss[i]?.loss ?? NaN))).toBeLessThan(0.002),
    );
    expect(Math.abs((run.epochs[0]?.testCorrect ?? NaN) - (epoch?.test_correct ?? NaN))).toBeLessThanOrEqual(
      20,
    );
    expect(run.losses).toHaveLength(938);
    expect(run.epochs[0]?.confusion.reduce((a, b) => a + b, 0)).toBe(10_000);
  });
});

test('a checkpoint within an epoch is one to go on from, to the bit', async () => {
  const small = { dataset: shortened(mnist, 6400, 500) };
  const within: Checkpoint[] = [];
  const whole = await record(order('course', { ...small, checkpointSeconds: 0 }), Infinity, (message) => {
    if (message.kind === 'checkpoint') within.push(structuredClone(message.checkpoint));
  });
  const from = within[0];
  expect(from?.progress.batch).toBeGreaterThan(0);
  expect(from?.progress.batch).toBeLessThan(100);
  if (!from) return;
  const rest = await record(order('course', { ...small, from }));
  expect(rest.losses.slice(from.progress.step)).toEqual(whole.losses.slice(from.progress.step));
  expect(rest.checkpoints.at(-1)?.tensors).toEqual(whole.checkpoints.at(-1)?.tensors);
});

describe('a stopped run', () => {
  it.each([40, 130])('goes on to the bit, stopped after step %i', async (step) => {
    const small = { dataset: shortened(mnist, 6400, 500), epochs: 3 };
    const whole = await record(order('homework', small));
    const first = await record(order('homework', small), step);
    expect(first.end).toBe('stopped');
    const from = structuredClone(first.checkpoints.at(-1));
    if (!from) throw new Error('a stopped run gives a checkpoint');
    const rest = await record(order('homework', { ...small, from, shards: 1 }));
    const joined = [...first.losses.slice(0, from.progress.step), ...rest.losses.slice(from.progress.step)];
    expect(joined).toEqual(whole.losses);
    const numbers = ({
      trainSeconds: _t,
      testSeconds: _s,
      details,
      ...record
    }: (typeof whole.epochs)[number]) => ({
      ...record,
      layers: details?.layers,
    });
    expect([...first.epochs, ...rest.epochs].map(numbers)).toEqual(whole.epochs.map(numbers));
    expect(rest.checkpoints.at(-1)?.tensors).toEqual(whole.checkpoints.at(-1)?.tensors);
  });
});

describe('a last batch that is smaller than the number of shards', () => {
  const small = { dataset: () => shortened(mnist, 65, 11), shards: 2 };

  it('is taken, and its gradients are measured', async () => {
    const run = await record(order('course', { ...small, dataset: small.dataset() }));
    expect(run.losses).toHaveLength(2);
    expect(run.losses.every(Number.isFinite)).toBe(true);
    expect(run.epochs[0]?.testTotal).toBe(11);
    const norms = run.epochs[0]?.details?.layers?.map(({ gradientNorm }) => gradientNorm) ?? [];
    expect(norms.filter((norm) => norm !== null && norm > 0)).toHaveLength(3);
  });

  it('is looked into where its loss is no number', async () => {
    const { settings, ...rest } = order('course', { ...small, dataset: small.dataset() });
    const wild = { ...settings, optimizer: { ...settings.optimizer, learningRate: 1e30 } };
    await expect(record({ ...rest, settings: wild })).rejects.toThrow(
      /became (NaN|infinity) in epoch 1, batch 2: the output of layer \d \(\w+\) left the range of numbers first/,
    );
  });
});

it('gives the same losses on one shard as on two, up to rounding', async () => {
  const small = { dataset: shortened(mnist, 3200, 100) };
  const [one, two] = [
    await record(order('course', { ...small, shards: 1 })),
    await record(order('course', small)),
  ];
  one.losses.forEach((loss, step) => expect(two.losses[step]).toBeCloseTo(loss, 2));
});
