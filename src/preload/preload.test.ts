import type { EventEmitter } from 'node:events';
import { beforeAll, expect, test, vi } from 'vitest';
import { type Bridge, toLab, toWindow } from '../shared/api/bridge.ts';

const electron = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  ipc: undefined as EventEmitter | undefined,
}));
const send = vi.fn();

vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events');
  electron.ipc = new EventEmitter();
  return {
    contextBridge: {
      exposeInMainWorld: (name: string, value: unknown) => {
        electron.exposed.set(name, value);
      },
    },
    ipcRenderer: Object.assign(electron.ipc, {
      send: (...message: unknown[]) => {
        send(...message);
      },
    }),
  };
});

let bridge: Bridge;
beforeAll(async () => {
  await import('./preload.ts');
  bridge = electron.exposed.get('stride') as Bridge;
});

test('the window gets these functions and nothing else', () => {
  expect([...electron.exposed.keys()]).toEqual(['stride']);
  expect(Object.keys(bridge)).toEqual([
    'send',
    'onMessage',
    'setActions',
    'onChosen',
    'onFile',
    'chooseFolder',
  ]);
});

test('send sends, on one channel', () => {
  const call = { kind: 'call', id: 1, name: 'app.info', request: {} } as const;
  bridge.send(call);
  expect(send).toHaveBeenCalledExactlyOnceWith(toLab, call);
});

test('messages come without the event that carries the sender, until they are no longer wanted', () => {
  const heard = vi.fn();
  const stop = bridge.onMessage(heard);
  const message = { kind: 'reply', id: 1, reply: 2 };
  electron.ipc?.emit(toWindow, { sender: 'ipcRenderer' }, message);
  stop();
  electron.ipc?.emit(toWindow, { sender: 'ipcRenderer' }, message);
  expect(heard.mock.calls).toEqual([[message]]);
});
