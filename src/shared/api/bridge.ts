/**
 * What the preload gives to the desktop window, and the two IPC channels behind it. The names are shared by the preload
 * and the main process; a window in a browser has no `stride` among its globals and takes the WebSocket.
 */
import type { ClientMessage, ServerMessage } from './api.ts';

export const toLab = 'stride:to-lab';
export const toWindow = 'stride:to-window';

export interface Bridge {
  send(message: ClientMessage): void;
  /** Gives the function that unsubscribes. */
  onMessage(listener: (message: ServerMessage) => void): () => void;
  /**
   * Asks for a folder in the system's own dialog; null where the person gave none. Not there where the host has no such
   * dialog.
   */
  chooseFolder?: (() => Promise<string | null>) | undefined;
}

/** What to look for on `globalThis`. */
export interface BridgeGlobal {
  stride?: Bridge | undefined;
}
