/**
 * Everything that the desktop window can do besides drawing: exchange messages with the lab, report its
 * menu's contents, receive the chosen actions and opened files, and ask for a folder. It exposes no channel
 * names, no `ipcRenderer` and no event objects (which contain the sender). Nothing is checked here: the main
 * process does not trust windows, so it checks.
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
