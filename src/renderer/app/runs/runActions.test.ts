import { beforeEach, expect, test, vi } from 'vitest';
import { FakeLab, sampleRun } from '../../../../test/support/fakeLab.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { NoticeOptions, Notices } from '../notices.svelte.ts';
import type { Router } from '../router.svelte.ts';
import { RunActions } from './runActions.svelte.ts';

let lab: FakeLab;
let told: { text: string; options: NoticeOptions }[];
let actions: RunActions;
const fill = vi.fn();
const save = vi.fn();
const go = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  told = [];
  lab = new FakeLab()
    .answer('runs.update', () => ({}))
    .answer('runs.delete', () => ({}))
    .answer('runs.undelete', () => ({}));
  const notices = { show: (text: string, options: NoticeOptions = {}) => told.push({ text, options }) };
  actions = new RunActions({
    lab,
    notices: notices as unknown as Notices,
    router: { go } as unknown as Router,
    fill,
    save,
  });
});

test('what was archived comes back by the notice', async () => {
  expect(await actions.archive([1, 2], true)).toBe(true);
  await told[0]?.options.undo?.();
  expect(lab.asked).toEqual([
    ['runs.update', { runs: [1, 2], archived: true }],
    ['runs.update', { runs: [1, 2], archived: false }],
  ]);
});

test('what was deleted too', async () => {
  expect(await actions.delete([1, 2])).toBe(true);
  await told[0]?.options.undo?.();
  expect(lab.asked.at(-1)).toEqual(['runs.undelete', { runs: [1, 2] }]);
});

test('a run that is under way is not deleted, and can be stopped from there', async () => {
  lab.answer('runs.delete', () => {
    throw new Problem('run.under-way', 'run 2 is under way', { run: 2 });
  });
  lab.answer('runs.stop', () => sampleRun({ id: 2, status: 'stopped' }));
  expect(await actions.delete([1, 2])).toBe(false);
  expect(told).toMatchObject([{ options: { kind: 'bad' } }]);
  expect(told[0]?.options.undo).toBeUndefined();
  await told[0]?.options.action?.run();
  expect(lab.asked.at(-1)).toEqual(['runs.stop', { run: 2 }]);
});

test('a name is set once, without the space around it, and can be taken back', async () => {
  const run = sampleRun({ id: 3, name: 'before' });
  expect(await actions.rename(run, ' before ')).toBe(true);
  expect(lab.asked).toEqual([]);
  await actions.rename(run, 'after');
  await told[0]?.options.undo?.();
  expect(lab.asked).toEqual([
    ['runs.update', { runs: [3], name: 'after' }],
    ['runs.update', { runs: [3], name: 'before' }],
  ]);
});

test('what goes wrong is said, and nothing is offered to undo', async () => {
  lab.answer('runs.update', () => {
    throw new Problem('run.deleted', 'run 3 is deleted', { run: 3 });
  });
  expect(await actions.addTag([3], 'x')).toBe(false);
  expect(told).toMatchObject([{ options: { kind: 'bad' } }]);
  expect(told[0]?.options.undo).toBeUndefined();
  // The note's text stays in its field, where the error is shown.
  await expect(actions.setNote(3, 'x')).rejects.toMatchObject({ code: 'run.deleted' });
  expect(told).toHaveLength(1);
});

test('the same again, but …: the Train screen has all of it', () => {
  const { network, settings, dataset, ...rest } = sampleRun({
    ...{ id: 3, name: 'mine', tags: ['wide'], origin: { network: 5, version: 2, changed: false } },
  });
  actions.clone({ network, settings, dataset, ...rest });
  const name = 'Copy of mine #3';
  expect(fill).toHaveBeenCalledWith({ network, settings, dataset, name, tags: ['wide'], kept: 5 });
  expect(go).toHaveBeenCalledWith({ view: 'train' });
  expect(told.at(-1)?.text).toContain('mine #3');
  // A preset is copied under its displayed name; a copy of a copy under the name of the first.
  actions.clone(sampleRun({ id: 8, name: 'course' }));
  expect(fill.mock.lastCall![0]).toMatchObject({ name: 'Copy of Course net #8' });
  actions.clone(sampleRun({ id: 9, name: 'Copy of Course net #8' }));
  expect(fill.mock.lastCall![0]).toMatchObject({ name: 'Copy of Course net #9' });
});

test('exactly again: started, and the notice opens it', async () => {
  lab.answer('runs.again', () => sampleRun({ id: 9 }));
  await actions.again(3);
  expect(lab.asked).toEqual([['runs.again', { run: 3 }]]);
  await told[0]?.options.action?.run();
  expect(go).toHaveBeenCalledWith({ view: 'run', run: 9 });
});

test('a file is handed over as the lab wrote it', async () => {
  const file = { fileName: 'stride-runs.csv', mediaType: 'text/csv', text: 'id' };
  lab.answer('runs.export', () => file);
  await actions.export({ format: 'csv' });
  expect(save).toHaveBeenCalledWith(file);
});

test('deleted runs are purged all together where none is named', async () => {
  lab.answer('runs.purge', () => ({ runs: [1] }));
  await actions.purge();
  await actions.purge([4]);
  expect(lab.asked).toEqual([
    ['runs.purge', {}],
    ['runs.purge', { runs: [4] }],
  ]);
});
