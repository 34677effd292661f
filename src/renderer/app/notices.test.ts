import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Notices } from './notices.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a notice leaves by itself; one that can be undone stays longer', () => {
  const notices = new Notices();
  notices.show('renamed');
  notices.show('deleted', { undo: () => undefined });
  vi.advanceTimersByTime(7000);
  expect(notices.list.map(({ text }) => text)).toEqual(['deleted']);
  vi.advanceTimersByTime(6000);
  expect(notices.list).toEqual([]);
});

test('the time stands still while somebody is at them', () => {
  const notices = new Notices();
  notices.show('first', { milliseconds: 1000 });
  vi.advanceTimersByTime(900);
  notices.pause();
  notices.show('second', { milliseconds: 1000 });
  vi.advanceTimersByTime(60_000);
  expect(notices.list).toHaveLength(2);
  notices.resume();
  vi.advanceTimersByTime(100);
  expect(notices.list.map(({ text }) => text)).toEqual(['second']);
  vi.advanceTimersByTime(900);
  expect(notices.list).toEqual([]);
});

test('undo takes the newest that can be undone, once', () => {
  const notices = new Notices();
  const undone: string[] = [];
  notices.show('one', { undo: () => void undone.push('one') });
  notices.show('two', { undo: () => void undone.push('two') });
  notices.show('three');
  expect([notices.undoLast(), notices.undoLast(), notices.undoLast()]).toEqual([true, true, false]);
  expect(undone).toEqual(['two', 'one']);
  expect(notices.list.map(({ text }) => text)).toEqual(['three']);
});

test('the oldest makes room', () => {
  const notices = new Notices();
  for (const text of ['a', 'b', 'c', 'd']) notices.show(text);
  expect(notices.list.map(({ text }) => text)).toEqual(['b', 'c', 'd']);
});

test('an undo that does not work is said', async () => {
  const notices = new Notices((error) => (error as Error).message);
  notices.show('deleted', { undo: () => Promise.reject(new Error('the disk is full')) });
  notices.undoLast();
  await vi.advanceTimersByTimeAsync(0);
  expect(notices.list.map(({ kind, text }) => [kind, text])).toEqual([['bad', 'the disk is full']]);
});
