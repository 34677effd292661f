/** Checkpoint files on a real disk, and on one that fails at each of its steps. */
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as FsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type SavedCheckpoint, checkpointFiles } from '../src/main/checkpoints/files.ts';
import { aRun, filesOf } from './support/filesOf.ts';
import { encodeSafetensors } from '../src/main/checkpoints/safetensors.ts';
import { progressSchema } from '../src/shared/runs/checkpoint.ts';
import { removeFolder, temporaryFolder } from './support/lab.ts';

/** Which function of the file system fails next, and with what. */
const failing = vi.hoisted(() => ({ step: '', code: '' }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FsPromises>();
  const fail = (step: string) => {
    if (failing.step === step) throw Object.assign(new Error(failing.code), { code: failing.code });
  };
  return {
    ...real,
    link: async (...parameters: Parameters<typeof real.link>) => {
      fail('link');
      return real.link(...parameters);
    },
    rename: async (...parameters: Parameters<typeof real.rename>) => {
      fail('rename');
      return real.rename(...parameters);
    },
    open: async (...parameters: Parameters<typeof real.open>) => {
      fail('open');
      const file = await real.open(...parameters);
      if (failing.step !== 'write' && failing.step !== 'sync') return file;
      return {
        writeFile: async (bytes: Uint8Array) => {
          await file.writeFile(bytes.subarray(0, failing.step === 'write' ? 100 : bytes.length));
          fail('write');
        },
        sync: async () => fail('sync'),
        close: () => file.close(),
      };
    },
  };
});

let home: string;
beforeEach(() => {
  home = temporaryFolder();
  failing.step = '';
});
afterEach(() => removeFolder(home));

const folder = () => join(home, 'runs', '7');
/** What the run has beside what says whose the folder is. */
const listed = () =>
  readdirSync(folder())
    .filter((name) => name !== 'manifest.json')
    .sort();

function saved(
  step: number,
  change: Partial<SavedCheckpoint['checkpoint']['progress']> = {},
): SavedCheckpoint {
  return {
    checkpoint: {
      progress: progressSchema.parse({
        format: 1,
        step,
        epoch: 2,
        batch: 5,
        random: { words: Array.from({ length: 624 }, (_, index) => 2 ** 32 - 1 - index), position: 624 },
        orderSeed: '18446744073709551615',
        runningSum: 0.1 + 0.2,
        epochLossSum: 1e-300,
        epochImages: 320,
        epochSeconds: 1.25,
        shards: 2,
        kernels: 'stride',
        ...change,
      }),
      tensors: [
        { name: 'parameter/0.weight', shape: [2, 2], data: Float32Array.of(step, 0.1, -0, 1e-45) },
        { name: 'slot/0.weight/momentum', shape: [2, 2], data: Float32Array.of(1, 2, 3, NaN) },
      ],
    },
    epoch: null,
    epochs: [],
  };
}

const record = {
  epoch: 1,
  trainLoss: NaN,
  testLoss: Infinity,
  testCorrect: 10,
  testTotal: 100,
  confusion: [10, 0, 90, 0],
  trainSeconds: 1,
  testSeconds: 0.5,
  details: null,
};

test('what was written is read, to the bit; a run without a checkpoint has none', async () => {
  const files = filesOf(home);
  expect(await files.read(7)).toBeNull();
  const first = { ...saved(5, { runningSum: NaN, epochLossSum: -Infinity }), epoch: record };
  const bytes = await files.write(7, first);
  expect(readFileSync(files.path(7))).toHaveLength(bytes);
  expect(await files.read(7)).toEqual(first);
  await files.write(7, saved(6));
  expect(await files.read(7)).toEqual(saved(6));
  expect(listed()).toEqual([files.names.last, files.names.previous]);
  expect(await files.read(7, 'previous')).toEqual(first);
  expect(await files.read(8)).toBeNull();
});

test('what a killed process has left is cleared away', async () => {
  const files = filesOf(home);
  await files.write(7, saved(5));
  writeFileSync(`${files.path(7)}.tmp`, 'half of a checkp');
  // Not by who only looks: the run may be training, and that may be its next checkpoint.
  expect(await files.peek(7)).toEqual(saved(5));
  expect(readdirSync(folder())).toHaveLength(3);
  expect(await files.read(7)).toEqual(saved(5));
  expect(listed()).toEqual([files.names.last]);
});

describe('the best one', () => {
  test('is the last one of that moment, and stays it; once more does no harm', async () => {
    const files = filesOf(home);
    await files.write(7, saved(5));
    expect(await files.read(7, 'best')).toBeNull();
    expect(await files.keepBest(7)).toBe(readFileSync(files.path(7)).length);
    await files.keepBest(7);
    await files.write(7, saved(6));
    expect(await files.read(7, 'best')).toEqual(saved(5));
    expect(await files.read(7)).toEqual(saved(6));
    expect(listed()).toEqual([files.names.best, files.names.last, files.names.previous]);
    await files.keepBest(7);
    expect(await files.read(7, 'best')).toEqual(saved(6));
    await files.dropBest(7);
    await files.dropBest(7);
    expect(listed()).toEqual([files.names.last, files.names.previous]);
  });

  test('is a copy where the file system has no links', async () => {
    const files = filesOf(home);
    await files.write(7, saved(5));
    Object.assign(failing, { step: 'link', code: 'EPERM' });
    await files.keepBest(7);
    failing.step = '';
    await files.write(7, saved(6));
    expect(await files.read(7, 'best')).toEqual(saved(5));
  });

  test.each([
    ['link', 'ENOSPC', 'checkpoint.disk-full'],
    ['rename', 'EROFS', 'checkpoint.not-accessible'],
  ])('that cannot be written leaves the one before: %s: %s', async (step, code, expected) => {
    const files = filesOf(home);
    await files.write(7, saved(5));
    await files.keepBest(7);
    await files.write(7, saved(6));
    Object.assign(failing, { step, code });
    await expect(files.keepBest(7)).rejects.toMatchObject({ name: 'Problem', code: expected });
    failing.step = '';
    expect(await files.read(7, 'best')).toEqual(saved(5));
    expect(listed()).toEqual([files.names.best, files.names.last, files.names.previous]);
  });
});

