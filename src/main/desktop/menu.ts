/**
 * The menu, for its keys: copy and paste on macOS, zoom, full screen, reload. Electron's own would have a link to its
 * web site; the entries' names are the platform's.
 */
import { Menu } from 'electron';
import type { Texts } from './texts.ts';

export function setMenu({ menu }: Texts, platform: NodeJS.Platform): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
      { role: 'fileMenu', label: menu.file },
      { role: 'editMenu', label: menu.edit },
      { role: 'viewMenu', label: menu.view },
      { role: 'windowMenu', label: menu.window },
    ]),
  );
}
