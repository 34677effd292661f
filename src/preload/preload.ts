/**
 * All that the desktop window can do besides drawing: speak with the lab, say what its menu is to show, and hear what was chosen there and
 * which files were opened, and ask for a folder. No channel names, no `ipcRenderer`, no event objects (which carry the sender) get through, and nothing is
 * checked here: the main process trusts no window, so it checks.
 */
import { contextBridge, ipcRenderer } from 'electron';
import {
  type Bridge,
  toChooseFolder,
  toLab,
  toMenu,
  toOpen,
  toPage,
  toWindow,
} from '../shared/api/bridge.ts';

function hear<T>(channel: string, listener: (value: T) => void): () => void {
  const receive = (_event: unknown, value: T) => {
    listener(value);
  };
  ipcRenderer.on(channel, receive);
  return () => {
    ipcRenderer.off(channel, receive);
  };
}

const bridge: Bridge = {
  send: (message) => {
    ipcRenderer.send(toLab, message);
  },
  onMessage: (listener) => hear(toWindow, listener),
  setActions: (actions) => {
    ipcRenderer.send(toMenu, actions);
  },
  onChosen: (listener) => hear(toPage, listener),
  onFile: (listener) => hear(toOpen, listener),
  chooseFolder: () => ipcRenderer.invoke(toChooseFolder) as Promise<string | null>,
};

contextBridge.exposeInMainWorld('stride', bridge);
