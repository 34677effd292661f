/** The frame's state: whether a screen can be shown yet, and which overlay is open (command palette, sheet of keys). */

import type { OpenedFile } from '../../shared/api/bridge.ts';

export class FrameState {
  /** True once the first screen is known. */
  begun = $state.raw(false);
  palette = $state.raw(false);
  /** The text typed in the palette. */
  query = $state('');
  keys = $state(false);

  #files: OpenedFile[] = [];
  #taker: ((file: OpenedFile) => void) | undefined;

  /** Holds a file from the system until the screen that takes such files is shown. */
  openFile(file: OpenedFile): void {
    this.#files.push(file);
    this.#giveOut();
  }

  /** Registers the taker of opened files. Returns the function that unregisters it. */
  takeFiles(taker: (file: OpenedFile) => void): () => void {
    this.#taker = taker;
    this.#giveOut();
    return () => {
      if (this.#taker === taker) this.#taker = undefined;
    };
  }

  #giveOut(): void {
    const taker = this.#taker;
    if (!taker) return;
    const files = this.#files;
    this.#files = [];
    files.forEach((file) => taker(file));
  }

  /** The palette opens and closes with an empty query. */
  showPalette(open: boolean): void {
    this.palette = open;
    this.query = '';
  }
}
