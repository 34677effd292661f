// The desktop host against a stand-in for Electron: what becomes of runs when its window closes and when it quits.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDesktop, settled } from './support/desktop.ts';
import { BrowserWindow, Tray, app, dialog, powerMonitor, preventable } from './support/electron.ts';

vi.mock('electron', () => import('./support/electron.ts'));

let desktop: ReturnType<typeof openDesktop>;
beforeEach(() => {
  desktop = openDesktop();
});
afterEach(() => {
  rmSync(desktop.folder, { recursive: true });
});

test('closing the window with nothing under way ends the program, the lab closed', async () => {
  await desktop.start();
  desktop.underWay(1);
  desktop.end(1);
  BrowserWindow.only.close();
  await settled();
  expect([app.exited, desktop.lab.closed, dialog.questions]).toEqual([0, 1, []]);
  expect(JSON.parse(readFileSync(join(desktop.home, 'window.json'), 'utf8'))).toMatchObject({ width: 1280 });
});

test('closing it while runs are under way asks; "keep training" goes on without it and ends after the last run', async () => {
  await desktop.start();
  desktop.underWay(1, 2);
  dialog.answer = 'Keep training';
  BrowserWindow.only.close();
  await settled();
  expect(dialog.questions[0]).toMatchObject({
    message: '2 runs are under way.',
    buttons: ['Keep training', 'Stop and quit', 'Cancel'],
  });
  expect([BrowserWindow.count, app.exited, desktop.lab.closed]).toEqual([0, undefined, 0]);
  desktop.end(1);
  await settled();
  expect(app.exited).toBeUndefined();
  desktop.end(2);
  await settled();
  expect([app.exited, desktop.lab.closed]).toEqual([0, 1]);
});

test('a program without its window shows one when it is started again, and then does not end by itself', async () => {
  await desktop.start();
  desktop.underWay(1);
  dialog.answer = 'Keep training';
  BrowserWindow.only.close();
  await settled();
  expect(Tray.count).toBe(1);
  app.emit('second-instance', {}, ['stride'], '/');
  expect([BrowserWindow.count, Tray.count]).toEqual([1, 0]);
  desktop.end(1);
  await settled();
  expect(app.exited).toBeUndefined();
});

test('"cancel" leaves everything as it is; "stop and quit" checkpoints and ends', async () => {
  await desktop.start();
  desktop.underWay(1);
  dialog.answer = 'Cancel';
  BrowserWindow.only.close();
  await settled();
  expect([BrowserWindow.count, app.exited, desktop.lab.closed]).toEqual([1, undefined, 0]);
  dialog.answer = 'Stop and quit';
  BrowserWindow.only.close();
  await settled();
  expect([BrowserWindow.count, app.exited, desktop.lab.closed]).toEqual([0, 0, 1]);
});

test('a run that ends while the question is on the screen ends the program with "keep training"', async () => {
  await desktop.start();
  desktop.underWay(1);
  const answer = Promise.withResolvers<string>();
  dialog.answer = answer.promise;
  BrowserWindow.only.close();
  BrowserWindow.only.close();
  desktop.end(1);
  answer.resolve('Keep training');
  await settled();
  expect(dialog.questions).toHaveLength(1);
  expect([app.exited, desktop.lab.closed]).toEqual([0, 1]);
});

test('quitting asks while runs are under way, and the window stays until the checkpoints are written', async () => {
  await desktop.start();
  desktop.underWay(1);
  dialog.answer = 'Cancel';
  app.quit();
  await settled();
  expect(dialog.questions[0]?.message).toBe('Stop the run and quit?');
  expect([BrowserWindow.count, app.exited, desktop.lab.closed]).toEqual([1, undefined, 0]);

  const written = Promise.withResolvers<void>();
  desktop.lab.close = async () => {
    desktop.lab.closed += 1;
    await written.promise;
  };
  dialog.answer = 'Stop and quit';
  app.quit();
  await settled();
  app.quit();
  await settled();
  expect([BrowserWindow.count, app.exited, desktop.lab.closed, dialog.questions.length]).toEqual([
    1,
    undefined,
    1,
    2,
  ]);
  written.resolve();
  await settled();
  expect([BrowserWindow.count, app.exited]).toEqual([0, 0]);
});

test('signals, and the machine going down, end it without a question', async () => {
  await desktop.start();
  desktop.underWay(1);
  desktop.signals.emit('SIGTERM');
  await settled();
  expect([app.exited, desktop.lab.closed, dialog.questions]).toEqual([0, 1, []]);

  rmSync(desktop.folder, { recursive: true });
  desktop = openDesktop();
  await desktop.start();
  desktop.underWay(1);
  const event = preventable();
  powerMonitor.emit('shutdown', event);
  await settled();
  expect([app.exited, desktop.lab.closed, event.defaultPrevented, dialog.questions]).toEqual([
    0,
    1,
    true,
    [],
  ]);
});

test('on Windows, logging off waits for checkpoints where there are any to write', async () => {
  await desktop.start({ platform: 'win32' });
  const idle = preventable();
  BrowserWindow.only.emit('query-session-end', idle);
  expect(idle.defaultPrevented).toBe(false);
  desktop.underWay(1);
  const busy = preventable();
  BrowserWindow.only.emit('query-session-end', busy);
  await settled();
  expect([busy.defaultPrevented, app.exited, desktop.lab.closed]).toEqual([true, 0, 1]);
});

test('on macOS a closed window ends nothing, and comes back from the dock', async () => {
  await desktop.start({ platform: 'darwin' });
  desktop.underWay(1);
  BrowserWindow.only.close();
  desktop.end(1);
  await settled();
  expect([BrowserWindow.count, app.exited, dialog.questions]).toEqual([0, undefined, []]);
  app.emit('activate');
  expect(BrowserWindow.count).toBe(1);
});

test('checkpoints that cannot be written are said, with 1', async () => {
  await desktop.start();
  desktop.underWay(1);
  desktop.lab.close = async () => Promise.reject(new Error('the disk is full'));
  dialog.answer = 'Stop and quit';
  app.quit();
  await settled();
  expect(dialog.errors).toEqual(['the disk is full']);
  expect(app.exited).toBe(1);
});

test('the questions are asked in Chinese where the system is', async () => {
  app.locale = 'zh-CN';
  await desktop.start();
  desktop.underWay(1, 2);
  dialog.answer = '取消';
  app.quit();
  await settled();
  expect(dialog.questions[0]?.message).toBe('停止 2 个训练并退出？');
});

test('asks in the language that was chosen in the window, from the next question on', async () => {
  desktop.lab.answers['preferences.get'] = () => ({ locale: 'zh-CN' });
  await desktop.start();
  desktop.underWay(1);
  dialog.answer = '取消';
  BrowserWindow.only.close();
  await settled();
  desktop.lab.emit('preferences.changed', { key: 'theme', value: 'dark' });
  desktop.lab.emit('preferences.changed', { key: 'locale', value: 'en' });
  dialog.answer = 'Cancel';
  BrowserWindow.only.close();
  await settled();
  expect(dialog.questions.map(({ message }) => message)).toEqual([
    '有 1 个训练正在进行。',
    'A run is under way.',
  ]);
});
