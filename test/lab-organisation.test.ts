/** Runs kept in order through the lab: named, tagged, archived, deleted, had back, purged with their files, exported. */
import type { CheckpointFiles } from '../src/main/checkpoints/files.ts';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeRunFolder } from '../src/main/checkpoints/runFolders.ts';
import { openHistory } from '../src/main/history/open.ts';
import type { Lab, LabParts } from '../src/main/lab/lab.ts';
import type { CallInput, EventName } from '../src/shared/api/api.ts';
import type { KnownRun } from '../src/shared/runs/manifest.ts';
import { daysUntilPurge, mostTags } from '../src/shared/runs/runOrganisation.ts';
import { fakeRun, openLab, reached, removeFolder, temporaryFolder } from './support/lab.ts';
import { fillHistory } from './support/manyRuns.ts';

let home: string;
let lab: Lab;
const opened: Lab[] = [];

beforeEach(async () => {
  home = temporaryFolder();
  fillHistory(home, { runs: 40, epochs: 2, losses: true, until: new Date('2026-11-25T12:00:00Z') });
  lab = await open();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  removeFolder(home);
});

async function open(parts: LabParts = {}): Promise<Lab> {
  const made = await openLab(home, parts);
  opened.push(made);
  return made;
}

const query = (filter = '', scope: 'active' | 'all' | 'deleted' = 'active') =>
  lab.call('runs.query', { filter, scope, rows: 1000 });
const folder = (run: number) => join(home, 'runs', String(run));

function giveFiles(run: number): void {
  const history = openHistory(home);
  makeRunFolder(home, (history.runs.known(run) as KnownRun).manifest);
  history.close();
  writeFileSync(join(folder(run), 'last.safetensors'), 'abc');
  writeFileSync(join(folder(run), 'last.safetensors.tmp'), 'half');
}

function heard(name: EventName): unknown[] {
  const all: unknown[] = [];
  lab.on(name, (payload) => all.push(payload));
  return all;
}

async function rejected(work: Promise<unknown>): Promise<{ code: string; parameters: unknown }> {
  try {
    await work;
  } catch (error) {
    return error as { code: string; parameters: unknown };
  }
  throw new Error('nothing was refused');
}

describe('finding', () => {
  test('numbers of all, rows of the first, in the order asked for', async () => {
    const { runs, rows, counts } = await lab.call('runs.query', {
      filter: 'accuracy > 97',
      scope: 'all',
      sort: { by: 'accuracy', descending: true },
      rows: 3,
    });
    expect(rows.map(({ id }) => id)).toEqual(runs.slice(0, 3));
    const all = await lab.call('runs.rows', { runs: [...runs, 4711] });
    expect(all.map(({ id }) => id)).toEqual(runs);
    const accuracies = all.map(({ best }) => best!.testCorrect);
    expect(accuracies).toEqual([...accuracies].sort((a, b) => b - a));
    expect(counts.active + counts.archived).toBe(40);
  });

  test('a filter that is not understood is a problem', async () => {
    expect(await rejected(query('acuracy > 97'))).toMatchObject({
      code: 'query.misspelt-field',
      parameters: { at: 0, length: 7, suggestion: 'accuracy' },
    });
  });

  test('after a restart all is as it was left', async () => {
    await lab.call('runs.update', { runs: [7], name: ' 基线 ', note: '# Why\n*so*', tags: ['b', ' a  x '] });
    await lab.call('runs.update', { runs: [8], archived: true });
    await lab.close();
    lab = await open();
    expect(await lab.call('runs.get', { run: 7 })).toMatchObject({
      name: '基线',
      note: '# Why\n*so*',
      tags: ['a x', 'b'],
    });
    expect((await query('tag:"a x"')).runs).toEqual([7]);
    expect((await query()).runs).not.toContain(8);
  });
});

