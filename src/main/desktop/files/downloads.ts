/**
 * Saves files of the window (a net, a chart, an export) through the system's own dialog, in the most recently
 * chosen folder. Only files that the window's page has created are saved; anything else would be a download
 * from elsewhere.
 */
import { dirname, join } from 'node:path';
import type { Session } from 'electron';
import { isOwnPage } from '../../transport/electron.ts';
import { RememberedFolder } from './rememberedFolder.ts';

export function askWhereToSave(session: Session, home: string): void {
  const folder = new RememberedFolder(home, 'save');
  session.on('will-download', (event, item) => {
    if (!isOwn(item.getURL())) {
      event.preventDefault();
      return;
    }
    item.setSaveDialogOptions({ defaultPath: join(folder.read(), item.getFilename()) });
    item.once('done', (_event, state) => {
      if (state === 'completed') folder.write(dirname(item.getSavePath()));
    });
  });
}

/** Returns whether the page made the blob: its address is the page's with the prefix `blob:`. */
function isOwn(url: string): boolean {
  return url.startsWith('blob:') && isOwnPage(url.slice('blob:'.length));
}
