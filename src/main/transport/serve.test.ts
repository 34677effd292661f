import { expect, test, vi } from 'vitest';
import type { ClientMessage, ServerMessage } from '../../shared/api/api.ts';
import { Problem } from '../../shared/base/problem.ts';
import { pipe } from '../../../test/support/channel.ts';
import type { EventMessage } from '../../shared/api/api.ts';
import { type Service, serve } from './serve.ts';

function service() {
  const listeners = new Set<(event: EventMessage) => void>();
  return {
    dispatch: vi.fn<Service['dispatch']>(async ({ id, request }) => ({ kind: 'reply', id, reply: request })),
    subscribe: (listener: (event: EventMessage) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit: (payload: unknown) => {
      for (const listener of listeners) listener({ kind: 'event', name: 'run.changed', payload });
    },
    listeners,
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('calls get the answers with their numbers, to their own channel; events go to all', async () => {
  const lab = service();
  const [one, other] = [pipe<ClientMessage, ServerMessage>(), pipe<ClientMessage, ServerMessage>()];
  serve(one.far, lab);
  serve(other.far, lab);
  one.near.send({ kind: 'call', id: 7, name: 'app.info', request: { a: 1 } });
  await settled();
  lab.emit('changed');
  expect(one.received).toEqual([
    { kind: 'reply', id: 7, reply: { a: 1 } },
    { kind: 'event', name: 'run.changed', payload: 'changed' },
  ]);
  expect(other.received).toEqual([{ kind: 'event', name: 'run.changed', payload: 'changed' }]);
});

test('events that wait for their batch go out before an answer that is newer', async () => {
  const lab = service();
  const line = pipe<ClientMessage, ServerMessage>();
  const end = serve(line.far, lab);
  for (const payload of ['one', 'two', 'three']) lab.emit(payload);
  line.near.send({ kind: 'call', id: 7, name: 'app.info', request: null });
  await settled();
  expect(line.received).toEqual([
    { kind: 'event', name: 'run.changed', payload: 'one' },
    {
      kind: 'events',
      events: [
        { name: 'run.changed', payload: 'two' },
        { name: 'run.changed', payload: 'three' },
      ],
    },
    { kind: 'reply', id: 7, reply: null },
  ]);
  end();
});

test('a service that throws answers with the problem', async () => {
  const lab = service();
  lab.dispatch.mockRejectedValueOnce(new Problem('run.unknown', 'there is no run 9', { run: 9 }));
  const line = pipe<ClientMessage, ServerMessage>();
  serve(line.far, lab);
  line.near.send({ kind: 'call', id: 1, name: 'runs.get', request: { run: 9 } });
  await settled();
  const problem = { code: 'run.unknown', message: 'there is no run 9', parameters: { run: 9 } };
  expect(line.received).toEqual([{ kind: 'problem', id: 1, problem }]);
});

test.each([
  null,
  'call',
  [],
  {},
  { kind: 'call' },
  { kind: 'call', id: 1.5, name: 'x' },
  { kind: 'call', id: '1', name: 'x' },
])('%j is no call: it is answered under number 0 and goes no further', async (message) => {
  const lab = service();
  const line = pipe<ClientMessage, ServerMessage>();
  serve(line.far, lab);
  line.near.send(message as never);
  await settled();
  expect(line.received).toMatchObject([{ kind: 'problem', id: 0, problem: { code: 'transport.message' } }]);
  expect(lab.dispatch).not.toHaveBeenCalled();
});

test('a message that has a number but no name is answered under its number', async () => {
  const line = pipe<ClientMessage, ServerMessage>();
  serve(line.far, service());
  line.near.send({ kind: 'call', id: 5 } as never);
  await settled();
  expect(line.received).toMatchObject([{ kind: 'problem', id: 5 }]);
});

test('a window whose drawing takes long gets events less often', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  try {
    const lab = service();
    const line = pipe<ClientMessage, ServerMessage>();
    const end = serve(line.far, lab);
    let seconds = 0;
    // Something happens every tenth of a second, and each batch takes the page 100 ms, so 200 ms of the browser.
    const batchesIn = async (tenths: number) => {
      const before = line.received.length;
      for (let times = 0; times < tenths; times++) {
        const heard = line.received.length;
        lab.emit('changed');
        await vi.advanceTimersByTimeAsync(100);
        if (line.received.length > heard) line.near.send({ kind: 'drawn', seconds: (seconds += 0.1) });
      }
      return line.received.length - before;
    };
    const first = await batchesIn(10);
    await batchesIn(90);
    expect([first, await batchesIn(100)]).toEqual([5, 10]);
    // A sum cannot shrink; one that does changes nothing.
    seconds = -1000;
    await batchesIn(50);
    expect(await batchesIn(10)).toBeLessThanOrEqual(5);
    end();
  } finally {
    vi.useRealTimers();
  }
});

test('a report of the time of drawing that is no number is refused and changes nothing', async () => {
  const lab = service();
  const line = pipe<ClientMessage, ServerMessage>();
  serve(line.far, lab);
  for (const seconds of [Number.NaN, 'long', null]) line.near.send({ kind: 'drawn', seconds } as never);
  await settled();
  expect(line.received).toMatchObject(
    Array(3).fill({ kind: 'problem', problem: { code: 'transport.message' } }),
  );
});

test('after the channel has closed nothing is sent and nothing is heard', async () => {
  const lab = service();
  const line = pipe<ClientMessage, ServerMessage>();
  serve(line.far, lab);
  line.near.send({ kind: 'call', id: 1, name: 'app.info', request: {} });
  line.near.close();
  await settled();
  lab.emit('changed');
  expect(line.received).toEqual([]);
  expect(lab.listeners.size).toBe(0);
});
