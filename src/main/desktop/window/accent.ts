/**
 * The system's accent colour in the window, if the system has one: its hue replaces that of `--accent`
 * (renderer/ui/tokens.css). Lightness and maximum chroma remain Stride's own, in OKLCH, so that text keeps
 * its contrast with any colour.
 */
import { type BrowserWindow, systemPreferences } from 'electron';

/** Notification on macOS when the colour changes; Windows and Linux have an event. */
const changedOnMac = 'AppleColorPreferencesChangedNotification';

export function followAccent(platform: NodeJS.Platform, window: () => BrowserWindow | undefined): () => void {
  /** Key of the style that the page has now; a reloaded page has none. */
  let key: Promise<string> | undefined;
  const apply = () => {
    const contents = window()?.webContents;
    const style = accentStyle(systemAccent());
    const before = key;
    key = undefined;
    if (!contents) return;
    if (before) void before.then((old) => contents.removeInsertedCSS(old)).catch(() => undefined);
    if (style) key = contents.insertCSS(style);
  };
  if (platform === 'darwin') systemPreferences.subscribeNotification(changedOnMac, apply);
  else systemPreferences.on('accent-color-changed', apply);
  return () => {
    key = undefined;
    apply();
  };
}

/** Returns RRGGBBAA, or undefined if this system or this Electron has no accent colour. */
function systemAccent(): string | undefined {
  return 'getAccentColor' in systemPreferences ? systemPreferences.getAccentColor() : undefined;
}

/** Returns the style for `accent` in Electron's form, RRGGBBAA; undefined if that is not a colour. */
export function accentStyle(accent: string | undefined): string | undefined {
  const rgb = /^#?([0-9a-f]{6})([0-9a-f]{2})?$/i.exec(accent ?? '')?.[1];
  if (rgb === undefined) return undefined;
  const shade = (lightness: number, chroma: number) => `oklch(from #${rgb} ${lightness} min(c, ${chroma}) h)`;
  const both = (light: string, dark: string) => `light-dark(${light}, ${dark})`;
  return `:root:root {
  --accent: ${both(shade(0.44, 0.17), shade(0.76, 0.13))};
  --accent-strong: ${both(shade(0.37, 0.15), shade(0.82, 0.1))};
  --accent-tint: ${both(shade(0.945, 0.025), shade(0.29, 0.06))};
}`;
}
