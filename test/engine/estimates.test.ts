/** What is asked before a start, answered by the real engine: a net's pace, its memory, and what augmentation does. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childEnvironment } from '../../scripts/setup/native-notes.mjs';
import { openDataset } from '../../src/main/datasets/index.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { type Lab, createLab } from '../../src/main/lab/lab.ts';
import { trainingMemory } from '../../src/shared/training/memory.ts';
import { parseNetwork } from '../../src/shared/network/network.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import { Problem } from '../../src/shared/base/problem.ts';
import { summarize } from '../../src/shared/network/shapes.ts';
import { augmentationSchema, trainingSettingsSchema } from '../../src/shared/training/training.ts';
import { removeFolder, temporaryFolder, importerPath } from '../support/lab.ts';

setNativeEnvironment(2);
const course = findPreset('course')!.network;
const workerPath = new URL('../../src/main/engine/worker.ts', import.meta.url);
let home: string;
let lab: Lab;
beforeAll(async () => {
  home = temporaryFolder();
  lab = await createLab({ home, host: 'terminal', workerPath, importerPath }, { cores: 2 });
});
afterAll(async () => {
  await lab.close();
  removeFolder(home);
});

describe('an estimate', () => {
  const request = { network: course, settings: { epochs: 3, validation: { fraction: 0.1 } }, threads: 1 };

  it('is measured once, and remembered for what costs the same', async () => {
    const first = await lab.call('training.estimate', request);
    // 54,000 images are left to train on.
    expect(first.stepsPerEpoch).toBe(844);
    expect(first).toMatchObject({ beside: 0 });
    for (const seconds of [first.trainSeconds, first.testSeconds, first.startSeconds]) {
      expect(seconds).toBeGreaterThan(0);
      expect(Number.isFinite(seconds)).toBe(true);
    }
    expect(first.totalSeconds).toBeCloseTo(
      first.startSeconds + 3 * (first.trainSeconds + first.testSeconds),
      9,
    );
    const again = await lab.call('training.estimate', {
      ...request,
      settings: {
        ...request.settings,
        epochs: 6,
        seed: 5,
        optimizer: { type: 'sgd', learningRate: 1, momentum: 0.5 },
      },
    });
    // Another measurement would not give the same to the last digit.
    expect(again.trainSeconds).toBe(first.trainSeconds);
    expect(again.totalSeconds - again.startSeconds).toBeCloseTo(
      2 * (first.totalSeconds - first.startSeconds),
      9,
    );
  });

  it('is given up where a newer question comes, and the newer one answered', async () => {
    const sized = (batchSize: number) => ({ ...request, settings: { batchSize } });
    const older = lab.call('training.estimate', sized(100)).catch((error: unknown) => error);
    const newer = await lab.call('training.estimate', sized(200));
    expect(await older).toMatchObject({ code: 'estimate.given-up' });
    expect(newer.stepsPerEpoch).toBe(300);
  });

  it('is refused for what could not be trained', async () => {
    const cut = parseNetwork({ ...course, layers: course.layers.slice(0, -1) });
    await expect(lab.call('training.estimate', { ...request, network: cut })).rejects.toBeInstanceOf(Problem);
    await expect(lab.call('training.estimate', { ...request, threads: 3 })).rejects.toThrow('has 2');
  });
});

describe('memory', () => {
  const program = fileURLToPath(new URL('../support/oneRun.ts', import.meta.url));
  const dense = parseNetwork({
    name: 'dense',
    input: course.input,
    layers: [
      { type: 'flatten' },
      { type: 'linear', units: 4096 },
      { type: 'linear', units: 2048 },
      { type: 'linear', units: 10 },
    ],
  });

  it.runIf(process.platform === 'linux').each([
    ['a small net', course],
    ['one of millions of parameters', dense],
  ])('%s takes about what the model says', async (_, network) => {
    const settings = trainingSettingsSchema.parse({ epochs: 1 });
    const order = { network, settings, shards: 2, from: null, images: 1000 };
    const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(order)], {
      env: { ...process.env, ...childEnvironment },
    });
    const { summary } = await openDataset('mnist');
    const expected = trainingMemory({
      summary: summarize(network),
      dataset: { ...summary, trainCount: 1000, testCount: 2000 },
      batchSize: 64,
      optimizer: 'sgd',
    });
    expect(Number(stdout) / expected).toBeGreaterThan(0.65);
    expect(Number(stdout) / expected).toBeLessThan(1.35);
  });
});

describe('augmentation', () => {
  const preview = (augmentation: object, rest: object = {}) =>
    lab.call('augmentation.preview', {
      augmentation: augmentationSchema.parse(augmentation),
      index: 3,
      ...rest,
    });

  it('changes an image as it changes a run’s, anew with every seed', async () => {
    const { label, original, variants } = await preview({ shift: 3, rotation: 20 });
    expect(label).toBeGreaterThanOrEqual(0);
    expect([original.shape, variants.shape]).toEqual([
      [1, 1, 28, 28],
      [8, 1, 28, 28],
    ]);
    const images = Array.from({ length: 8 }, (_, i) => variants.data.slice(i * 784, (i + 1) * 784).join());
    expect(new Set([original.data.join(), ...images]).size).toBe(9);
    const again = await preview({ shift: 3, rotation: 20 });
    expect(again.variants.data).toEqual(variants.data);
    expect((await preview({ shift: 3, rotation: 20 }, { seed: 1 })).variants.data).not.toEqual(variants.data);
  });

  it('leaves it as it is where nothing is to be changed, and mirrors it where that is', async () => {
    const { original, variants } = await preview({}, { count: 1 });
    expect(variants.data).toEqual(original.data);
    const mirrored = await preview({ horizontalFlip: true });
    const flipped = original.data.map(
      (_, i) => original.data[Math.floor(i / 28) * 28 + (27 - (i % 28))] as number,
    );
    const kinds = Array.from({ length: 8 }, (_, i) =>
      mirrored.variants.data.slice(i * 784, (i + 1) * 784),
    ).map((image) => {
      const near = (other: Float32Array) =>
        image.every((pixel, at) => Math.abs(pixel - (other[at] ?? 0)) < 1e-3);
      return near(original.data) ? 'same' : near(flipped) ? 'flipped' : 'other';
    });
    expect(new Set(kinds)).toEqual(new Set(['same', 'flipped']));
  });

  it('of an image that there is', async () => {
    await expect(preview({}, { index: 60_000 })).rejects.toThrow('there is no image 60000');
  });
});
