import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Problem } from '../../../shared/base/problem.ts';
import type { Happening, RunEvent } from '../../../shared/runs/runEvents.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import type { History } from '../../history/open.ts';
import type { RunPosition } from '../../history/tables/runEvents.ts';
import { Events } from '../base/events.ts';
import { RunBook } from './runBook.ts';

/** The history holds one run, and its disk can be full. */
let run: RunSummary;
let full: boolean;
let book: RunBook;
const told = vi.fn();
const logged = vi.fn();
beforeEach(() => {
  const place = { step: 5, stepsPerEpoch: 3, settings: { epochs: 10 } };
  run = { id: 1, status: 'running', problem: null, ...place } as RunSummary;
  full = false;
  const runs = {
    summary: (id: number) => (id === 1 ? run : undefined),
    list: () => [run],
    count: () => 1,
    setStatus: (_: number, status: RunSummary['status'], problem: RunSummary['problem']) => {
      if (full) throw new Problem('history.disk-full', 'the disk is full');
      run = { ...run, status, problem };
    },
  };
  const runEvents = {
    append: (_: number, { kind, detail }: Happening, where: RunPosition) => {
      if (full) throw new Problem('history.disk-full', 'the disk is full');
      return { seq: 1, at: '', kind, detail, ...where } as RunEvent;
    },
  };
  const events = new Events();
  events.on('run.changed', told);
  events.on('run.event', logged);
  book = new RunBook({ runs, runEvents } as unknown as History, events);
});
afterEach(() => {
  told.mockReset();
  logged.mockReset();
});

test('a status is kept and told', () => {
  expect(book.setStatus(1, 'paused')).toMatchObject({ status: 'paused' });
  expect(run.status).toBe('paused');
  expect(told).toHaveBeenCalledExactlyOnceWith(run);
  expect(logged.mock.calls).toMatchObject([[{ run: 1, event: { kind: 'paused', step: 5, epoch: 2 } }]]);
});

test('one that cannot follow is a mistake', () => {
  expect(() => book.setStatus(1, 'queued')).toThrow('run 1 is running and cannot become queued');
  expect(() => book.setStatus(2, 'queued')).toThrow('there is no run 2');
  expect(run.status).toBe('running');
});

test('one that cannot be kept is shown, and kept when there is room again', () => {
  full = true;
  const problem = { code: 'checkpoint.disk-full', message: 'no room', parameters: {} };
  expect(book.setStatus(1, 'failed', problem)).toMatchObject({ status: 'failed', problem });
  expect(told.mock.calls[0]?.[0]).toMatchObject({ status: 'failed', problem });
  expect(run.status).toBe('running');
  expect(logged).not.toHaveBeenCalled();
  expect(book.list(1, 0).runs).toMatchObject([{ status: 'failed', problem }]);
  expect(() => book.requireKept(1)).toThrow('the disk is full');
  full = false;
  expect(book.summary(1)).toMatchObject({ status: 'failed', problem });
  expect(run).toMatchObject({ status: 'failed', problem });
});

test('a status without a problem of its own has that of the disk', () => {
  full = true;
  expect(book.setStatus(1, 'stopped')).toMatchObject({
    status: 'stopped',
    problem: { code: 'history.disk-full' },
  });
});
