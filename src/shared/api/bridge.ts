/**
 * What the preload gives to the desktop window, and the two IPC channels behind it. The names are shared by the preload
 * and the main process; a window in a browser has no `stride` among its globals and takes the WebSocket.
 */
import type { ClientMessage, ServerMessage } from './api.ts';

export const toLab = 'stride:to-lab';
export const toWindow = 'stride:to-window';

/** Besides the lab's messages: what the window's page can do, for the menu; what was chosen there; files from the system. */
export const toMenu = 'stride:actions';
export const toPage = 'stride:chosen';
export const toOpen = 'stride:file';
/** A request: it is answered with a folder, or with null. */
export const toChooseFolder = 'stride:choose-folder';

/** An action of the page as the menu shows it. */
export interface MenuAction {
  readonly id: string;
  /** The heading of its group, in the window's language. */
  readonly group: string;
  readonly title: string;
  /** In tinykeys' notation; empty where it has none. */
  readonly keys: string;
  readonly enabled: boolean;
}

/** A file that was opened from the system. */
export interface OpenedFile {
  readonly name: string;
  readonly text: string;
}

export interface Bridge {
  send(message: ClientMessage): void;
  /** Gives the function that unsubscribes. */
  onMessage(listener: (message: ServerMessage) => void): () => void;
  /**
   * Asks for a folder in the system's own dialog; null where the person gave none. Not there where the host has no such
   * dialog.
   */
  chooseFolder?: (() => Promise<string | null>) | undefined;
  /** Says what can be done now. Files that wait are given out from then on. */
  setActions(actions: readonly MenuAction[]): void;
  onChosen(listener: (id: string) => void): () => void;
  onFile(listener: (file: OpenedFile) => void): () => void;
}

/** What to look for on `globalThis`. */
export interface BridgeGlobal {
  stride?: Bridge | undefined;
}
