import { EventEmitter } from 'node:events';
import { beforeEach, expect, test, vi } from 'vitest';
import { toLab, toWindow } from '../../shared/api/bridge.ts';
import { electronChannel, isOwnPage } from './electron.ts';

const call = { kind: 'call', id: 1, name: 'app.info', request: {} } as const;

let ipc: EventEmitter;
let contents: EventEmitter & {
  id: number;
  mainFrame: { url: string };
  send: ReturnType<typeof vi.fn>;
  destroyed: boolean;
};
let warnings: string[];
let heard: unknown[];
let channel: ReturnType<typeof electronChannel>;

beforeEach(() => {
  ipc = new EventEmitter();
  contents = Object.assign(new EventEmitter(), {
    id: 1,
    mainFrame: { url: 'app://stride/index.html' },
    send: vi.fn(),
    destroyed: false,
    isDestroyed: () => contents.destroyed,
  });
  warnings = [];
  heard = [];
  channel = electronChannel(ipc as never, contents as never, (text) => warnings.push(text));
  channel.onMessage((message) => heard.push(message));
});

const send = (senderFrame: unknown, id = 1) => ipc.emit(toLab, { sender: { id }, senderFrame }, call);

test('messages of the main frame of the window are heard', () => {
  send(contents.mainFrame);
  expect(heard).toEqual([call]);
  expect(warnings).toEqual([]);
});

test('a frame inside the page, and one that is gone, are refused', () => {
  send({ url: 'app://stride/index.html' });
  send(null);
  expect(heard).toEqual([]);
  expect(warnings).toEqual([
    'refused a message from app://stride/index.html',
    'refused a message from a frame that is gone',
  ]);
});

test('the main frame is refused while it shows another page', () => {
  contents.mainFrame.url = 'https://example.org/';
  send(contents.mainFrame);
  expect(heard).toEqual([]);
  expect(warnings).toEqual(['refused a message from https://example.org/']);
});

test("another window's messages are not this channel's affair", () => {
  send(contents.mainFrame, 2);
  expect([heard, warnings]).toEqual([[], []]);
});

test('what the lab says goes to the window while there is one', () => {
  const event = { kind: 'event', name: 'run.changed', payload: {} } as const;
  channel.send(event);
  expect(contents.send).toHaveBeenCalledWith(toWindow, event);
  contents.destroyed = true;
  channel.send(event);
  expect(contents.send).toHaveBeenCalledTimes(1);
});

test('the channel closes with its window', () => {
  const closed = vi.fn();
  channel.onClose(closed);
  contents.emit('destroyed');
  expect(closed).toHaveBeenCalledOnce();
  expect(ipc.listenerCount(toLab)).toBe(0);
});

test.each([
  ['app://stride/', true],
  ['app://stride/index.html#runs', true],
  ['app://other/', false],
  ['app://stride.example.org/', false],
  ['app://stride:81/', false],
  ['https://stride/', false],
  ['file:///app://stride/', false],
  ['about:blank', false],
  ['', false],
])('own page? %s: %s', (url, own) => {
  expect(isOwnPage(url)).toBe(own);
});
