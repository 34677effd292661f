/** What lies over the screens: the command palette, the sheet of keys. */

export class FrameState {
  palette = $state(false);
  keys = $state(false);
}