describe('tags', () => {
  test('are added to many and removed from many; capitals make no other tag', async () => {
    await lab.call('runs.update', { runs: [1, 2, 3], tags: ['Broad'] });
    await lab.call('runs.update', { runs: [3, 4], addTags: ['broad', 'new'] });
    expect((await lab.call('runs.rows', { runs: [1, 3] })).map(({ tags }) => tags)).toEqual([
      ['Broad'],
      ['Broad', 'new'],
    ]);
    expect((await query('tag:BROAD', 'all')).runs).toEqual(expect.arrayContaining([1, 2, 3, 4]));
    await lab.call('runs.update', { runs: [1, 2, 3, 4], removeTags: ['bROAD'] });
    expect((await lab.call('runs.rows', { runs: [1, 3] })).map(({ tags }) => tags)).toEqual([[], ['new']]);
  });

  test('no more than a run can have, and none that the filter could not name', async () => {
    const many = Array.from({ length: mostTags }, (_, i) => `t${i}`);
    await lab.call('runs.update', { runs: [1], tags: many });
    await lab.call('runs.update', { runs: [1], addTags: ['T0'] });
    expect(await rejected(lab.call('runs.update', { runs: [1, 2], addTags: ['one more'] }))).toMatchObject({
      code: 'run.too-many-tags',
    });
    expect((await lab.call('runs.rows', { runs: [2] }))[0]!.tags).not.toContain('one more');
    expect(await rejected(lab.call('runs.update', { runs: [1], addTags: ['a"b'] }))).toMatchObject({
      code: 'call.invalid',
    });
  });
});

test('a change of several runs is told once, and of each', async () => {
  const organised = heard('runs.organised');
  const changed = heard('run.changed');
  await lab.call('runs.update', { runs: [5, 6], archived: true });
  expect(organised).toEqual([{ runs: [5, 6] }]);
  expect(changed).toMatchObject([
    { id: 5, archived: true },
    { id: 6, archived: true },
  ]);
  expect(await rejected(lab.call('runs.update', { runs: [5, 6], name: 'both' }))).toMatchObject({
    code: 'run.one-name',
  });
  expect(await rejected(lab.call('runs.update', { runs: [5, 99], archived: false }))).toMatchObject({
    code: 'run.unknown',
  });
  expect((await lab.call('runs.rows', { runs: [5] }))[0]!.archived).toBe(true);
});

