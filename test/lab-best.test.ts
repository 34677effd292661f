/** The best checkpoint: of the right epoch, by the right measure, however the run came to its end. */
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesOf } from './support/filesOf.ts';
import type { Lab } from '../src/main/lab/lab.ts';
import { fakeRun, openLab, reached, reachedStep, removeFolder, temporaryFolder } from './support/lab.ts';

let home: string;
let lab: Lab;
beforeEach(async () => {
  home = temporaryFolder();
  lab = await openLab(home);
});
afterEach(async () => {
  await lab.close();
  removeFolder(home);
});

const folder = () => join(home, 'runs', '1');

/** What history and the file say, which must be the same. */
async function best() {
  const { bestCheckpoint, epochs } = await lab.call('runs.get', { run: 1 });
  const saved = await filesOf(home).read(1, 'best');
  expect(saved?.epoch?.epoch).toBe(bestCheckpoint?.epoch);
  expect(saved?.checkpoint.progress.step).toBe(bestCheckpoint?.step);
  return { bestCheckpoint, epochs };
}

/** Starts again as another process would. */
async function reopen(): Promise<void> {
  await lab.close();
  lab = await openLab(home);
}

test('by test accuracy, the first of equal ones', async () => {
  await lab.call('runs.start', { runs: [fakeRun('plain', { epochs: 8 })] });
  expect(await reached(lab, 1, 'finished')).toMatchObject({ epochsDone: 8 });
  const { bestCheckpoint, epochs } = await best();
  const most = Math.max(...epochs.map(({ testCorrect }) => testCorrect));
  const first = epochs.find(({ testCorrect }) => testCorrect === most);
  expect(first?.epoch).toBeLessThan(8);
  expect(bestCheckpoint).toMatchObject({
    epoch: first?.epoch,
    step: 321 * (first?.epoch ?? 0),
    metric: 'testAccuracy',
    file: 'best.safetensors',
  });
  expect(readdirSync(folder()).sort()).toEqual([
    'best.safetensors',
    'epochs',
    'last.safetensors',
    'manifest.json',
    'previous.safetensors',
  ]);
});

test('by what early stopping watches', async () => {
  const run = fakeRun('plain', { epochs: 8 });
  const earlyStopping = { metric: 'testLoss', patience: 100 } as const;
  await lab.call('runs.start', { runs: [{ ...run, settings: { ...run.settings, earlyStopping } }] });
  await reached(lab, 1, 'finished');
  const { bestCheckpoint, epochs } = await best();
  const least = Math.min(...epochs.map(({ testLoss }) => testLoss));
  expect(bestCheckpoint).toMatchObject({
    metric: 'testLoss',
    epoch: epochs.find(({ testLoss }) => testLoss === least)?.epoch,
  });
});

test('none before the first epoch is done; a pause later does not touch it', async () => {
  await lab.call('runs.start', { runs: [fakeRun('hold-at-100', { epochs: 2 })] });
  await reachedStep(lab, 1, 100);
  await lab.call('runs.pause', { run: 1 });
  expect((await best()).bestCheckpoint).toBeNull();
  expect(existsSync(join(folder(), 'best.safetensors'))).toBe(false);
  await lab.call('runs.resume', { run: 1 });
  await reached(lab, 1, 'finished');
  expect((await best()).bestCheckpoint).not.toBeNull();
});

test('of an epoch that is cut off by an older last checkpoint, it is gone until the run comes to it again', async () => {
  await lab.call('runs.start', { runs: [fakeRun('hold-at-600', { epochs: 8 })] });
  await reachedStep(lab, 1, 600);
  await lab.call('runs.stop', { run: 1 });
  await reopen();
  // Holds at the same step again; meanwhile, a copy of the checkpoint of that step is made.
  cpSync(join(folder(), 'last.safetensors'), join(home, 'older.safetensors'));
  await lab.call('runs.resume', { run: 1 });
  await lab.call('runs.pause', { run: 1 });
  await lab.call('runs.resume', { run: 1 });
  await reached(lab, 1, 'finished');
  const whole = await best();
  expect(whole.bestCheckpoint?.step).toBeGreaterThan(600);
  await reopen();
  // As if the process had been killed before its last word: the run can be resumed, from what is put in its place.
  const db = new Database(join(home, 'history.sqlite'));
  db.exec("UPDATE runs SET status = 'interrupted'");
  db.close();
  cpSync(join(home, 'older.safetensors'), join(folder(), 'last.safetensors'));
  await lab.call('runs.resume', { run: 1 });
  const cut = await best();
  expect(cut.epochs).toHaveLength(1);
  expect(cut.bestCheckpoint?.step ?? 0).toBeLessThan(600);
  await lab.call('runs.pause', { run: 1 });
  await lab.call('runs.resume', { run: 1 });
  await reached(lab, 1, 'finished');
  expect(await best()).toEqual(whole);
});
