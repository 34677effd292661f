/** Several steps in one run of the session are the same steps, to the bit. */
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/shared/network/network.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import { loadDataset } from '../../src/main/engine/compile/batches.ts';
import { compile } from '../../src/main/engine/compile/compile.ts';
import { pixelConstants } from '../../src/main/engine/data/normalisation.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { optimizerScalars } from '../../src/main/engine/compile/optimizers.ts';
import { Generator } from '../../src/main/engine/random/generator.ts';
import { hasKernels, numberOfMailbox } from '../../src/main/engine/native/kernels.ts';
import { countReceived, countSent, newMailbox } from '../../src/main/engine/train/mailbox.ts';
import type { FromWorker } from '../../src/main/engine/train/messages.ts';
import { Session } from '../../src/main/engine/native/session.ts';
import {
  mailboxInput,
  severalSteps,
  stackInputs,
  stepsInOneCall,
} from '../../src/main/engine/compile/severalSteps.ts';
import { splitBatch, splitBatches } from '../../src/main/engine/compile/shards.ts';
import { readState, writeInitial } from '../../src/main/engine/compile/state.ts';

setNativeEnvironment(2);

const course = findPreset('course')?.network;
if (!course) throw new Error('no preset');
const withDropout: Network = {
  ...course,
  layers: [...course.layers.slice(0, 6), { type: 'dropout', p: 0.3 }, ...course.layers.slice(6)],
};
const batch = 16;

function stepOf(
  step: number,
  shards: number,
  random: boolean,
  optimizer: Parameters<typeof optimizerScalars>[0],
) {
  const each = batch / shards;
  const byShard = <T>(make: (shard: number) => T) =>
    Array.from({ length: shards }, (_, shard) => make(shard));
  const images = byShard((shard) => ({
    data: Float32Array.from({ length: each * 784 }, (_, i) => Math.sin(i * (step + 1) + shard)),
    shape: [each, 1, 28, 28],
  }));
  const labels = byShard((shard) => ({
    data: Int32Array.from({ length: each }, (_, i) => (i + step + shard) % 10),
  }));
  const scalars = Float32Array.from([1 / batch, ...optimizerScalars(optimizer, 0.05, step + 1)]);
  return {
    images,
    labels,
    scalars: { data: scalars },
    ...(random ? { step: { data: Int32Array.of(step + 1), shape: [] } } : {}),
  };
}

const withNorm: Network = {
  ...course,
  layers: [...course.layers.slice(0, 1), { type: 'batchNorm2d' }, ...course.layers.slice(1)],
};

describe.each([
  ['one shard', course, 1, { type: 'sgd', momentum: 0.5 }, [20, 5]],
  ['two shards', course, 2, { type: 'sgd', momentum: 0.5 }, [20, 10, 5]],
  ['two shards and batch norm', withNorm, 2, { type: 'sgd', momentum: 0.5 }, [20, 5]],
  ['two shards, Adam and batch norm', withNorm, 2, { type: 'adam' }, [10]],
  ['two shards, Adam and dropout', withDropout, 2, { type: 'adam' }, [20, 10, 5]],
] as const)('%s', (_name, network, shards, optimizer, counts) => {
  it.each(counts)('has the same losses and parameters as single steps, %i at once', async (count) => {
    const settings = trainingSettingsSchema.parse({ optimizer, batchSize: batch });
    const compiled = compile({ network, settings, dataset: null, shards, constants: null });
    const session = await Session.load(compiled.graph);
    const steps = Array.from({ length: count }, (_, step) =>
      stepOf(step, shards, compiled.random, settings.optimizer),
    );
    writeInitial(session, compiled, new Generator(1), settings.initialisation);
    const single = steps.map((inputs) => session.run('train', inputs)['loss']?.data[0]);
    const after = readState(session);
    writeInitial(session, compiled, new Generator(1), settings.initialisation);
    const inOne = session.has(stepsInOneCall);
    const several = session.run(inOne ? stepsInOneCall : severalSteps(count), {
      ...stackInputs(steps),
      ...(inOne && mailboxInput(0)),
    })['losses']?.data;
    expect([...(several ?? [])]).toEqual(single);
    expect(new Set(single).size).toBe(count);
    expect(readState(session)).toEqual(after);
    session.close();
  });
});