describe('deleted runs', () => {
  test('are out of every list, keep all, and can be had back', async () => {
    giveFiles(10);
    const before = await lab.call('runs.get', { run: 10 });
    const removed = heard('runs.removed');
    await lab.call('runs.delete', { runs: [10, 11] });
    expect(removed).toEqual([{ runs: [10, 11] }]);
    expect((await query('', 'all')).runs).not.toContain(10);
    expect((await lab.call('runs.list', { limit: 1000 })).runs.map(({ id }) => id)).not.toContain(10);
    expect((await query('', 'deleted')).runs).toEqual([11, 10]);
    expect((await query('deleted:yes')).runs).toEqual([11, 10]);
    expect((await lab.call('runs.get', { run: 10 })).deletedAt).toMatch(/^20\d\d-/);
    expect(await rejected(lab.call('runs.update', { runs: [10], archived: true }))).toMatchObject({
      code: 'run.deleted',
    });
    expect(await rejected(lab.call('runs.resume', { run: 10 }))).toMatchObject({ code: 'run.deleted' });
    await lab.call('runs.undelete', { runs: [10] });
    expect(await lab.call('runs.get', { run: 10 })).toEqual(before);
    expect(existsSync(join(folder(10), 'last.safetensors'))).toBe(true);
  });

  test('are gone for good when the trash is emptied, files and all, and no others', async () => {
    for (const run of [10, 11, 12]) giveFiles(run);
    await lab.call('runs.delete', { runs: [10, 11] });
    const removed = heard('runs.removed');
    expect(await lab.call('runs.purge', { runs: [12] })).toEqual({ runs: [] });
    expect(await lab.call('runs.purge', { runs: [11] })).toEqual({ runs: [11] });
    expect(await lab.call('runs.purge', {})).toEqual({ runs: [10] });
    expect(removed).toEqual([{ runs: [11] }, { runs: [10] }]);
    expect([10, 11, 12].map((run) => existsSync(folder(run)))).toEqual([false, false, true]);
    expect(await rejected(lab.call('runs.get', { run: 10 }))).toMatchObject({ code: 'run.unknown' });
    expect(await rejected(lab.call('runs.undelete', { runs: [10] }))).toMatchObject({ code: 'run.gone' });
  });

  test('a run that is under way cannot be deleted, nor can those that were to go with it', async () => {
    const [started] = await lab.call('runs.start', { runs: [fakeRun('waits')] });
    const run = started!.id;
    expect(await rejected(lab.call('runs.delete', { runs: [10, run] }))).toMatchObject({
      code: 'run.under-way',
      parameters: { run },
    });
    expect((await query('', 'deleted')).runs).toEqual([]);
    await lab.call('runs.stop', { run });
    await reached(lab, run, 'stopped');
    await lab.call('runs.delete', { runs: [10, run] });
    expect((await query('', 'deleted')).runs).toEqual([run, 10]);
  });

  test('are removed at the start after thirty days, and not before', async () => {
    for (const run of [10, 11]) giveFiles(run);
    await lab.close();
    const history = openHistory(home);
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    history.organisation.delete([10], ago(daysUntilPurge + 1));
    history.organisation.delete([11], ago(daysUntilPurge - 1));
    history.close();
    lab = await open();
    await expect.poll(async () => (await query('', 'deleted')).runs).toEqual([11]);
    // The list leaves it out as soon as its removal has begun.
    await expect.poll(() => existsSync(folder(10))).toBe(false);
    expect(existsSync(folder(11))).toBe(true);
  });

  test('a purge that was cut short, with the files gone or not, is ended at the next start', async () => {
    giveFiles(10);
    await lab.call('runs.delete', { runs: [10, 11] });
    await lab.close();
    // As a process leaves it that is killed after it has begun: before the one's files are gone, and after the other's.
    const history = openHistory(home);
    expect(history.organisation.startPurge(new Date(Date.now() + 1).toISOString())).toEqual([10, 11]);
    expect(history.organisation.undelete([10])).toEqual([]);
    history.close();
    lab = await open();
    await expect.poll(() => existsSync(folder(10))).toBe(false);
    await expect.poll(async () => (await query('', 'all')).counts.deleted).toBe(0);
    await lab.close();
    const after = openHistory(home);
    expect(after.organisation.startPurge('9999')).toEqual([]);
    expect(after.epochs.list(10)).toEqual([]);
    after.close();
  });

  test('files that cannot be removed leave the run marked, and the next try ends it', async () => {
    await lab.call('runs.delete', { runs: [10] });
    await lab.close();
    let fails = true;
    const files = (real: CheckpointFiles): CheckpointFiles => ({
      ...real,
      removeAll: async (run: number) => {
        if (fails) throw Object.assign(new Error('held'), { code: 'EBUSY', run });
      },
    });
    lab = await open({ files });
    await rejected(lab.call('runs.purge', {}));
    fails = false;
    expect(await lab.call('runs.purge', {})).toEqual({ runs: [10] });
  });
});

describe('export', () => {
  test('a selection as CSV: one line a run, numbers with all their digits', async () => {
    await lab.call('runs.update', { runs: [7], name: '=cmd, "x"', note: 'two\nlines' });
    const { fileName, text } = await lab.call('runs.export', { runs: [7, 6], format: 'csv' });
    expect(fileName).toBe('stride-runs.csv');
    expect(text.split('\r\n')[0]).toMatch(/^id,name,net,status,dataset,accuracy,/);
    expect(text).toContain(`7,"'=cmd, ""x""",`);
    expect(text).toContain('"two\nlines"');
    const [run] = await lab.call('runs.rows', { runs: [6] });
    expect(text).toContain(`,${run!.last!.testLoss},`);
  });

  test('a filter’s runs as JSON', async () => {
    const { text } = await lab.call('runs.export', { filter: 'seed:1', scope: 'all', format: 'json' });
    const { runs } = JSON.parse(text) as { runs: { id: number }[] };
    expect(runs.map(({ id }) => id)).toEqual((await query('seed:1', 'all')).runs);
  });

  test('one run’s epochs and batches', async () => {
    const detail = await lab.call('runs.get', { run: 7 });
    const { losses } = await lab.call('runs.batchLosses', { run: 7 });
    const epochs = (await lab.call('runs.exportRun', { run: 7, what: 'epochs' })).text.trim().split('\r\n');
    expect(epochs).toHaveLength(1 + detail.epochs.length);
    const batches = (await lab.call('runs.exportRun', { run: 7, what: 'batches' })).text.trim().split('\r\n');
    expect(batches).toHaveLength(1 + losses.length);
    expect(batches.at(-1)).toBe(`${losses.length},2,${detail.stepsPerEpoch},${losses.at(-1)}`);
    const whole = JSON.parse((await lab.call('runs.exportRun', { run: 7, what: 'json' })).text) as {
      batchLosses: number[];
    };
    expect(whole.batchLosses).toEqual([...losses]);
  });
});

