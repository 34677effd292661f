/** What the frame shows: whether a screen can be shown yet, and what lies over it: command palette, sheet of keys. */

export class FrameState {
  /** It is known with which screen to begin. */
  begun = $state.raw(false);
  palette = $state.raw(false);
  /** What is typed in the palette. */
  query = $state('');
  keys = $state(false);

  /** It opens and closes without what was typed the last time. */
  showPalette(open: boolean): void {
    this.palette = open;
    this.query = '';
  }
}
