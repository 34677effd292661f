/** A new run measures whose kernels are faster for its net, and trains as a run that was given these kernels. */
import { beforeAll, expect, it, vi } from 'vitest';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import { record } from './support.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import { hasKernels } from '../../src/main/engine/native/kernels.ts';
import type { FromWorker, TrainingOrder } from '../../src/main/engine/train/messages.ts';
import { parseNetwork } from '../../src/shared/network/network.ts';
import { fasterKernels } from '../../src/shared/training/kernels.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';

const network = parseNetwork({
  name: 'measured',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { type: 'conv2d', filters: 4, kernelSize: 5 },
    { type: 'activation', function: 'relu' },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'dropout', p: 0.2 },
    { type: 'batchNorm2d' },
    { type: 'flatten' },
    { type: 'linear', units: 10 },
  ],
});
const settings = trainingSettingsSchema.parse({ epochs: 1, batchSize: 50, optimizer: { type: 'adam' } });

vi.mock('../../src/shared/training/kernels.ts', { spy: true });

beforeAll(() => {
  vi.stubEnv('STRIDE_KERNELS', undefined);
});

async function started(order: TrainingOrder) {
  let message: Extract<FromWorker, { kind: 'started' }> | undefined;
  const run = await record(order, Infinity, (each) => {
    if (each.kind === 'started') message = each;
  });
  if (!message) throw new Error('the run has not started');
  return { ...run, message };
}

it.skipIf(!hasKernels())('measures once, and leaves no trace of it in the run', async () => {
  const dataset = shortened(await openDataset('mnist'), 500, 100);
  const order = { network, settings, dataset, shards: 2, from: null };
  const measured = await started(order);
  const { kernels, kernelTimes: times } = measured.message;
  if (!times) throw new Error('nothing was measured');
  expect(times.stride).toBeGreaterThan(0);
  expect(times.tensorflow).toBeGreaterThan(0);
  expect(kernels).toBe(fasterKernels(times));
  const given = await started({ ...order, kernels });
  expect(given.message.kernelTimes).toBeUndefined();
  expect(given.losses).toEqual(measured.losses);
  expect(given.checkpoints.map(({ tensors }) => tensors)).toEqual(
    measured.checkpoints.map(({ tensors }) => tensors),
  );
});

it.skipIf(!hasKernels())(
  'trains on the whole data set where TensorFlow was faster on its first images',
  async () => {
    vi.mocked(fasterKernels).mockReturnValueOnce('tensorflow');
    const dataset = shortened(await openDataset('mnist'), 500, 300);
    const order = { network, settings, dataset, shards: 2, from: null };
    const measured = await started(order);
    expect(measured.message.kernels).toBe('tensorflow');
    expect(measured.message.kernelTimes).toBeDefined();
    const given = await started({ ...order, kernels: 'tensorflow' });
    expect(given.losses).toEqual(measured.losses);
  },
);

it('measures nothing where shards have too few images for the kernels', async () => {
  const dataset = shortened(await openDataset('mnist'), 100, 100);
  const few = { ...settings, batchSize: 8 };
  const { message } = await started({ network, settings: few, dataset, shards: 2, from: null });
  expect(message.kernelTimes).toBeUndefined();
});
