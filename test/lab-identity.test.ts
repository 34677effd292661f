/**
 * Whose a checkpoint is: history moved away, emptied or replaced never makes a run go on from another run's numbers, and a
 * checkpoint that was damaged is not taken for a whole one.
 */
import { copyFileSync, cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../src/main/checkpoints/safetensors.ts';
import { Database } from '../src/main/history/sqlite.ts';
import type { Lab } from '../src/main/lab/lab.ts';
import {
  fakeRun,
  openLab,
  reached,
  reachedStep,
  removeFolder,
  storyOf,
  temporaryFolder,
  undisturbed,
} from './support/lab.ts';

let home: string;
let folders: string[];
let labs: Lab[];
beforeEach(() => {
  home = temporaryFolder();
  folders = [home];
  labs = [];
});
afterEach(async () => {
  await Promise.all(labs.map((lab) => lab.close()));
  for (const folder of folders) removeFolder(folder);
});

async function open(at = home): Promise<Lab> {
  const lab = await openLab(at);
  labs.push(lab);
  return lab;
}

const file = (run: number, name = 'last.safetensors', at = home) => join(at, 'runs', String(run), name);
const historyFiles = ['history.sqlite', 'history.sqlite-wal', 'history.sqlite-shm'];

/** A run that was stopped at step 400 of 963. */
async function stopped(behaviour = 'hold-at-400', seed = 0): Promise<void> {
  const lab = await open();
  const [run] = await lab.call('runs.start', { runs: [fakeRun(behaviour, { seed })] });
  if (!run) throw new Error('no run');
  await reachedStep(lab, run.id, 400);
  await lab.call('runs.stop', { run: run.id });
  await lab.close();
}

/** Starts a run of another seed, and gives a copy of the folder as a kill before its first checkpoint leaves it. */
async function killedBeforeItsFirstCheckpoint(run: number): Promise<string> {
  const lab = await open();
  const [made] = await lab.call('runs.start', { runs: [fakeRun('hold-at-5', { seed: 1 })] });
  expect(made?.id).toBe(run);
  await reachedStep(lab, run, 5);
  const copy = temporaryFolder();
  folders.push(copy);
  cpSync(home, copy, { recursive: true });
  await lab.close();
  return copy;
}

async function storyOfSeed1() {
  const own = temporaryFolder();
  folders.push(own);
  const lab = await open(own);
  await lab.call('runs.start', { runs: [fakeRun('plain', { seed: 1 })] });
  await reached(lab, 1, 'finished');
  return storyOf(lab, 1);
}

describe('history is lost, and another run is killed before its first checkpoint', () => {
  test.each([
    ['moved away', () => historyFiles.forEach((name) => rmSync(join(home, name), { force: true }))],
    [
      'emptied',
      () => {
        historyFiles.slice(1).forEach((name) => rmSync(join(home, name), { force: true }));
        writeFileSync(join(home, 'history.sqlite'), '');
      },
    ],
  ])('%s: the run begins at its own beginning, and the old files stay as they are', async (_, lose) => {
    await stopped();
    const before = readFileSync(file(1));
    lose();
    const copy = await killedBeforeItsFirstCheckpoint(2);
    const lab = await open(copy);
    expect(await lab.call('runs.resume', { run: 2 })).toMatchObject({ step: 0 });
    await reachedStep(lab, 2, 5);
    await lab.call('runs.pause', { run: 2 });
    await lab.call('runs.resume', { run: 2 });
    await reached(lab, 2, 'finished');
    expect(await storyOf(lab, 2)).toEqual(await storyOfSeed1());
    expect(readFileSync(file(1, undefined, copy))).toEqual(before);
  });

  test('replaced by that of another folder: its run of the same number is refused the files', async () => {
    await stopped('hold-at-400', 1);
    const other = temporaryFolder();
    folders.push(other);
    for (const name of historyFiles) renameIfThere(join(home, name), join(other, name));
    rmSync(join(home, 'runs'), { recursive: true });
    await stopped('hold-at-400', 0);
    const before = readFileSync(file(1));
    for (const name of historyFiles) rmSync(join(home, name), { force: true });
    for (const name of historyFiles) renameIfThere(join(other, name), join(home, name));
    const lab = await open();
    await expect(lab.call('runs.resume', { run: 1 })).rejects.toMatchObject({ code: 'checkpoint.other-run' });
    expect(readFileSync(file(1))).toEqual(before);
    // Nor is the folder removed with the run whose it is not.
    await lab.call('runs.delete', { runs: [1] });
    await lab.call('runs.purge', {});
    expect(readFileSync(file(1))).toEqual(before);
  });
});

describe('a home from before runs had identities', () => {
  /** As that version left it: nothing but a number in the checkpoint, no file about the folder, format 13. */
  function asBefore(): void {
    const { tensors, metadata } = decodeSafetensors(readFileSync(file(1)), file(1));
    const { identity, sha256, epochs, ...rest } = metadata;
    expect([identity, sha256, epochs]).not.toContain(undefined);
    writeFileSync(file(1), encodeSafetensors({ tensors, metadata: rest }));
    for (const name of ['manifest.json', 'previous.safetensors']) rmSync(file(1, name), { force: true });
    const db = new Database(join(home, 'history.sqlite'));
    db.exec('UPDATE runs SET from_before = 1, identity = lower(hex(randomblob(16)))');
    db.close();
  }

  test('goes on, to the bit', async () => {
    await stopped();
    asBefore();
    const lab = await open();
    expect(await lab.call('runs.resume', { run: 1 })).toMatchObject({ step: 400 });
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    expect(await storyOf(lab, 1)).toEqual(await undisturbed());
  });

  test('does not go on from a file whose losses are others', async () => {
    await stopped('hold-at-400', 1);
    asBefore();
    const foreign = readFileSync(file(1));
    removeFolder(home);
    await stopped('hold-at-400', 0);
    asBefore();
    writeFileSync(file(1), foreign);
    const lab = await open();
    await expect(lab.call('runs.resume', { run: 1 })).rejects.toMatchObject({
      code: 'checkpoint.unfit',
      parameters: { detail: 'its losses up to step 400 are others' },
    });
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({ status: 'stopped', step: 400 });
  });
});

describe('a checkpoint that was damaged', () => {
  /** Flips the highest bit of the exponent of the first weight. */
  function flip(): void {
    const bytes = readFileSync(file(1));
    const place = 8 + Number(bytes.readBigUInt64LE(0)) + 3;
    bytes[place] = (bytes[place] as number) ^ 0x40;
    writeFileSync(file(1), bytes);
  }

  test('is refused, and the one before it is offered, from which the run comes to the same', async () => {
    await stopped();
    flip();
    const lab = await open();
    await expect(lab.call('inspect.filters', { run: 1 })).rejects.toMatchObject({
      code: 'checkpoint.checksum',
    });
    const out = join(home, 'out');
    await expect(
      lab.call('models.export', { runs: [1], formats: ['npz'], folder: out }),
    ).rejects.toMatchObject({ code: 'checkpoint.checksum' });
    expect(existsSync(out)).toBe(false);
    await expect(lab.call('runs.resume', { run: 1 })).rejects.toMatchObject({
      code: 'checkpoint.previous-is-whole',
      parameters: { run: 1, step: 321, epoch: 2 },
    });
    expect(await lab.call('runs.resume', { run: 1, from: 'previous' })).toMatchObject({ step: 321 });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    expect(await storyOf(lab, 1)).toEqual(await undisturbed());
  });

  test('and where the one before is damaged too, nothing is offered', async () => {
    await stopped();
    flip();
    copyFileSync(file(1), file(1, 'previous.safetensors'));
    const lab = await open();
    await expect(lab.call('runs.resume', { run: 1 })).rejects.toMatchObject({ code: 'checkpoint.checksum' });
  });
});

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

describe('runs that history does not know', () => {
  const lose = () => historyFiles.forEach((name) => rmSync(join(home, name), { force: true }));

  test('are found by their folders, taken into history, and go on from where they were', async () => {
    await stopped();
    const whole = await open();
    await whole.call('runs.start', { runs: [fakeRun('plain', { seed: 1 })] });
    await reached(whole, 2, 'finished');
    const finished = await storyOf(whole, 2);
    await whole.close();
    lose();
    const lab = await open();
    expect((await lab.call('recovery.list', {})).map(({ number, name }) => [number, name])).toEqual([
      [1, 'hold-at-400'],
      [2, 'plain'],
    ]);
    expect(await lab.call('recovery.recover', { numbers: [1, 2, 9] })).toMatchObject({
      runs: [1, 2],
      problems: [{ code: 'recovery.unknown' }],
    });
    expect(await lab.call('recovery.list', {})).toEqual([]);
    const { status, epochs, best, last } = await storyOf(lab, 2);
    expect({ status, epochs, best, last }).toEqual({
      status: 'finished',
      epochs: finished.epochs,
      best: finished.best,
      last: finished.last,
    });
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({
      status: 'interrupted',
      step: 400,
      epochsDone: 1,
    });
    await lab.call('runs.resume', { run: 1 });
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    const { epochs: all } = await storyOf(lab, 1);
    expect(all).toEqual((await undisturbed()).epochs);
  });

  test('get another number where theirs was given to another run meanwhile, and keep out of its folder', async () => {
    await stopped();
    for (const name of historyFiles) renameIfThere(join(home, name), join(home, `old-${name}`));
    renameSync(join(home, 'runs', '1'), join(home, 'runs', '1-away'));
    await stopped('hold-at-400', 1);
    const before = readFileSync(file(1));
    renameSync(join(home, 'runs', '1-away'), join(home, 'runs', '7'));
    const lab = await open();
    expect(await lab.call('recovery.recover', { numbers: [7] })).toEqual({ runs: [7], problems: [] });
    expect(readFileSync(file(1))).toEqual(before);
    expect(await lab.call('runs.resume', { run: 7 })).toMatchObject({ step: 400 });
  });
});

test('after a kill between file and history the last checkpoint is said to be of the step that it is of', async () => {
  await stopped();
  const db = new Database(join(home, 'history.sqlite'));
  db.exec("UPDATE checkpoints SET step = 321, epoch = 2, batch = 0 WHERE kind = 'last'");
  const lab = await open();
  await lab.call('runs.resume', { run: 1 });
  expect(db.prepare("SELECT step, batch FROM checkpoints WHERE kind = 'last'").get()).toEqual({
    step: 400,
    batch: 79,
  });
  db.close();
});

test.skipIf(process.platform === 'win32')('what is kept is nobody else’s to read', async () => {
  const { chmodSync, readdirSync, statSync } = await import('node:fs');
  await stopped();
  const modes = () =>
    readdirSync(home, { recursive: true, withFileTypes: true }).map((entry) => {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      return `${entry.isDirectory() ? 'folder' : 'file'} ${mode.toString(8)}`;
    });
  expect(new Set(modes())).toEqual(new Set(['folder 700', 'file 600']));
  // A home from before had them open.
  chmodSync(home, 0o755);
  chmodSync(join(home, 'history.sqlite'), 0o644);
  await open();
  expect(statSync(home).mode & 0o777).toBe(0o700);
  expect(statSync(join(home, 'history.sqlite')).mode & 0o777).toBe(0o600);
});
