/**
 * Faults of the window that do not affect the lab: its page does not load, crashes, or does not respond.
 * Training runs in threads of this process, so a window can be reloaded at any time.
 */
import { type BrowserWindow, app, dialog } from 'electron';
import type { Texts } from '../texts.ts';

/** Time after which a page counts as loaded successfully; a later crash counts as the first one. */
const settledMilliseconds = 2000;
/** `ERR_ABORTED`: another load has replaced this one. */
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
    // It may crash at every load. The question does not block this thread (an error box would), because runs
    // are served here.
    void offerReload(window, texts(), texts().crashed, () => webContents.reload());
  });
  webContents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    if (!isMainFrame || code === aborted) return;
    // Normally the window is shown when its page is ready, which will not happen.
    window.show();
    void offerReload(window, texts(), texts().notLoaded(description), () => webContents.reload());
  });
  let asking = false;
  window.on('unresponsive', () => {
    if (asking) return;
    asking = true;
    // A page that hangs cannot be reloaded, but one that has crashed can.
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

/** Logs lost processes; Chromium restarts its graphics and utility processes itself. */
export function noteLostProcesses(): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    if (reason !== 'clean-exit') console.warn(`Chromium's process "${type}" ended: ${reason} (${exitCode})`);
  });
}
