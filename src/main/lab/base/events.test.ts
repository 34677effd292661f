import { afterEach, expect, test, vi } from 'vitest';
import { Events } from './events.ts';

afterEach(() => vi.restoreAllMocks());

const loss = { run: 1, epoch: 1, batch: 300, loss: 0.5 };

test('to those who want one kind, and to those who want all, until they leave', () => {
  const events = new Events();
  const losses = vi.fn();
  const epochs = vi.fn();
  const all = vi.fn();
  const leave = events.on('run.runningLoss', losses);
  events.on('run.epoch', epochs);
  events.subscribe(all);
  events.emit('run.runningLoss', loss);
  leave();
  events.emit('run.runningLoss', loss);
  expect(losses.mock.calls).toEqual([[loss]]);
  expect(epochs).not.toHaveBeenCalled();
  expect(all.mock.calls).toEqual(Array(2).fill([{ kind: 'event', name: 'run.runningLoss', payload: loss }]));
});

test("a listener's mistake is logged, and ends nothing", () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const events = new Events();
  const after = vi.fn();
  events.subscribe(() => {
    throw new Error('a mistake');
  });
  events.subscribe(after);
  events.emit('run.runningLoss', loss);
  expect(after).toHaveBeenCalledOnce();
  expect(log).toHaveBeenCalledOnce();
});

test('who subscribes or leaves while an event is told does not disturb it', () => {
  const events = new Events();
  const late = vi.fn();
  const leave = events.subscribe(() => {
    leave();
    events.subscribe(late);
  });
  events.emit('run.runningLoss', loss);
  expect(late).not.toHaveBeenCalled();
  events.emit('run.runningLoss', loss);
  expect(late).toHaveBeenCalledOnce();
});
