import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { onInterrupt } from './interrupts.ts';

test('the first signal stops, a later one kills; one right after it is the same key, passed on by npm', () => {
  const [process, stop, kill] = [new EventEmitter(), vi.fn(), vi.fn()];
  let now = 0;
  onInterrupt(process, stop, kill, () => now);
  process.emit('SIGINT');
  now = 400;
  process.emit('SIGINT');
  expect(stop).toHaveBeenCalledTimes(1);
  expect(kill).not.toHaveBeenCalled();
  now = 501;
  process.emit('SIGTERM');
  expect(stop).toHaveBeenCalledTimes(1);
  expect(kill).toHaveBeenCalledTimes(1);
});

test('it can be undone', () => {
  const [process, stop] = [new EventEmitter(), vi.fn()];
  onInterrupt(process, stop, vi.fn())();
  process.emit('SIGHUP');
  expect(stop).not.toHaveBeenCalled();
  expect(process.eventNames()).toEqual([]);
});
