// These tests use a shell script as the browser, selected by CHROME_PATH as a user might.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findBrowser, hasDisplay, openAppWindow } from './appWindow.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stride-browser-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function executable(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('a display is asked for on Linux only', () => {
  expect(hasDisplay('linux', {})).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: '' })).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true);
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  expect(hasDisplay('win32', {})).toBe(true);
  expect(hasDisplay('darwin', {})).toBe(true);
});

describe.skipIf(process.platform === 'win32')('a browser', () => {
  test('is the one that CHROME_PATH names', async () => {
    const browser = executable('chrome', 'exit 0');
    vi.stubEnv('CHROME_PATH', browser);
    expect(await findBrowser('linux', process.env)).toBe(browser);
  });

  test.runIf(process.platform === 'linux')(
    'is Edge where there is no other, and may be missing',
    async () => {
      const getInstallations = () => {
        throw Object.assign(new Error('none'), { code: 'ERR_LAUNCHER_PATH_NOT_SET' });
      };
      vi.doMock('chrome-launcher', () => ({ Launcher: { getInstallations } }));
      const edge = executable('microsoft-edge', 'exit 0');
      expect(await findBrowser('linux', { PATH: ['/nowhere', folder].join(delimiter) })).toBe(edge);
      expect(await findBrowser('linux', { PATH: '/nowhere' })).toBeUndefined();
      vi.doUnmock('chrome-launcher');
    },
  );

  test('gets the address as an app window, and no profile questions', async () => {
    const seen = join(folder, 'seen');
    const browser = executable('chrome', `echo "$@" > '${seen}'`);
    expect(await openAppWindow(browser, 'http://127.0.0.1:1/?ticket=x')).toBe(true);
    expect(readFileSync(seen, 'utf8')).toBe(
      '--app=http://127.0.0.1:1/?ticket=x --no-first-run --no-default-browser-check\n',
    );
  });

  test('that cannot start is noticed', async () => {
    expect(await openAppWindow(executable('chrome', 'exit 1'), 'http://127.0.0.1:1/')).toBe(false);
    expect(await openAppWindow(join(folder, 'none'), 'http://127.0.0.1:1/')).toBe(false);
  });

  test('that keeps running is left alone', async () => {
    expect(await openAppWindow(executable('chrome', 'exec sleep 3'), 'http://127.0.0.1:1/')).toBe(true);
  });
});
