import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { decodeMessage, encodeMessage } from '../../shared/base/codec.ts';
import { webSocketChannel } from './websocket.ts';

class Socket extends EventEmitter {
  readyState = 1;
  bufferedAmount = 0;
  send = vi.fn();
  close = vi.fn();
  ping = vi.fn();
  terminate = vi.fn(() => this.emit('close'));
}

let socket: Socket;
beforeEach(() => {
  vi.useFakeTimers();
  socket = new Socket();
});
afterEach(() => {
  vi.useRealTimers();
});

const event = { kind: 'event', name: 'run.batchLosses', payload: { losses: Float32Array.of(1, 2) } } as const;

test('messages travel as MessagePack, both ways', () => {
  const channel = webSocketChannel(socket);
  const heard: unknown[] = [];
  channel.onMessage((message) => heard.push(message));
  const call = { kind: 'call', id: 1, name: 'app.info', request: {} };
  socket.emit('message', Buffer.from(encodeMessage(call)), true);
  expect(heard).toEqual([call]);
  channel.send(event);
  expect(decodeMessage(socket.send.mock.calls[0]![0] as Uint8Array)).toEqual(event);
});

test.each([
  ['text', Buffer.from('{"kind":"call"}'), false],
  ['bytes that are no MessagePack', Buffer.from([0xc1]), true],
])('%s ends the connection', (_what, data, isBinary) => {
  const channel = webSocketChannel(socket);
  const heard = vi.fn();
  channel.onMessage(heard);
  socket.emit('message', data, isBinary);
  expect(socket.close).toHaveBeenCalledWith(1007, expect.any(String));
  expect(heard).not.toHaveBeenCalled();
});

test('a reader that is far behind is dropped, not waited for', () => {
  const channel = webSocketChannel(socket);
  const closed = vi.fn();
  channel.onClose(closed);
  socket.bufferedAmount = 40 * 2 ** 20;
  channel.send(event);
  expect(socket.send).not.toHaveBeenCalled();
  expect(closed).toHaveBeenCalledOnce();
});

test('nothing is sent to a socket that is closing', () => {
  socket.readyState = 2;
  webSocketChannel(socket).send(event);
  expect(socket.send).not.toHaveBeenCalled();
});

test('a line that does not answer a ping is dropped; one that does stays', () => {
  webSocketChannel(socket, { heartbeatMilliseconds: 1000 });
  vi.advanceTimersByTime(1000);
  expect(socket.ping).toHaveBeenCalledTimes(1);
  socket.emit('pong');
  vi.advanceTimersByTime(1000);
  expect(socket.terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(socket.terminate).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test('an error of the socket ends it, not the process', () => {
  webSocketChannel(socket);
  socket.emit('error', new Error('ECONNRESET'));
  expect(socket.terminate).toHaveBeenCalledOnce();
});
