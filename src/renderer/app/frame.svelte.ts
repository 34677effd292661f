/** What the frame shows: whether a screen can be shown yet, and what lies over it: command palette, sheet of keys. */

import type { OpenedFile } from '../../shared/api/bridge.ts';

export class FrameState {
  /** It is known with which screen to begin. */
  begun = $state.raw(false);
  palette = $state.raw(false);
  /** What is typed in the palette. */
  query = $state('');
  keys = $state(false);

  #files: OpenedFile[] = [];
  #taker: ((file: OpenedFile) => void) | undefined;

  /** A file from the system: it waits until the screen that takes such files is shown. */
  openFile(file: OpenedFile): void {
    this.#files.push(file);
    this.#giveOut();
  }

  /** Gives the function that takes no more. */
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

  /** It opens and closes without what was typed the last time. */
  showPalette(open: boolean): void {
    this.palette = open;
    this.query = '';
  }
}
