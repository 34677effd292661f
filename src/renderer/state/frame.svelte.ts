/** What the frame shows: whether a screen can be shown yet, and what lies over it: command palette, sheet of keys. */

export class FrameState {
  /** It is known with which screen to begin. */
  begun = $state.raw(false);
  palette = $state(false);
  keys = $state(false);
}
