// Tests both of the window's transports, and the client that they share.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallMessage, ServerMessage } from '../../shared/api/api.ts';
import type { BridgeGlobal } from '../../shared/api/bridge.ts';
import { decodeMessage, encodeMessage, labEndedCode } from '../../shared/base/codec.ts';
import { Problem } from '../../shared/base/problem.ts';
import { Client, type Connection, type Status } from './client.ts';
import type { drawingTime } from './drawingTime.ts';
import { connect as connectElectron } from './electron.ts';
import { connect } from './websocket.ts';

describe('the client', () => {
  let client: Client;
  let sent: CallMessage[];
  beforeEach(() => {
    client = new Client(() => undefined);
    sent = [];
  });
  const send = (message: CallMessage) => {
    sent.push(message);
  };

  test('answers find their calls by number, in whatever order they come', async () => {
    client.opened(send);
    const one = client.call('runs.get', { run: 1 });
    const two = client.call('runs.get', { run: 2 });
    client.receive({ kind: 'reply', id: sent[1]!.id, reply: 'two' });
    client.receive({ kind: 'reply', id: sent[0]!.id, reply: 'one' });
    expect(await Promise.all([one, two])).toEqual(['one', 'two']);
  });

  test('a problem is thrown as a Problem', async () => {
    client.opened(send);
    const call = client.call('runs.get', { run: 9 });
    const problem = { code: 'run.unknown', message: 'there is no run 9', parameters: { run: 9 } };
    client.receive({ kind: 'problem', id: sent[0]!.id, problem });
    const thrown = await call.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Problem);
    expect((thrown as Problem).toRecord()).toEqual(problem);
  });

  test('calls made before the line is there wait for it; answers to nobody are ignored', async () => {
    const call = client.call('presets.list', {});
    expect(sent).toEqual([]);
    client.opened(send);
    client.receive({ kind: 'reply', id: 0, reply: 'nobody' });
    client.receive({ kind: 'reply', id: sent[0]!.id, reply: [] });
    expect(await call).toEqual([]);
  });

  test('a broken line rejects what was sent and repeats nothing', async () => {
    client.opened(send);
    const call = client.call('runs.pause', { run: 1 });
    client.lost();
    await expect(call).rejects.toMatchObject({ code: 'transport.lost', parameters: { call: 'runs.pause' } });
    client.opened(send);
    expect(sent).toHaveLength(1);
  });

  test('once closed, calls are refused with the reason', async () => {
    const waiting = client.call('app.info', {});
    client.ended(new Problem('transport.ended', 'over'));
    await expect(waiting).rejects.toMatchObject({ code: 'transport.ended' });
    await expect(client.call('app.info', {})).rejects.toMatchObject({ code: 'transport.ended' });
    expect(client.status).toBe('closed');
  });

  test('requests are sent without the proxies of the window', () => {
    client.opened(send);
    const network = {
      name: 'n',
      input: { height: 1, width: 1, channels: 1 },
      layers: [{ type: 'flatten' as const }],
    };
    const proxied = new Proxy({ ...network, layers: new Proxy(network.layers, {}) }, {});
    void client.call('runs.start', { runs: [{ network: proxied, settings: {} }] });
    expect(() => structuredClone(sent[0])).not.toThrow();
    expect(sent[0]!.request).toEqual({ runs: [{ network, settings: {} }] });
  });

  test('what cannot be sent rejects its call', async () => {
    client.opened(() => {
      throw new Error('could not be cloned');
    });
    await expect(client.call('app.info', {})).rejects.toThrow('could not be cloned');
  });

  test('events go to those who asked, until they no longer do', () => {
    const heard: unknown[] = [];
    const stop = client.on('run.epoch', (payload) => heard.push(payload));
    client.receive({ kind: 'event', name: 'run.epoch', payload: 1 });
    client.receive({ kind: 'event', name: 'run.changed', payload: 2 });
    stop();
    client.receive({ kind: 'event', name: 'run.epoch', payload: 3 });
    expect(heard).toEqual([1]);
  });

  test('events that come together are heard one after another, in their order', () => {
    const heard: unknown[] = [];
    client.on('run.epoch', (payload) => heard.push(payload));
    client.on('run.changed', (payload) => heard.push(payload));
    client.receive({
      kind: 'events',
      events: [
        { name: 'run.epoch', payload: 1 },
        { name: 'run.changed', payload: 2 },
        { name: 'run.epoch', payload: 3 },
      ],
    });
    expect(heard).toEqual([1, 2, 3]);
  });
});