test('files on the disk, with size and hash; half-written ones are none', async () => {
  giveFiles(7);
  const { folder: where, files } = await lab.call('runs.files', { run: 7 });
  expect(where).toBe(folder(7));
  expect(files.map(({ name }) => name)).toEqual(['last.safetensors', 'manifest.json']);
  expect(files.slice(0, 1)).toEqual([
    {
      name: 'last.safetensors',
      bytes: 3,
      modifiedAt: expect.any(String) as string,
      hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
  ]);
  expect(readFileSync(join(folder(7), 'last.safetensors'), 'utf8')).toBe('abc');
  expect((await lab.call('runs.files', { run: 8 })).files).toEqual([]);
});

describe('a run that is started', () => {
  const start = (request: Partial<CallInput<'runs.start'>['runs'][number]>) =>
    lab.call('runs.start', { runs: [{ ...fakeRun(), ...request }] });

  test('knows the kept net and the version that it was trained from, also when both are gone', async () => {
    const { network } = fakeRun();
    const { id } = await lab.call('networks.create', { network, writer: 'a' });
    const origins = async (net = network) => (await start({ network: net, keptNetwork: id }))[0]!.origin;
    expect(await origins()).toEqual({ network: id, version: 0, changed: true });
    await lab.call('networks.saveVersion', { id, network, writer: 'a' });
    expect(await origins()).toEqual({ network: id, version: 1, changed: false });
    const wider = {
      ...network,
      layers: [network.layers[0]!, { type: 'linear' as const, units: 2, bias: false }],
    };
    expect(await origins(wider)).toEqual({ network: id, version: 1, changed: true });
    await lab.call('networks.saveVersion', { id, network: wider, writer: 'a' });
    expect(await origins(wider)).toEqual({ network: id, version: 2, changed: false });
    // The older version, as a clone of an older run has it.
    const [run] = await start({ network, keptNetwork: id });
    expect(run!.origin).toEqual({ network: id, version: 1, changed: false });
    await reached(lab, run!.id, 'finished');
    const again = await lab.call('runs.again', { run: run!.id });
    expect(again.origin).toEqual(run!.origin);
    expect((await start({}))[0]!.origin).toBeUndefined();

    await lab.call('networks.delete', { id, writer: 'a' });
    expect((await lab.call('runs.get', { run: run!.id })).origin).toEqual(run!.origin);
    expect((await start({ network, keptNetwork: id }))[0]!.origin).toBeUndefined();
    const { text } = await lab.call('runs.export', { runs: [run!.id], format: 'csv' });
    const [names, values] = text
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
    expect(values![names!.indexOf('net_id')]).toBe(String(id));
    expect(values![names!.indexOf('net_version')]).toBe('1');
  });

  test('has its tags from the first moment', async () => {
    const [run] = await start({ tags: ['wide', 'first  try'] });
    expect(run!.tags).toEqual(['first try', 'wide']);
    expect((await query('tag:"first try"')).runs).toEqual([run!.id]);
    await expect(start({ tags: ['a, b'] })).rejects.toMatchObject({ code: expect.any(String) as string });
  });
});
