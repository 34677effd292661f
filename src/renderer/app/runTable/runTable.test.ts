import { beforeEach, expect, test, vi } from 'vitest';
import { FakeLab, sampleRun } from '../../../../test/support/fakeLab.ts';
import { groupKey } from './runLines.svelte.ts';
import { RunTable } from './runTable.svelte.ts';

const counts = { active: 300, archived: 0, deleted: 0 };
let lab: FakeLab;
let table: RunTable;
/** The runs in history, in order. */
let there: number[];

const rowsOf = (runs: readonly number[]) => runs.map((id) => sampleRun({ id, status: 'finished' }));
const asked = (name: string) => lab.asked.filter(([call]) => call === name).map(([, request]) => request);

beforeEach(() => {
  there = Array.from({ length: 300 }, (_, index) => 300 - index);
  lab = new FakeLab()
    .answer('runs.query', ({ rows = 0 }) => ({ runs: there, rows: rowsOf(there.slice(0, rows)), counts }))
    .answer('runs.rows', ({ runs }) => rowsOf(runs.filter((run) => there.includes(run))));
  table = new RunTable(lab);
});

async function shown(): Promise<void> {
  table.show();
  await vi.waitUntil(() => table.loaded);
}

test('all numbers at once, rows when they come into sight, each once', async () => {
  await shown();
  expect([table.list.lines.length, table.list.lines[0]?.key, table.rows.size]).toEqual([300, 'r300', 80]);
  table.want([300, 200, 199]);
  await vi.waitUntil(() => table.rows.has(199));
  table.want([200, 199]);
  expect(asked('runs.rows')).toEqual([{ runs: [200, 199] }]);
  // Rows around known rows are not fetched; those around an unknown row come in the same call.
  table.want([200, 199], [200, 199, 198, 197]);
  table.want([199, 198], [200, 199, 198, 197]);
  await vi.waitUntil(() => table.rows.has(197));
  expect(asked('runs.rows').slice(1)).toEqual([{ runs: [198, 197] }]);
});

test('a filter that cannot be understood is told, and what was found stays', async () => {
  await shown();
  table.setFilter('acuracy > 98');
  expect(table.filterProblem?.code).toBe('query.misspelt-field');
  expect([table.list.runs.length, asked('runs.query').length]).toEqual([300, 1]);
  there = [7];
  table.setFilter('accuracy > 98');
  await vi.waitUntil(() => table.list.runs.length === 1);
  expect(table.filterProblem).toBeNull();
  expect(asked('runs.query').at(-1)).toMatchObject({ filter: 'accuracy > 98', scope: 'active' });
});

test('of what is asked while an answer is on its way, the last counts', async () => {
  await shown();
  for (const text of ['a', 'ab', 'abc']) table.setFilter(text);
  await vi.waitUntil(() => asked('runs.query').length === 3);
  expect(asked('runs.query').map((request) => (request as { filter: string }).filter)).toEqual([
    '',
    'a',
    'abc',
  ]);
});

test('the address says it all, and is followed', async () => {
  await shown();
  table.follow({ filter: 'course', sort: '-accuracy', group: 'seed', show: 'archived' });
  expect(table.toQuery()).toEqual({ filter: 'course', sort: '-accuracy', group: 'seed', show: 'archived' });
  expect([table.sort, table.groupBy, table.scope]).toEqual([
    { by: 'accuracy', descending: true },
    'seed',
    'archived',
  ]);
  table.follow({ sort: 'beauty', group: 'nothing', show: 'me' });
  expect([table.sort.by, table.groupBy, table.scope]).toEqual(['created', null, 'active']);
});

test('sorting again turns it round; numbers begin with the largest, names with a', async () => {
  await shown();
  table.sortBy('accuracy');
  expect(table.sort).toEqual({ by: 'accuracy', descending: true });
  table.sortBy('accuracy');
  expect(table.sort).toEqual({ by: 'accuracy', descending: false });
  table.sortBy('name');
  expect(table.sort).toEqual({ by: 'name', descending: false });
});

test('groups have their runs beneath them, unless they are closed', async () => {
  const group = { finished: 2, accuracy: null, last: null, loss: null, seconds: null };
  const groups = [
    { ...group, key: 0, runs: [300, 298] },
    { ...group, key: 1, runs: [299] },
  ];
  lab.answer('runs.groups', () => groups);
  await shown();
  table.setGroup('seed');
  await vi.waitUntil(() => table.list.grouped !== null);
  expect(table.list.lines.map(({ kind }) => kind)).toEqual(['group', 'run', 'run', 'group', 'run']);
  table.list.toggleGroup(groupKey(groups[0]!), false);
  expect(table.list.lines.map(({ kind }) => kind)).toEqual(['group', 'group', 'run']);
});

test('groups keep what they were made by until others are there', async () => {
  const group = { finished: 1, accuracy: null, last: null, loss: null, seconds: null };
  lab.answer('runs.groups', () => [{ ...group, key: 0, runs: [300] }]);
  await shown();
  table.setGroup('seed');
  await vi.waitUntil(() => table.list.grouped !== null);
  // The table follows the address, as the screen does.
  table.follow({});
  expect(table.groupBy).toBeNull();
  expect(table.list.grouped?.by).toBe('seed');
  await vi.waitUntil(() => table.list.grouped === null);
  expect(table.list.lines[0]).toEqual({ kind: 'run', key: 'r300', run: 300 });
});

test('the cursor stops at both ends; with Shift, all on the way are selected', async () => {
  await shown();
  table.list.move(1);
  expect(table.list.cursor).toBe('r300');
  expect(table.list.targets).toEqual([300]);
  table.list.move(1, { extend: true });
  table.list.move(1, { extend: true });
  expect(table.list.targets).toEqual([300, 299, 298]);
  table.list.move(-1, { extend: true });
  expect(table.list.cursor).toBe('r299');
  table.list.clearSelection();
  table.list.move(Infinity);
  expect(table.list.cursor).toBe('r1');
  table.list.move(-Infinity);
  expect(table.list.cursor).toBe('r300');
  table.list.selectAll();
  expect(table.list.targets).toHaveLength(300);
});

test('what is not found any more is not selected any more', async () => {
  await shown();
  table.list.selectAll();
  there = [3, 2];
  table.setFilter('few');
  await vi.waitUntil(() => table.list.runs.length === 2);
  expect([...table.list.selected].sort()).toEqual([2, 3]);
});

test('a run that has changed is shown so at once; those that were deleted leave at once', async () => {
  await shown();
  lab.emit('run.changed', sampleRun({ id: 300, status: 'finished', name: 'renamed' }));
  expect(table.rows.get(300)?.name).toBe('renamed');
  table.list.toggle(299);
  lab.emit('runs.removed', { runs: [299] });
  expect([table.list.runs.includes(299), table.list.selected.has(299)]).toEqual([false, false]);
  table.hide();
});

test('what was tagged elsewhere is asked for again where it is in sight', async () => {
  await shown();
  table.want([300, 299]);
  lab.emit('runs.organised', { runs: [299, 5] });
  await vi.waitUntil(() => asked('runs.rows').length > 0);
  expect(asked('runs.rows')).toEqual([{ runs: [299] }]);
  table.hide();
});

test('an error of the lab is kept for the screen, and the list stays', async () => {
  await shown();
  lab.answer('runs.query', () => {
    throw new Error('gone');
  });
  await table.load();
  expect(table.problem).not.toBeNull();
  expect(table.list.runs).toHaveLength(300);
});
