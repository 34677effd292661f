/** Several steps in one run of the session are the same steps, to the bit. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/shared/network/network.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';
import { compile } from '../../src/main/engine/compile/compile.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { optimizerScalars } from '../../src/main/engine/compile/optimizers.ts';
import { Generator } from '../../src/main/engine/random/generator.ts';
import { Session } from '../../src/main/engine/native/session.ts';
import { severalSteps, stackInputs } from '../../src/main/engine/compile/severalSteps.ts';
import { readState, writeInitial } from '../../src/main/engine/compile/state.ts';

setNativeEnvironment(2);

const course = findPreset('course')?.network;
if (!course) throw new Error('no preset');
const withDropout: Network = {
  ...course,
  layers: [...course.layers.slice(0, 6), { type: 'dropout', p: 0.3 }, ...course.layers.slice(6)],
};
const batch = 10;

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

describe.each([
  ['one shard', course, 1, { type: 'sgd', momentum: 0.5 }],
  ['two shards', course, 2, { type: 'sgd', momentum: 0.5 }],
  ['two shards, Adam and dropout', withDropout, 2, { type: 'adam' }],
] as const)('%s', (_name, network, shards, optimizer) => {
  it.each([20, 10, 5])('has the same losses and parameters as single steps, %i at once', async (count) => {
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
    const several = session.run(severalSteps(count), stackInputs(steps))['losses']?.data;
    expect([...(several ?? [])]).toEqual(single);
    expect(new Set(single).size).toBe(count);
    expect(readState(session)).toEqual(after);
    session.close();
  });
});
