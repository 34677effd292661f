import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RestedQuestion } from './restedQuestion.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('is asked when typing has rested, once, and known to be overtaken', async () => {
  const asked: string[] = [];
  const current: (() => boolean)[] = [];
  const question = new RestedQuestion<string>(100, (text, isCurrent) => {
    asked.push(text);
    current.push(isCurrent);
    return Promise.resolve();
  });
  expect([question.ask('a'), question.ask('ab'), question.ask('ab')]).toEqual([true, true, false]);
  await vi.advanceTimersByTimeAsync(99);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect([asked, current[0]!()]).toEqual([['ab'], true]);
  question.retry('ab');
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toEqual(['ab', 'ab']);
  question.retry('ab');
  question.ask(null);
  await vi.advanceTimersByTimeAsync(1000);
  expect([asked.length, current[0]!()]).toEqual([2, false]);
});
