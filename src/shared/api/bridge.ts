/**
 * The object that the preload exposes to the desktop window, and the two IPC channels behind it. The preload and the
 * main process share the names; a window in a browser has no global `stride` and uses the WebSocket.
 */
import type { CallMessage, ServerMessage } from './api.ts';

export const toLab = 'stride:to-lab';
export const toWindow = 'stride:to-window';

/**
 * Channels besides the lab's messages: the page's possible actions for the menu, the actions chosen there, and files
 * from the system.
 */
export const toMenu = 'stride:actions';
export const toPage = 'stride:chosen';
export const toOpen = 'stride:file';
/** The channel of a request, answered with a folder or with null. */
export const toChooseFolder = 'stride:choose-folder';

/** An action of the page in the menu. */
export interface MenuAction {
  readonly id: string;
  /** The heading of its group, in the window's language. */
  readonly group: string;
  readonly title: string;
  /** Keys in tinykeys' notation; empty if there are none. */
  readonly keys: string;
  readonly enabled: boolean;
}

/** A file that was opened from the system. */
export interface OpenedFile {
  readonly name: string;
  readonly text: string;
}

export interface Bridge {
  send(message: CallMessage): void;
  /** Returns the function that unsubscribes. */
  onMessage(listener: (message: ServerMessage) => void): () => void;
  /**
   * Asks for a folder in the system's own dialog; null if the person cancelled. Undefined if the host has no such
   * dialog.
   */
  chooseFolder?: (() => Promise<string | null>) | undefined;
  /** Reports the possible actions. Waiting files are delivered from then on. */
  setActions(actions: readonly MenuAction[]): void;
  onChosen(listener: (id: string) => void): () => void;
  onFile(listener: (file: OpenedFile) => void): () => void;
}

/** The type of `globalThis` in a desktop window. */
export interface BridgeGlobal {
  stride?: Bridge | undefined;
}
