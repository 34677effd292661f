/** Data sets through the lab's calls: imported, trained on by hash, renamed, changed behind the lab's back, deleted. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallReply } from '../../src/shared/api/api.ts';
import type { Lab } from '../../src/main/lab/lab.ts';
import { idxFiles, packed, writeFiles } from '../support/datasetFiles.ts';
import { nextEvent, openLab, reached, removeFolder, temporaryFolder } from '../support/lab.ts';
import { startProcess } from '../support/processes.ts';

let home: string;
let source: string;
let lab: Lab;
beforeEach(async () => {
  [home, source] = [temporaryFolder(), temporaryFolder()];
  lab = await openLab(home);
});
afterEach(async () => {
  await lab.close();
  removeFolder(home);
  removeFolder(source);
});

let tickets = 0;
const bring = (path: string, options = {}): Promise<CallReply<'datasets.import'>> =>
  lab.call('datasets.import', { ticket: `t${(tickets += 1)}`, from: { path }, options });
const kept = () => readdirSync(join(home, 'datasets'));

describe('a set that is imported', () => {
  test('is there once, whatever it is packed in and however often it is brought', async () => {
    const plain = writeFiles(join(source, 'small'), idxFiles());
    const first = await bring(plain, { name: 'Small one' });
    expect(first.alreadyThere).toBe(false);
    expect(first.entry.summary).toMatchObject({
      ...{ id: 'small-one', name: 'Small one', height: 4, width: 4, channels: 1 },
      ...{ trainCount: 20, testCount: 10, classes: ['0', '1'] },
    });
    expect(kept()).toEqual([first.entry.summary.hash]);
    const again = await bring(writeFiles(join(source, 'packed'), packed(idxFiles())));
    expect(again).toMatchObject({ alreadyThere: true, entry: { summary: { id: 'small-one' } } });
    expect(kept()).toEqual([first.entry.summary.hash]);
  });

  test('has the pixels and labels of its files', async () => {
    const files = idxFiles();
    await bring(writeFiles(join(source, 'small'), files));
    const { pixels, labels } = await lab.call('datasets.images', {
      ...{ dataset: 'small', part: 'test', indices: [3, 0] },
    });
    const images = files['t10k-images-idx3-ubyte']!.subarray(16);
    expect([...pixels]).toEqual([...images.subarray(48, 64), ...images.subarray(0, 16)]);
    expect(labels).toEqual([1, 0]);
  });

  test('is trained on, keeps its hash in the run, and goes only when somebody insists', async () => {
    const { entry } = await bring(writeFiles(join(source, 'small'), idxFiles()));
    const network = {
      name: 'plain',
      input: { height: 4, width: 4, channels: 1 },
      layers: [{ type: 'flatten' as const }, { type: 'linear' as const, units: 2 }],
    };
    await lab.call('runs.start', {
      runs: [{ network, settings: { epochs: 1, batchSize: 10 }, dataset: 'small' }],
    });
    await reached(lab, 1, 'finished');
    expect((await lab.call('runs.get', { run: 1 })).datasetHash).toBe(entry.summary.hash);
    expect(await lab.call('datasets.uses', { dataset: 'small' })).toEqual([{ id: 1, name: 'plain' }]);
    await expect(lab.call('datasets.delete', { dataset: 'small' })).rejects.toMatchObject({
      code: 'dataset.in-use',
      parameters: { runs: '1', count: 1 },
    });
    await lab.call('datasets.delete', { dataset: 'small', evenIfUsed: true });
    expect(kept()).toEqual([]);
    await expect(
      lab.call('datasets.images', { dataset: 'small', part: 'train', indices: [0] }),
    ).rejects.toMatchObject({ code: 'dataset.unknown' });
    // The same files make the same set again.
    expect((await bring(join(source, 'small'))).entry.summary.hash).toBe(entry.summary.hash);
  });

  test('has another name when it is renamed, and the same id; no two have one name', async () => {
    await bring(writeFiles(join(source, 'a'), idxFiles()));
    await bring(writeFiles(join(source, 'b'), idxFiles({ side: 5 })));
    await lab.call('datasets.rename', { dataset: 'a', name: 'Änderung' });
    const entries = await lab.call('datasets.entries', {});
    expect(entries.map(({ summary }) => [summary.id, summary.name])).toEqual([
      ['a', 'Änderung'],
      ['b', 'b'],
    ]);
    expect(
      (await lab.call('datasets.images', { dataset: 'änderung', part: 'train', indices: [0] })).labels,
    ).toEqual([0]);
    await expect(lab.call('datasets.rename', { dataset: 'b', name: 'änderung' })).rejects.toMatchObject({
      code: 'dataset.name-taken',
    });
    await expect(
      bring(writeFiles(join(source, 'c'), idxFiles({ side: 6 })), { name: 'B' }),
    ).rejects.toMatchObject({
      code: 'dataset.name-taken',
    });
    expect(kept()).toHaveLength(2);
  });
});

describe('a set whose files are not as they were', () => {
  const open = () => lab.call('datasets.images', { dataset: 'small', part: 'train', indices: [0] });
  const file = () => {
    const [hash] = kept();
    return join(home, 'datasets', hash!, 'train-images-idx-ubyte');
  };

  test('one pixel is changed, also while the lab is open', async () => {
    await bring(writeFiles(join(source, 'small'), idxFiles()));
    await open();
    const bytes = readFileSync(file());
    bytes[20] = bytes[20]! ^ 1;
    writeFileSync(file(), bytes);
    await expect(open()).rejects.toMatchObject({ code: 'dataset.files-changed' });
  });

  test('a file is shorter or gone: the list says so and leaves it out of what can be trained on', async () => {
    await bring(writeFiles(join(source, 'small'), idxFiles()));
    writeFileSync(file(), readFileSync(file()).subarray(0, 100));
    await expect(open()).rejects.toMatchObject({ code: 'dataset.files' });
    const [entry] = await lab.call('datasets.entries', {});
    expect(entry?.problem?.code).toBe('dataset.files');
  });
});

describe('an import that is cancelled leaves nothing', () => {
  test.for(['reading', 'checking'] as const)('while it is %s', async (wanted) => {
    const path = writeFiles(join(source, 'many'), idxFiles({ train: 20_000 }));
    const ended = new Promise<string>((resolve) => {
      lab.on('datasets.progress', ({ phase }) => {
        if (phase === wanted) void lab.call('datasets.cancelImport', { ticket: 'mine' });
      });
      lab.call('datasets.import', { ticket: 'mine', from: { path } }).then(
        () => resolve('whole'),
        (error: unknown) => resolve((error as { code: string }).code),
      );
    });
    expect(await ended).toBe('dataset.cancelled');
    expect(kept()).toEqual([]);
    expect(existsSync(join(home, 'datasets'))).toBe(true);
  });

  test('when the lab is closed', async () => {
    const path = writeFiles(join(source, 'many'), idxFiles({ train: 20_000 }));
    const importing = lab.call('datasets.import', { ticket: 'mine', from: { path } });
    const ended = expect(importing).rejects.toMatchObject({ code: 'dataset.cancelled' });
    await nextEvent(lab, 'datasets.progress');
    await lab.close();
    await ended;
    expect(kept()).toEqual([]);
  });
});

test('what a killed process left is removed at the next start, and nothing of one that lives', async () => {
  const path = writeFiles(join(source, 'many'), idxFiles({ train: 200_000 }));
  const process = startProcess('labProcess.ts', home, 'import', path);
  for (;;) {
    const event = JSON.parse(await process.line()) as { name: string; phase?: string };
    if (event.name === 'datasets.progress' && event.phase === 'reading') break;
  }
  // The process is stopped so that it cannot complete the import before it is killed.
  process.child.kill('SIGSTOP');
  const [staging] = kept();
  expect(staging).toMatch(/^\.importing-/);
  // Another start while the first process lives.
  await (await openLab(home)).close();
  expect(kept()).toEqual([staging]);
  await process.kill();
  await (await openLab(home)).close();
  expect(kept()).toEqual([]);
});
