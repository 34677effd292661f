/** The one window: its settings, its page, and its channel to the lab. */
import { BrowserWindow, ipcMain, screen } from 'electron';
import { electronChannel } from '../../transport/electron.ts';
import { type Service, serve } from '../../transport/serve.ts';
import type { Texts } from '../texts.ts';
import { drawingSeconds } from './drawingSeconds.ts';
import { pageUrl } from './page.ts';
import { watchForFaults } from './windowFaults.ts';
import { readWindowState } from './windowState.ts';

export interface WindowOptions {
  readonly home: string;
  /** Path of the built preload. */
  readonly preload: string;
  readonly service: Service;
  readonly texts: () => Texts;
}

export function createWindow({ home, preload, service, texts }: WindowOptions): BrowserWindow {
  const { size, position, maximized } = readWindowState(
    home,
    screen.getAllDisplays().map(({ workArea }) => workArea),
  );
  const window = new BrowserWindow({
    ...size,
    ...position,
    minWidth: 720,
    minHeight: 520,
    title: 'Stride',
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Its dictionaries would be downloaded, but Stride is offline.
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
  });
  serve(
    electronChannel(ipcMain, window.webContents, (text) => {
      console.warn(text);
    }),
    service,
    { drawingSeconds },
  );
  watchForFaults(window, texts);
  void window.loadURL(pageUrl);
  return window;
}
