/**
 * What can go wrong with the window while the lab goes on: its page does not load, crashes, or does not answer. Training is
 * in threads of this process, so a window can be loaded anew at any time.
 */
import { type BrowserWindow, app, dialog } from 'electron';
import type { Texts } from './texts.ts';

/** A page that has been there for this long has come up; when it crashes afterwards, that is the first time again. */
const settledMilliseconds = 2000;
/** `ERR_ABORTED`: another load took its place. */
const aborted = -3;

export function watchForFaults(window: BrowserWindow, texts: () => Texts): void {
  const { webContents } = window;
  let crashed = false;
  let timer: NodeJS.Timeout | undefined;
  webContents.on('did-finish-load', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      crashed = false;
    }, settledMilliseconds);
  });
  webContents.on('render-process-gone', (_event, { reason }) => {
    clearTimeout(timer);
    if (reason === 'clean-exit') return;
    if (!crashed) {
      crashed = true;
      webContents.reload();
      return;
    }
    // It may crash whenever it is loaded. The question does not wait in this thread (an error box would): runs are served here.
    void offerReload(window, texts(), texts().crashed, () => webContents.reload());
  });
  webContents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    if (!isMainFrame || code === aborted) return;
    // It is shown when its page is ready, which it will not be.
    window.show();
    void offerReload(window, texts(), texts().notLoaded(description), () => webContents.reload());
  });
  let asking = false;
  window.on('unresponsive', () => {
    if (asking) return;
    asking = true;
    // A page that hangs does not let itself be reloaded; one that crashed is.
    void offerReload(window, texts(), texts().unresponsive, () =>
      webContents.forcefullyCrashRenderer(),
    ).finally(() => {
      asking = false;
    });
  });
}

async function offerReload(
  window: BrowserWindow,
  texts: Texts,
  message: string,
  reload: () => void,
): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message,
    detail: texts.trainingGoesOn,
    buttons: [texts.loadAgain, texts.wait],
    defaultId: 0,
    cancelId: 1,
  });
  if (response === 0 && !window.isDestroyed()) reload();
}

/** Chromium starts its graphics and utility processes anew by itself; only the log hears of it. */
export function noteLostProcesses(): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    if (reason !== 'clean-exit') console.warn(`Chromium's process "${type}" ended: ${reason} (${exitCode})`);
  });
}