describe.each([
  ['the course', findPreset('course')?.network, [30, 6, 2]],
  ['a net with batch norm', withNorm, [15, 5]],
  ['ResNet-8', findPreset('ResNet-8')?.network, [4, 3]],
  ['LeNet-5', findPreset('LeNet-5')?.network, [20]],
] as const)('steps in one operation, of %s', (_name, network, counts) => {
  it.each(counts)('are the same as single steps, %i at once', async (count) => {
    if (!network) throw new Error('no preset');
    const dataset = await openDataset('mnist');
    const settings = trainingSettingsSchema.parse({});
    const { batchSize } = settings;
    const compiled = compile({
      network,
      settings,
      dataset,
      shards: 2,
      constants: await pixelConstants(settings.normalisation, dataset),
    });
    const session = await Session.load(compiled.graph);
    loadDataset(session, dataset);
    const order = Int32Array.from({ length: count * batchSize }, (_, i) => (i * 7919) % 60_000);
    const scalars = Array.from({ length: count }, (_, step) => [
      1 / batchSize,
      ...optimizerScalars(settings.optimizer, 0.01 + 0.001 * step, step + 1),
    ]);
    writeInitial(session, compiled, new Generator(1), settings.initialisation);
    const single = scalars.map((each, step) => {
      const indices = order.subarray(step * batchSize, (step + 1) * batchSize);
      const inputs = { ...splitBatch(indices, 2), scalars: { data: Float32Array.from(each) } };
      return session.run('train', inputs)['loss']?.data[0];
    });
    const after = readState(session);
    // The second time, memory that was planned in the first is used from the first step on.
    for (let time = 0; time < 2; time += 1) {
      writeInitial(session, compiled, new Generator(1), settings.initialisation);
      const losses = session.run(stepsInOneCall, {
        ...mailboxInput(0),
        ...splitBatches(order, batchSize, 2),
        scalars: { data: Float32Array.from(scalars.flat()), shape: [count, scalars[0]?.length ?? 0] },
      })['losses'];
      expect([...(losses?.data ?? [])]).toEqual(single);
      expect(readState(session)).toEqual(after);
    }
    expect(new Set(single).size).toBe(count);
    session.close();
  });
});

describe('a call of several steps', () => {
  it.skipIf(!hasKernels())('ends after the step in which its thread is sent a message', async () => {
    if (!course) throw new Error('no preset');
    const dataset = await openDataset('mnist');
    const settings = trainingSettingsSchema.parse({});
    const { batchSize, optimizer } = settings;
    const compiled = compile({ network: course, settings, dataset, shards: 2, constants: null });
    const session = await Session.load(compiled.graph);
    expect(session.has(stepsInOneCall)).toBe(true);
    loadDataset(session, dataset);
    writeInitial(session, compiled, new Generator(1), settings.initialisation);
    const indices = Int32Array.from({ length: 5 * batchSize }, (_, i) => i);
    const scalars = Array.from({ length: 5 }, (_, i) => [
      1 / batchSize,
      ...optimizerScalars(optimizer, 0.01, i + 1),
    ]);
    const lossesWith = (number: number) =>
      session.run(stepsInOneCall, {
        ...splitBatches(indices, batchSize, 2),
        scalars: { data: Float32Array.from(scalars.flat()), shape: [5, scalars[0]?.length ?? 0] },
        ...mailboxInput(number),
      })['losses'];
    const mailbox = newMailbox();
    const number = numberOfMailbox(mailbox);
    expect(numberOfMailbox(mailbox)).toBe(number);
    expect(lossesWith(number)?.shape).toEqual([5]);
    countSent(mailbox);
    expect(lossesWith(number)?.shape).toEqual([1]);
    expect(lossesWith(0)?.shape).toEqual([5]);
    countReceived(mailbox);
    expect(lossesWith(number)?.shape).toEqual([5]);
    session.close();
  });

  it('ends while it runs', async () => {
    // The thread that trains is in the call meanwhile, so another one sends.
    const order = { network: course, settings: trainingSettingsSchema.parse({ epochs: 100 }) };
    const dataset = await openDataset('mnist');
    const mailbox = newMailbox();
    const worker = new Worker(new URL('../../src/main/engine/worker.ts', import.meta.url), {
      workerData: { ...order, dataset, shards: 2, from: null, mailbox },
    });
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    const losses: number[] = [];
    let asked = NaN;
    const waited = await new Promise<number>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'stopped') resolve(message.checkpoint.progress.step);
        if (message.kind !== 'batchLosses') return;
        losses.push(...message.losses);
        // By then, many steps share one call.
        if (losses.length < 400 || !Number.isNaN(asked)) return;
        asked = losses.length;
        worker.postMessage({ kind: 'stop' });
        countSent(mailbox);
      });
    });
    expect(losses).toHaveLength(waited);
    expect(losses.every(Number.isFinite)).toBe(true);
    await ended;
  });
});
