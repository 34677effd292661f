/**
 * What the window saves (a net, a chart, an export) goes through the system's own dialog, in the folder that was chosen the last time.
 * Only what the window's page has made itself is saved; anything else would be a download from elsewhere.
 */
import { dirname, join } from 'node:path';
import type { Session } from 'electron';
import { isOwnPage } from '../transport/electron.ts';
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

/** A blob's address is the page's that made it, with `blob:` before it. */
function isOwn(url: string): boolean {
  return url.startsWith('blob:') && isOwnPage(url.slice('blob:'.length));
}
