/** What cannot be done is refused, and a fault of the machine is told, by a lab whose training alone is a stand-in. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Problem } from '../src/shared/base/problem.ts';
import type { CheckpointFiles } from '../src/main/checkpoints/files.ts';
import { filesOf } from './support/filesOf.ts';
import type { LabParts } from '../src/main/lab/lab.ts';
import {
  fakeDataset,
  fakeRun,
  filesOnDisk,
  reached,
  reachedStep,
  storyOf,
  undisturbed,
} from './support/lab.ts';

import { labsOfThisFile } from './support/labsOfFile.ts';

const here = labsOfThisFile();
const { open } = here;
const checkpointOf = (run: number) => join(here.home, 'runs', String(run), 'last.safetensors');

describe('what cannot be resumed says why, and stays as it was', () => {
  /** A stopped run with a checkpoint, in a lab of its own that is closed again. */
  async function stopped(): Promise<void> {
    const lab = await open();
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.stop', { run: 1 });
    await lab.close();
  }

  async function expectRefused(code: string, parts?: LabParts): Promise<void> {
    const lab = await open(parts);
    const before = await lab.call('runs.get', { run: 1 });
    await expect(lab.call('runs.resume', { run: 1 })).rejects.toMatchObject({ code });
    expect(await lab.call('runs.get', { run: 1 })).toEqual({ ...before, endedAt: expect.any(String) });
    await lab.close();
  }

  test('a checkpoint that is gone, damaged, or of something else', async () => {
    await stopped();
    const bytes = readFileSync(checkpointOf(1));
    rmSync(checkpointOf(1));
    await expectRefused('checkpoint.missing');
    writeFileSync(checkpointOf(1), bytes.subarray(0, bytes.length - 1));
    await expectRefused('checkpoint.previous-is-whole');
    const saved = await filesOf(here.home)
      .read(1)
      .catch(() => null);
    expect(saved).toBeNull();
    writeFileSync(checkpointOf(1), bytes);
    const whole = await filesOf(here.home).read(1);
    if (!whole) throw new Error('the checkpoint should be there');
    await filesOf(here.home).write(2, whole);
    writeFileSync(checkpointOf(1), readFileSync(checkpointOf(2)));
    await expectRefused('checkpoint.other-run');
    const { checkpoint } = whole;
    const ahead = { ...checkpoint, progress: { ...checkpoint.progress, step: 401, batch: 80 } };
    await filesOf(here.home).write(1, { checkpoint: ahead, epoch: null });
    await expectRefused('checkpoint.ahead');
    writeFileSync(checkpointOf(1), bytes);
    const lab = await open();
    expect(await lab.call('runs.resume', { run: 1 })).toMatchObject({ status: 'running', step: 400 });
  });

  test('another data set, and a machine that cannot train', async () => {
    await stopped();
    const summary = { ...fakeDataset.summary, hash: 'e'.repeat(64) };
    await expectRefused('dataset.changed', { openDataset: async () => ({ ...fakeDataset, summary }) });
    const problem = { code: 'training.no-addon', message: 'no addon', parameters: {} };
    await expectRefused('training.no-addon', { findTrainingProblem: () => problem });
  });
});

describe('a disk that is full', () => {
  test('fails the run at its checkpoint; the one before is what it goes on from', async () => {
    let full = false;
    const files = filesOnDisk(() => full);
    const lab = await open({ files });
    lab.on('run.epoch', () => (full = true));
    await lab.call('runs.start', { runs: [fakeRun()] });
    expect((await reached(lab, 1, 'failed')).problem?.code).toBe('checkpoint.disk-full');
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({ epochsDone: 1 });
    full = false;
    const again = lab.on('run.epoch', () => (full = false));
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    again();
    expect(await storyOf(lab, 1)).toEqual(await undisturbed());
  });

  test('a pause that cannot be kept is told to who asked for it', async () => {
    const files = (real: CheckpointFiles): CheckpointFiles => ({
      ...real,
      write: async () => {
        throw new Problem('checkpoint.disk-full', 'the disk is full');
      },
    });
    const lab = await open({ files });
    await lab.call('runs.start', { runs: [fakeRun('hold-at-5')] });
    await expect(lab.call('runs.pause', { run: 1 })).rejects.toMatchObject({ code: 'checkpoint.disk-full' });
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({ status: 'failed' });
  });
});

describe('what is asked for wrongly', () => {
  test('a run that cannot be trained is refused, and with it all that were asked for', async () => {
    const lab = await open();
    const good = fakeRun();
    const wrong = (change: object) => ({ ...good, network: { ...good.network, ...change } });
    const start = (run: typeof good) => lab.call('runs.start', { runs: [good, run] });
    await expect(start({ ...good, dataset: 'cifar' })).rejects.toMatchObject({ code: 'dataset.unknown' });
    await expect(start(wrong({ input: { height: 5, width: 4, channels: 1 } }))).rejects.toMatchObject({
      code: 'network.input-size',
    });
    await expect(
      start(wrong({ layers: [{ type: 'flatten' }, { type: 'linear', units: 3 }] })),
    ).rejects.toMatchObject({ code: 'network.output' });
    const kernel = [{ type: 'conv2d', filters: 0, kernelSize: 3 }];
    await expect(start(wrong({ layers: kernel }))).rejects.toThrow(
      'layer 1 (conv2d): filters must be at least 1',
    );
    expect((await lab.call('runs.list', {})).total).toBe(0);
  });

  test('nothing can be trained on a machine that cannot', async () => {
    const problem = { code: 'training.no-library', message: 'libtensorflow is missing', parameters: {} };
    const lab = await open({ findTrainingProblem: () => problem });
    expect((await lab.call('app.info', {})).trainingProblem).toEqual(problem);
    await expect(lab.call('runs.start', { runs: [fakeRun()] })).rejects.toMatchObject({ code: problem.code });
    expect((await lab.call('runs.list', {})).total).toBe(0);
  });

  test('a run that is not there', async () => {
    const lab = await open();
    for (const call of ['runs.get', 'runs.batchLosses', 'runs.pause', 'runs.stop', 'runs.resume'] as const) {
      await expect(lab.call(call, { run: 5 })).rejects.toMatchObject({ code: 'run.unknown' });
    }
  });
});
