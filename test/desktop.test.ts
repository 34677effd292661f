// The desktop host against a stand-in for Electron: how it starts, and what its window may do.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { toLab, toWindow } from '../src/shared/api/bridge.ts';
import { Problem } from '../src/shared/base/problem.ts';
import { openDesktop, settled } from './support/desktop.ts';
import {
  BrowserWindow,
  Menu,
  app,
  dialog,
  ipcMain,
  preventable,
  protocol,
  restart,
  screen,
} from './support/electron.ts';

vi.mock('electron', () => import('./support/electron.ts'));

let desktop: ReturnType<typeof openDesktop>;
beforeEach(() => {
  desktop = openDesktop();
});
afterEach(() => {
  rmSync(desktop.folder, { recursive: true });
});

describe('the window', () => {
  test('is isolated, sandboxed and without Node, and shows its own page', async () => {
    await desktop.start({ painted: false });
    const { options, webContents, shown } = BrowserWindow.only;
    expect(options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      preload: '/out/preload/preload.cjs',
    });
    expect(app.sandboxed).toBe(true);
    expect(webContents.mainFrame.url).toBe('app://stride/index.html');
    expect(shown).toBe(0);
    BrowserWindow.only.emit('ready-to-show');
    expect(BrowserWindow.only.shown).toBe(1);
  });

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    '%s: nowhere but to its own page',
    async (name) => {
      await desktop.start();
      for (const url of [
        'https://example.org/',
        'file:///etc/passwd',
        'app://other/',
        'javascript:alert(1)',
        'about:blank',
      ]) {
        const event = preventable({ url });
        BrowserWindow.only.webContents.emit(name, event);
        expect(event.defaultPrevented, url).toBe(true);
      }
      const reload = preventable({ url: 'app://stride/index.html' });
      BrowserWindow.only.webContents.emit(name, reload);
      expect(reload.defaultPrevented).toBe(false);
    },
  );

  test('opens no windows and holds no webview', async () => {
    await desktop.start();
    const { webContents } = BrowserWindow.only;
    for (const url of ['https://example.org/', 'app://stride/index.html']) {
      expect(webContents.windowOpenHandler?.({ url })).toEqual({ action: 'deny' });
    }
    const event = preventable();
    webContents.emit('will-attach-webview', event);
    expect(event.defaultPrevented).toBe(true);
  });

  test('talks to the lab, from its main frame only', async () => {
    await desktop.start();
    const { webContents } = BrowserWindow.only;
    const call = { kind: 'call', id: 1, name: 'presets.list', request: {} };
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    ipcMain.emit(toLab, { sender: webContents, senderFrame: { url: 'app://stride/index.html' } }, call);
    await settled();
    expect(desktop.lab.asked.map(({ name }) => name)).not.toContain('presets.list');
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();

    ipcMain.emit(toLab, { sender: webContents, senderFrame: webContents.mainFrame }, call);
    await settled();
    expect(webContents.sent).toEqual([[toWindow, { kind: 'reply', id: 1, reply: [] }]]);
  });

  test('is painted before there is a lab, and what its page asks waits for it', async () => {
    const { promise, resolve } = Promise.withResolvers<typeof desktop.lab>();
    const createLab = vi.fn(() => promise);
    await desktop.start({ painted: false, createLab });
    const { webContents } = BrowserWindow.only;
    expect(createLab).not.toHaveBeenCalled();
    const call = { kind: 'call', id: 1, name: 'presets.list', request: {} };
    ipcMain.emit(toLab, { sender: webContents, senderFrame: webContents.mainFrame }, call);
    BrowserWindow.only.emit('ready-to-show');
    await settled();
    expect(createLab).toHaveBeenCalledOnce();
    expect(webContents.sent).toEqual([]);
    resolve(desktop.lab);
    await settled();
    expect(webContents.sent).toEqual([[toWindow, { kind: 'reply', id: 1, reply: [] }]]);
  });

  test('that is closed before there is a lab needs none', async () => {
    const createLab = vi.fn(async () => desktop.lab);
    await desktop.start({ painted: false, createLab });
    BrowserWindow.only.close();
    await settled();
    expect(createLab).not.toHaveBeenCalled();
  });

  test('a page that cannot be loaded does not keep the lab waiting', async () => {
    const createLab = vi.fn(async () => desktop.lab);
    await desktop.start({ painted: false, createLab });
    dialog.answer = 'Wait';
    BrowserWindow.only.webContents.emit('did-fail-load', {}, -6, 'not found', 'app://stride/', true);
    await settled();
    expect(createLab).toHaveBeenCalledOnce();
  });

  test('comes back where it was, if that is on a screen that is there', async () => {
    await desktop.start();
    BrowserWindow.only.bounds = { x: 1000, y: 200, width: 900, height: 700 };
    BrowserWindow.only.maximized = true;
    BrowserWindow.only.close();
    await settled();

    restart();
    await desktop.start();
    expect(BrowserWindow.only.options).toMatchObject({ x: 1000, y: 200, width: 900, height: 700 });
    expect(BrowserWindow.only.maximized).toBe(true);

    restart();
    screen.displays = [{ workArea: { x: 0, y: 0, width: 1024, height: 768 } }];
    await desktop.start();
    expect(BrowserWindow.only.options).toMatchObject({ width: 900, height: 700 });
    expect(BrowserWindow.only.options.x).toBeUndefined();
    screen.displays = [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }];
  });

  test.each(['', '{', '{"width":"wide"}', '{"x":0,"y":0,"width":1,"height":1,"maximized":false}'])(
    'a damaged window.json (%s) gives the first size',
    async (text) => {
      mkdirSync(desktop.home);
      writeFileSync(join(desktop.home, 'window.json'), text);
      await desktop.start();
      expect(BrowserWindow.only.options).toMatchObject({ width: 1280, height: 860 });
    },
  );

  test('whose page crashes is loaded again once, and then asked for', async () => {
    await desktop.start();
    const { webContents } = BrowserWindow.only;
    webContents.emit('render-process-gone', {}, { reason: 'oom' });
    expect(webContents.reloads).toBe(1);
    dialog.answer = 'Wait';
    webContents.emit('render-process-gone', {}, { reason: 'oom' });
    await settled();
    expect(webContents.reloads).toBe(1);
    dialog.answer = 'Load it again';
    webContents.emit('render-process-gone', {}, { reason: 'oom' });
    await settled();
    expect(webContents.reloads).toBe(2);
    expect(dialog.questions.map(({ message }) => message)).toEqual(
      Array(2).fill('The page in this window has crashed twice.'),
    );
  });
});