describe('over Electron', () => {
  afterEach(() => {
    (globalThis as BridgeGlobal).stride = undefined;
  });

  test('the preload carries both ways', async () => {
    let receive: (message: ServerMessage) => void = () => undefined;
    (globalThis as BridgeGlobal).stride = {
      send: ({ id, name }) => {
        receive({ kind: 'reply', id, reply: name });
      },
      onMessage: (listener) => {
        receive = listener;
        return () => undefined;
      },
      setActions: () => undefined,
      onChosen: () => () => undefined,
      onFile: () => () => undefined,
    };
    const lab = connectElectron();
    expect(lab.status).toBe('connected');
    expect(await lab.call('presets.list', {})).toBe('presets.list');
  });

  test('without a preload it says so', () => {
    expect(() => connectElectron()).toThrow('no preload');
  });
});

describe('over a WebSocket', () => {
  class Socket extends EventTarget {
    binaryType = '';
    readyState: number = WebSocket.OPEN;
    send = vi.fn<(data: Uint8Array) => void>();
    close = vi.fn();
    open() {
      this.dispatchEvent(new Event('open'));
    }
    say(message: ServerMessage) {
      this.dispatchEvent(new MessageEvent('message', { data: encodeMessage(message).slice().buffer }));
    }
    drop(code = 1006) {
      this.dispatchEvent(Object.assign(new Event('close'), { code }));
    }
  }

  let sockets: Socket[];
  let statuses: Status[];
  let refused: boolean;
  let lab: Connection;
  const last = () => sockets.at(-1)!;
  /** Stands for a page that needs a quarter of a second for each batch of events. */
  const measure: typeof drawingTime = (report) => {
    let seconds = 0;
    return (work) => {
      work();
      report((seconds += 0.25));
    };
  };

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    statuses = [];
    refused = false;
    const open = () => {
      sockets.push(new Socket());
      return last() as unknown as WebSocket;
    };
    lab = connect({ open, refused: async () => refused, pause: (attempt) => 100 * (attempt + 1), measure });
    lab.onStatus((status) => statuses.push(status));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('carries both ways as MessagePack', async () => {
    last().open();
    const call = lab.call('runs.batchLosses', { run: 1 });
    const { id, name } = decodeMessage(last().send.mock.calls[0]![0]) as CallMessage;
    expect(name).toBe('runs.batchLosses');
    last().say({ kind: 'reply', id, reply: { from: 0, losses: Float32Array.of(1, 2) } });
    expect(await call).toEqual({ from: 0, losses: Float32Array.of(1, 2) });
  });

  test('a broken line is tried again, with growing pauses, and says what it is at', async () => {
    last().open();
    last().drop();
    await vi.advanceTimersByTimeAsync(100);
    expect(sockets).toHaveLength(2);
    last().drop();
    await vi.advanceTimersByTimeAsync(199);
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(3);
    last().open();
    expect(statuses).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
  });

  test('a lab that has ended may be started again, so it is tried as any other', async () => {
    last().open();
    last().drop(labEndedCode);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(lab.status).toBe('reconnecting');
  });

  test('what only reads is asked again when the line is back', async () => {
    last().open();
    const answer = lab.call('runs.list', {});
    last().drop();
    await vi.advanceTimersByTimeAsync(10_000);
    last().open();
    const { id, name } = decodeMessage(last().send.mock.calls.at(-1)![0]) as CallMessage;
    expect(name).toBe('runs.list');
    last().say({ kind: 'reply', id, reply: { runs: [], total: 0 } });
    expect(await answer).toEqual({ runs: [], total: 0 });
  });

  test('the server hears how long events take to draw, and not of answers', () => {
    last().open();
    const heard = vi.fn();
    lab.on('run.changed', heard);
    const event = { name: 'run.changed', payload: { run: 1 } };
    last().say({ kind: 'event', ...event });
    last().say({ kind: 'reply', id: 1, reply: {} });
    last().say({ kind: 'events', events: [event, event] });
    expect(heard).toHaveBeenCalledTimes(3);
    expect(last().send.mock.calls.map(([data]) => decodeMessage(data))).toEqual([
      { kind: 'drawn', seconds: 0.25 },
      { kind: 'drawn', seconds: 0.5 },
    ]);
    last().readyState = WebSocket.CLOSED;
    last().say({ kind: 'event', ...event });
    expect(last().send).toHaveBeenCalledTimes(2);
  });

  test('a server that does not know this window is not tried again', async () => {
    last().open();
    last().drop();
    refused = true;
    await vi.advanceTimersByTimeAsync(100);
    last().drop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(2);
    await expect(lab.call('app.info', {})).rejects.toMatchObject({ code: 'transport.refused' });
  });

  test('closing it from here ends it', async () => {
    last().open();
    lab.close();
    expect(last().close).toHaveBeenCalledWith(1000);
    last().drop(1000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
    expect(statuses.at(-1)).toBe('closed');
  });
});
