/**
 * All that the desktop window can do besides drawing: send a message to the lab and hear its messages. No channel names,
 * no `ipcRenderer`, no event objects (which carry the sender) get through, and nothing is checked here: the main process
 * trusts no window, so it checks.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { ServerMessage } from '../shared/api/api.ts';
import { type Bridge, toLab, toWindow } from '../shared/api/bridge.ts';

const bridge: Bridge = {
  send: (message) => {
    ipcRenderer.send(toLab, message);
  },
  onMessage: (listener) => {
    const receive = (_event: unknown, message: ServerMessage) => {
      listener(message);
    };
    ipcRenderer.on(toWindow, receive);
    return () => {
      ipcRenderer.off(toWindow, receive);
    };
  },
};

contextBridge.exposeInMainWorld('stride', bridge);