describe('app://stride/', () => {
  const get = (url: string, method = 'GET') => protocol.handlers.get('app')!(new Request(url, { method }));

  test('is a scheme with an origin of its own and no power over the policy', async () => {
    await desktop.start();
    expect(protocol.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ]);
  });

  test('serves the window with its policy', async () => {
    await desktop.start();
    for (const url of ['app://stride/', 'app://stride/index.html', 'app://stride/index.html?a#b']) {
      const page = await get(url);
      expect(page.status).toBe(200);
      expect(await page.text()).toBe('<title>the window</title>');
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('content-security-policy')).toContain(
        "default-src 'none'; script-src 'self'; style-src 'self'",
      );
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const script = await get('app://stride/assets/a.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  test.each([
    'app://stride/../secret.js',
    'app://stride/..%2fsecret.js',
    'app://stride/%2e%2e/secret.js',
    'app://stride/assets/..%2f..%2fsecret.js',
    'app://stride/..%5csecret.js',
    'app://stride/%',
    'app://stride/index.html%00.js',
    'app://stride/notes.txt',
    'app://stride/assets',
    'app://stride/assets/a.js/b.js',
    'app://stride/none.js',
    'app://other/index.html',
  ])('serves nothing else: %s', async (url) => {
    await desktop.start();
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('secret');
  });

  test('is for reading', async () => {
    await desktop.start();
    expect((await get('app://stride/index.html', 'POST')).status).toBe(405);
    expect(await (await get('app://stride/index.html', 'HEAD')).text()).toBe('');
  });
});

describe('starting', () => {
  test('a second one leaves it to the first, which shows its window', async () => {
    app.hasLock = false;
    const createLab = vi.fn(async () => desktop.lab);
    await desktop.start({ createLab });
    expect(app.exited).toBe(0);
    expect(createLab).not.toHaveBeenCalled();

    restart();
    await desktop.start();
    BrowserWindow.only.minimized = true;
    const { shown } = BrowserWindow.only;
    app.emit('second-instance', {}, ['stride'], '/');
    expect(BrowserWindow.only.shown).toBe(shown + 1);
    expect(BrowserWindow.only.minimized).toBe(false);
  });

  test('the lock is on STRIDE_HOME: two homes are two labs', async () => {
    await desktop.start();
    expect(app.paths.get('userData')).toBe(join(desktop.home, 'desktop'));
  });

  test('a lab that cannot be opened is said, with 1', async () => {
    await desktop.start({
      createLab: async () => Promise.reject(new Problem('history.newer', 'the history is of a newer Stride')),
    });
    expect(dialog.errors).toEqual(['the history is of a newer Stride']);
    expect(app.exited).toBe(1);
    expect(BrowserWindow.count).toBe(0);
  });

  test('a home that cannot be made is said, with 1', async () => {
    writeFileSync(desktop.home, 'a file');
    await desktop.start();
    expect(dialog.errors[0]).toContain(desktop.home);
    expect(app.exited).toBe(1);
  });

  test('the menu speaks the language of the system, and has no link to anywhere', async () => {
    app.locale = 'zh-CN';
    await desktop.start();
    expect(Menu.template.map(({ role, label }) => [role, label])).toEqual([
      [undefined, '文件'],
      ['editMenu', '编辑'],
      ['viewMenu', '显示'],
      ['windowMenu', '窗口'],
    ]);
  });
});