describe('what cannot be written leaves the file before', () => {
  test.each([
    ['open', 'EACCES', 'checkpoint.not-accessible'],
    ['open', 'ENOSPC', 'checkpoint.disk-full'],
    ['write', 'ENOSPC', 'checkpoint.disk-full'],
    ['write', 'EDQUOT', 'checkpoint.disk-full'],
    ['sync', 'EIO', 'checkpoint.not-accessible'],
    ['rename', 'EROFS', 'checkpoint.not-accessible'],
  ])('%s: %s', async (step, code, expected) => {
    const files = filesOf(home);
    await files.write(7, saved(5));
    Object.assign(failing, { step, code });
    const writing = files.write(7, saved(6));
    await expect(writing).rejects.toMatchObject({
      name: 'Problem',
      code: expected,
      parameters: { path: files.path(7) },
    });
    failing.step = '';
    expect(await files.read(7)).toEqual(saved(5));
    expect(listed()).toEqual([files.names.last]);
    await files.write(7, saved(6));
    expect(await files.read(7)).toEqual(saved(6));
  });

  test('a file where the folder should be', async () => {
    writeFileSync(join(home, 'runs'), '');
    await expect(filesOf(home).write(7, saved(5))).rejects.toMatchObject({
      code: 'checkpoint.not-accessible',
    });
  });
});

test('a folder where the temporary file would be keeps no checkpoint from being written', async () => {
  const files = filesOf(home);
  await files.write(7, saved(5));
  mkdirSync(`${files.path(7)}.tmp`, { recursive: true });
  await files.write(7, saved(6));
  expect(await files.read(7)).toEqual(saved(6));
});

describe('what is not a checkpoint of this run is refused', () => {
  const write = (bytes: Uint8Array) => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'last.safetensors'), bytes);
  };
  const read = () => filesOf(home).read(7);
  const metadata = (change: object) => {
    const { progress } = saved(5).checkpoint;
    return { stride: 'checkpoint', run: '7', progress: JSON.stringify(progress), epoch: 'null', ...change };
  };

  test('a file cut at any length', async () => {
    await filesOf(home).write(7, saved(5));
    const bytes = readFileSync(filesOf(home).path(7));
    for (const length of [0, 7, 8, 50, 300, bytes.length - 33, bytes.length - 1]) {
      write(bytes.subarray(0, length));
      // Where the header is whole enough to have its checksum, that tells first.
      const code = length < 300 ? 'safetensors.damaged' : 'checkpoint.checksum';
      await expect(read()).rejects.toMatchObject({ code });
    }
  });

  test('a whole one of the same number from another history', async () => {
    await filesOf(home).write(7, saved(5));
    const other = checkpointFiles(home, () =>
      aRun(7, { manifest: { ...aRun(7).manifest, identity: 'f'.repeat(32) } }),
    );
    await expect(other.read(7)).rejects.toMatchObject({ code: 'checkpoint.other-run' });
    await expect(other.write(7, saved(6))).rejects.toMatchObject({ code: 'run.other-folder' });
    await other.removeAll(7);
    expect(await filesOf(home).read(7)).toEqual(saved(5));
  });

  test('any bit that was flipped', async () => {
    await filesOf(home).write(7, saved(5));
    const bytes = readFileSync(filesOf(home).path(7));
    for (let bit = 0; bit < bytes.length * 8; bit += 997) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      write(flipped);
      await expect(read()).rejects.toMatchObject({ name: 'Problem' });
    }
  });

  test.each([
    ['weights of another program', { stride: '' }, 'checkpoint.foreign'],
    ["another run's", { run: '8' }, 'checkpoint.other-run'],
    ['progress that is no JSON', { progress: '{' }, 'checkpoint.damaged'],
    ['progress that lacks something', { progress: '{"format":1}' }, 'checkpoint.damaged'],
    ['an epoch that is none', { epoch: '5' }, 'checkpoint.damaged'],
  ])('%s', async (_, change, code) => {
    write(encodeSafetensors({ tensors: saved(5).checkpoint.tensors, metadata: metadata(change) }));
    await expect(read()).rejects.toMatchObject({ code });
  });

  test('links that lead to each other', async () => {
    const path = join(folder(), 'last.safetensors');
    mkdirSync(folder(), { recursive: true });
    symlinkSync(join(folder(), 'other'), path);
    symlinkSync(path, join(folder(), 'other'));
    await expect(read()).rejects.toMatchObject({ code: 'checkpoint.not-accessible' });
  });

  test('a folder', async () => {
    mkdirSync(join(folder(), 'last.safetensors'), { recursive: true });
    await expect(read()).rejects.toMatchObject({ code: 'checkpoint.not-accessible' });
  });
});
