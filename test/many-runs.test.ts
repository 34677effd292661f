/** Ten thousand runs of ten epochs: that filters, orders, groups and pages are right there too (how quick, bench:window says). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type History, openHistory } from '../src/main/history/open.ts';
import { parseRunQuery } from '../src/shared/runQuery/parse.ts';
import type { RunSummary } from '../src/shared/runs/runs.ts';
import { removeFolder, temporaryFolder } from './support/lab.ts';
import { addRuns } from './support/manyRuns.ts';
import { meets } from './support/naiveFilter.ts';

const until = new Date('2026-11-25T12:00:00Z');
const count = 10_000;
let home: string;
let history: History;
let active: RunSummary[];

beforeAll(() => {
  home = temporaryFolder();
  history = openHistory(home);
  history.transaction(() => {
    addRuns(history, { runs: count, epochs: 10, until });
  });
  const all = history.runs.rows(Array.from({ length: count }, (_, index) => count - index));
  active = all.filter(({ archived }) => !archived);
}, 120_000);
afterAll(() => {
  history.close();
  removeFolder(home);
});

const find = (text: string, sort: Parameters<History['queries']['find']>[0]['sort']) =>
  history.queries.find({ filter: parseRunQuery(text, until), scope: 'active', sort });
const newest = { by: 'created', descending: true } as const;
const bestOf = ({ best }: RunSummary) => best?.testCorrect ?? -1;

test.each([
  'accuracy > 98 net:course tag:homework',
  'seed:3 lr < 0.01',
  '无池化 status:finished',
  'created >= 7d',
])('%s finds what looking at each run finds', (text) => {
  const filter = parseRunQuery(text, until);
  const expected = active.filter((run) => meets(run, filter)).map(({ id }) => id);
  expect(expected.length).toBeGreaterThan(0);
  expect(expected.length).toBeLessThan(active.length);
  expect(find(text, newest)).toEqual(expected);
});

test('sorted, page by page: each run once, none out of order, those without an accuracy last', () => {
  const ids = find('', { by: 'accuracy', descending: true });
  const pages: RunSummary[] = [];
  for (let from = 0; from < ids.length; from += 100)
    pages.push(...history.runs.rows(ids.slice(from, from + 100)));
  expect(pages.map(({ id }) => id)).toEqual(ids);
  expect(new Set(ids).size).toBe(active.length);
  const best = pages.map(bestOf);
  expect(best).toEqual([...best].sort((a, b) => b - a));
});

test('groups hold every run once, and the mean of their finished ones', () => {
  const groups = history.queries.groups(
    { filter: parseRunQuery('', until), scope: 'active', sort: newest },
    'seed',
  );
  expect(groups.map(({ key }) => key)).toEqual([0, 1, 2, 3, 4]);
  expect(groups.flatMap(({ runs }) => runs).sort((a, b) => b - a)).toEqual(active.map(({ id }) => id));
  for (const { key, accuracy, finished } of groups) {
    const members = active.filter(({ settings, status }) => settings.seed === key && status === 'finished');
    const shares = members.map(({ best, last }) => (100 * best!.testCorrect) / last!.testTotal);
    expect(finished).toBe(members.length);
    expect(accuracy?.mean).toBeCloseTo(shares.reduce((a, b) => a + b, 0) / shares.length, 9);
  }
});
