import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeLab, sampleRun } from '../../../../test/support/fakeLab.ts';
import { RunFinder } from './runFinder.svelte.ts';

let asked: string[];
let finder: RunFinder;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  const lab = new FakeLab().answer('runs.query', ({ filter, rows }) => {
    asked.push(filter ?? '');
    expect(rows).toBeLessThan(20);
    return { runs: [9, 8, 7], rows: [sampleRun({ id: 9 })], counts: { active: 3, archived: 0, deleted: 0 } };
  });
  finder = new RunFinder(lab);
});
afterEach(() => {
  vi.useRealTimers();
});

test('the lab is asked when typing rests, for the last text', async () => {
  for (const text of ['b', 'ba', 'base ']) finder.look(text);
  await vi.runAllTimersAsync();
  expect(asked).toEqual(['base']);
  expect(finder.found).toMatchObject({ query: 'base', count: 3 });
  finder.look('base');
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(1);
});

test('what is no filter, and no text, finds nothing and asks for nothing', async () => {
  finder.look('base');
  await vi.runAllTimersAsync();
  for (const text of ['accuracy >', '']) {
    finder.look(text);
    await vi.runAllTimersAsync();
    expect(finder.found.rows).toEqual([]);
  }
  expect(asked).toEqual(['base']);
});
