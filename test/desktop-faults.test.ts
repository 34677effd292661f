/** What goes wrong with the desktop's window while the lab goes on, and what it may save. Against a stand-in for Electron. */
import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BrowserWindow as RealWindow, Session } from 'electron';
import { askWhereToSave } from '../src/main/desktop/files/downloads.ts';
import { followLanguage } from '../src/main/desktop/texts.ts';
import { noteLostProcesses, watchForFaults } from '../src/main/desktop/window/windowFaults.ts';
import { removeFolder, temporaryFolder } from './support/lab.ts';
import { StandInLab } from './support/standInLab.ts';
import { BrowserWindow, app, dialog, preventable, restart } from './support/electron.ts';

vi.mock('electron', () => import('./support/electron.ts'));

const lab = new StandInLab({ 'preferences.get': () => ({}) });
const texts = (await followLanguage(lab, 'en', () => undefined))();
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

let window: BrowserWindow;
let forcefullyCrashRenderer: ReturnType<typeof vi.fn>;
beforeEach(() => {
  restart();
  window = new BrowserWindow({ width: 800, height: 600, webPreferences: {} });
  forcefullyCrashRenderer = vi.fn();
  Object.assign(window, { isDestroyed: () => false });
  Object.assign(window.webContents, { forcefullyCrashRenderer });
  watchForFaults(window as unknown as RealWindow, () => texts);
});
afterEach(() => vi.restoreAllMocks());

describe('a page that cannot be loaded', () => {
  test('is told in a window that is shown, and loaded again when that is asked for', async () => {
    dialog.answer = texts.loadAgain;
    window.webContents.emit('did-fail-load', {}, -6, 'ERR_FILE_NOT_FOUND', 'app://stride/', true);
    await turn();
    expect(window.shown).toBe(1);
    expect(dialog.questions).toMatchObject([{ message: texts.notLoaded('ERR_FILE_NOT_FOUND') }]);
    expect(window.webContents.reloads).toBe(1);
  });

  test('is left alone when the person waits', async () => {
    dialog.answer = texts.wait;
    window.webContents.emit('did-fail-load', {}, -6, 'ERR_FILE_NOT_FOUND', 'app://stride/', true);
    await turn();
    expect(window.webContents.reloads).toBe(0);
  });

  test('is no fault of a frame in it, nor where another load took its place', async () => {
    window.webContents.emit('did-fail-load', {}, -6, 'ERR_FAILED', 'app://stride/frame', false);
    window.webContents.emit('did-fail-load', {}, -3, 'ERR_ABORTED', 'app://stride/', true);
    await turn();
    expect([window.shown, dialog.questions]).toEqual([0, []]);
  });
});

test('a page that does not answer: it is asked once at a time, and ended when it is to be loaded again', async () => {
  const answer = Promise.withResolvers<string>();
  dialog.answer = answer.promise;
  window.emit('unresponsive');
  window.emit('unresponsive');
  await turn();
  expect(dialog.questions).toMatchObject([{ message: texts.unresponsive }]);
  expect(forcefullyCrashRenderer).not.toHaveBeenCalled();
  answer.resolve(texts.loadAgain);
  await turn();
  expect(forcefullyCrashRenderer).toHaveBeenCalledOnce();
  dialog.answer = texts.wait;
  window.emit('unresponsive');
  await turn();
  expect(dialog.questions).toHaveLength(2);
});

test("a process of Chromium's that is lost is in the log; one that ended is not", () => {
  const log = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  noteLostProcesses();
  app.emit('child-process-gone', {}, { type: 'GPU', reason: 'clean-exit', exitCode: 0 });
  app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 139 });
  expect(log.mock.calls).toEqual([[expect.stringMatching(/"GPU" ended: crashed \(139\)/)]]);
});

describe('what the window saves', () => {
  let home: string;
  let session: EventEmitter;
  beforeEach(() => {
    home = temporaryFolder();
    mkdirSync(join(home, 'desktop'));
    session = new EventEmitter();
    Object.assign(app, { getPath: () => '/documents' });
    askWhereToSave(session as unknown as Session, home);
  });
  afterEach(() => removeFolder(home));

  function download(url: string, savePath = '/elsewhere/net.json') {
    const item = Object.assign(new EventEmitter(), {
      getURL: () => url,
      getFilename: () => 'net.json',
      getSavePath: () => savePath,
      setSaveDialogOptions: vi.fn(),
    });
    const event = preventable();
    session.emit('will-download', event, item);
    return { event, item };
  }

  test('is asked for in the folder of the last time', () => {
    const first = download('blob:app://stride/1');
    expect(first.event.defaultPrevented).toBe(false);
    expect(first.item.setSaveDialogOptions).toHaveBeenCalledWith({ defaultPath: '/documents/net.json' });
    first.item.emit('done', {}, 'cancelled');
    expect(download('blob:app://stride/2').item.setSaveDialogOptions).toHaveBeenCalledWith({
      defaultPath: '/documents/net.json',
    });
    const saved = download('blob:app://stride/3');
    saved.item.emit('done', {}, 'completed');
    expect(download('blob:app://stride/4').item.setSaveDialogOptions).toHaveBeenCalledWith({
      defaultPath: '/elsewhere/net.json',
    });
  });

  test.each(['https://example.org/a.zip', 'file:///etc/passwd', 'blob:https://example.org/1'])(
    'is nothing from %s',
    (url) => {
      expect(download(url).event.defaultPrevented).toBe(true);
    },
  );
});
