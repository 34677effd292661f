import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServerMessage } from '../../shared/api/api.ts';
import { EventBatch, batchInterval } from './eventBatch.ts';

let sent: ServerMessage[];
let batch: EventBatch;
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  batch = new EventBatch((message) => sent.push(message));
});
afterEach(() => {
  batch.end();
  vi.useRealTimers();
});

const event = (payload: number) => ({ kind: 'event', name: 'run.changed', payload }) as const;
const parts = (...payloads: number[]) => ({
  kind: 'events',
  events: payloads.map((payload) => ({ name: 'run.changed', payload })),
});

test('the first event goes at once, those after it together at the end of the interval', () => {
  for (const payload of [1, 2, 3]) batch.add(event(payload));
  expect(sent).toEqual([event(1)]);
  vi.advanceTimersByTime(batchInterval);
  expect(sent).toEqual([event(1), parts(2, 3)]);
});

test('the interval runs on while events keep coming, and a quiet one ends it', () => {
  batch.add(event(1));
  batch.add(event(2));
  vi.advanceTimersByTime(batchInterval);
  batch.add(event(3));
  expect(sent).toEqual([event(1), event(2)]);
  vi.advanceTimersByTime(2 * batchInterval);
  expect(sent).toEqual([event(1), event(2), event(3)]);
  batch.add(event(4));
  expect(sent.at(-1)).toEqual(event(4));
});

test('a flush sends what waits, in order', () => {
  for (const payload of [1, 2, 3]) batch.add(event(payload));
  batch.flush();
  expect(sent).toEqual([event(1), parts(2, 3)]);
  vi.advanceTimersByTime(10 * batchInterval);
  expect(sent).toHaveLength(2);
});

test('after the end nothing is sent', () => {
  batch.add(event(1));
  batch.add(event(2));
  batch.end();
  vi.advanceTimersByTime(10 * batchInterval);
  expect(sent).toEqual([event(1)]);
});
