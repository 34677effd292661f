/**
 * What the window saves (a net, a chart, an export) goes through the system's own dialog, in the folder that was chosen the last time.
 * Only what the window's page has made itself is saved; anything else would be a download from elsewhere.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Session, app } from 'electron';
import { isOwnPage } from '../transport/electron.ts';

export function askWhereToSave(session: Session, home: string): void {
  const file = join(home, 'desktop', 'save-folder');
  session.on('will-download', (event, item) => {
    if (!isOwn(item.getURL())) {
      event.preventDefault();
      return;
    }
    item.setSaveDialogOptions({ defaultPath: join(lastFolder(file), item.getFilename()) });
    item.once('done', (_event, state) => {
      if (state === 'completed') keep(file, dirname(item.getSavePath()));
    });
  });
}

/** A blob's address is the page's that made it, with `blob:` before it. */
function isOwn(url: string): boolean {
  return url.startsWith('blob:') && isOwnPage(url.slice('blob:'.length));
}

function lastFolder(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return app.getPath('documents');
  }
}

/** It is a convenience: where it cannot be kept, the next dialog begins elsewhere. */
function keep(file: string, folder: string): void {
  try {
    writeFileSync(file, folder);
  } catch (error) {
    console.warn('the folder that was saved to could not be kept:', error);
  }
}
