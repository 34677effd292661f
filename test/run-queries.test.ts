/** Filters, orders and groups of runs in SQLite, held against the same done plainly in memory. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type History, openHistory } from '../src/main/history/open.ts';
import { groupFields, sortFields } from '../src/shared/runQuery/fields.ts';
import { mentions } from '../src/shared/runQuery/filter.ts';
import { parseRunQuery } from '../src/shared/runQuery/parse.ts';
import type { RunScope } from '../src/shared/runs/runOrganisation.ts';
import type { RunSummary } from '../src/shared/runs/runs.ts';
import { spreadOf } from '../src/shared/sweeps/sweepResults.ts';
import { removeFolder, temporaryFolder } from './support/lab.ts';
import { draws } from './support/draws.ts';
import { addRuns } from './support/manyRuns.ts';
import { meets } from './support/naiveFilter.ts';
import { newRun } from './support/newRun.ts';

let home: string;
let history: History;
let all: RunSummary[];
const until = new Date('2026-11-25T12:00:00Z');
const newest = { by: 'created', descending: true } as const;

beforeAll(() => {
  home = temporaryFolder();
  history = openHistory(home);
  history.transaction(() => {
    addRuns(history, { runs: 600, epochs: 3, until });
    // Runs that have nothing yet, a name with what LIKE takes for its own, and some that are deleted.
    history.runs.insert(
      newRun({ name: '100%_done\\', parameterCount: 34 }),
      history.owner,
      '2026-11-25T13:00:00Z',
    );
    history.runs.insert(
      newRun({ name: "Robert'); DROP TABLE runs;--" }),
      history.owner,
      '2026-11-25T14:00:00Z',
    );
    history.organisation.delete([3, 77, 300], '2026-11-25T15:00:00Z');
  });
  all = history.runs.rows(Array.from({ length: 602 }, (_, i) => i + 1));
});
afterAll(() => {
  history.close();
  removeFolder(home);
});

function naive(text: string, scope: RunScope): number[] {
  const filter = parseRunQuery(text, until);
  return all
    .filter((run) => {
      if (!mentions(filter, 'deleted')) {
        if ((run.deletedAt !== null) !== (scope === 'deleted')) return false;
        if (!mentions(filter, 'archived') && scope === 'active' && run.archived) return false;
        if (!mentions(filter, 'archived') && scope === 'archived' && !run.archived) return false;
      }
      return meets(run, filter);
    })
    .map(({ id }) => id)
    .reverse();
}

const find = (text: string, scope: RunScope = 'active') =>
  history.queries.find({ filter: parseRunQuery(text, until), scope, sort: newest });

describe('filters', () => {
  test.each([
    '',
    'accuracy > 98 net:course tag:homework',
    'course',
    'COURSE',
    '混淆',
    'TRY',
    '-tag:homework',
    'tag:none or tag:wide',
    'note:none seed:0..2',
    'note:look',
    'accuracy:none',
    '-accuracy > 90',
    'loss < 0.12 or loss:none',
    'net=course',
    'net != course',
    'status:failed,stopped',
    'optimizer:SGD lr:0.1',
    'parameters > 10k time < 6',
    'created >= 2026-11-24 created < 2026-11-25',
    'created:2d',
    'archived:yes',
    'archived:no or deleted:yes',
    'deleted:yes',
    'dataset:fashion-mnist',
    '#12 or id:13,14',
    'sweep:none epochs = 3',
    '"100%_"',
    '%',
    '_',
    '\\',
    'name:"\'); DROP"',
    'batch != 64 (seed:1 or -(seed:2 or seed:3))',
  ])('%s', (text) => {
    for (const scope of ['active', 'archived', 'all', 'deleted'] as const) {
      expect(find(text, scope), scope).toEqual(naive(text, scope));
    }
  });

  test('most of them find some runs and leave some out, or the test above would show nothing', () => {
    for (const text of [
      'course',
      '混淆',
      'tag:none or tag:wide',
      '-accuracy > 90',
      'created:2d',
      '%',
      'loss:none',
    ]) {
      const found = find(text).length;
      expect(found, text).toBeGreaterThan(0);
      expect(found, text).toBeLessThan(find('').length);
    }
  });

  test('any filter that can be written', () => {
    const random = draws(7);
    const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
    const atoms = [
      'course',
      'a',
      '第',
      'tag:wide',
      'tag:none',
      'seed:1',
      'seed:2..3',
      'accuracy > 98',
      'accuracy <= 97.5',
      'last:none',
      'loss < 0.11',
      'archived:no',
      'status:failed',
      'lr >= 0.01',
      'created > 2026-11-23',
      'time > 4s',
    ];
    const write = (depth: number): string => {
      if (depth === 0) return one(atoms);
      const inner = () => write(Math.floor(random() * depth));
      return one([
        () => `(${inner()} or ${inner()})`,
        () => `${inner()} ${inner()}`,
        () => `-(${inner()})`,
        inner,
      ])();
    };
    for (let i = 0; i < 300; i++) {
      const text = write(4);
      expect(find(text), text).toEqual(naive(text, 'active'));
    }
  });

  test('a thousand words', () => {
    expect(find('a '.repeat(1000))).toEqual(naive('a', 'active'));
  });
});

test.each(sortFields)(
  'in order of %s, either way, without losing any; those without the value last',
  (by) => {
    const ids = [true, false].map((descending) =>
      history.queries.find({ filter: parseRunQuery(''), scope: 'all', sort: { by, descending } }),
    );
    for (const each of ids) expect([...each].sort((a, b) => b - a)).toEqual(naive('', 'all'));
    const accuracy = (id: number) => {
      const { best, last } = all[id - 1]!;
      return best && last ? best.testCorrect / last.testTotal : null;
    };
    if (by !== 'accuracy') return;
    const [down, up] = ids.map((each) => each.map(accuracy)) as [(number | null)[], (number | null)[]];
    const known = down.filter((value) => value !== null);
    expect(known).toEqual([...known].sort((a, b) => b - a));
    expect(down.slice(0, known.length)).toEqual(known);
    expect(up.slice(0, known.length)).toEqual([...known].reverse());
  },
);

describe('groups', () => {
  test.each(groupFields)('by %s: every run is in one, or in one for each of its tags', (by) => {
    const groups = history.queries.groups({ filter: parseRunQuery(''), scope: 'active', sort: newest }, by);
    const members = groups.flatMap(({ runs }) => runs);
    expect(new Set(members)).toEqual(new Set(naive('', 'active')));
    if (by !== 'tag') expect(members).toHaveLength(naive('', 'active').length);
    expect(new Set(groups.map(({ key }) => key)).size).toBe(groups.length);
  });

  test('mean and spread over the finished runs', () => {
    const filter = parseRunQuery('seed:0,1');
    const groups = history.queries.groups({ filter, scope: 'active', sort: newest }, 'optimizer');
    expect(groups.map(({ key }) => key)).toEqual(['adam', 'rmsProp', 'sgd']);
    for (const group of groups) {
      const members = all.filter(
        ({ settings, archived, deletedAt }) =>
          settings.optimizer.type === group.key && settings.seed < 2 && !archived && deletedAt === null,
      );
      expect(group.runs).toEqual(members.map(({ id }) => id).reverse());
      const finished = members.filter(({ status }) => status === 'finished').reverse();
      expect(group.finished).toBe(finished.length);
      const accuracy = spreadOf(
        finished.map(({ best, last }) => (100 * best!.testCorrect) / last!.testTotal),
      );
      expect(group.accuracy?.mean).toBeCloseTo(accuracy!.mean, 10);
      expect(group.accuracy?.deviation).toBeCloseTo(accuracy!.deviation!, 10);
      expect(group.loss?.mean).toBeCloseTo(spreadOf(finished.map(({ last }) => last!.testLoss))!.mean, 10);
    }
  });
});

test('counts, and what filters can be completed with', () => {
  const counts = history.queries.counts();
  expect(counts).toEqual({
    active: naive('', 'active').length,
    archived: naive('', 'archived').length,
    deleted: 3,
  });
  const { tags, nets, datasets, names, numbers } = history.queries.values();
  expect(new Set(tags)).toEqual(new Set(all.flatMap((run) => run.tags)));
  expect(nets[0]).toBe('course');
  expect(datasets).toEqual(['mnist', 'fashion-mnist', 'fake']);
  expect(names).toContain("Robert'); DROP TABLE runs;--");
  expect(new Set(numbers.batch)).toEqual(new Set(all.map((run) => run.settings.batchSize)));
  expect(new Set(numbers.lr)).toEqual(new Set(all.map((run) => run.settings.optimizer.learningRate)));
  expect(new Set(numbers.seed)).toEqual(new Set(all.map((run) => run.settings.seed)));
});
