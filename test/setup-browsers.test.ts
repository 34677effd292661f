// The two browsers that set-up looks for: Electron's runtime, which a start can do without, and a Chromium to test in.
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as chromium from '../scripts/setup/chromium.mjs';
import * as electron from '../scripts/setup/electron.mjs';
import { type Checkout, makeCheckout } from './support/setup.ts';

describe("Electron's runtime", () => {
  test('is not fetched without a display, which is said once', async () => {
    const checkout = makeCheckout();
    expect(electron.isDone(checkout.context())).toBe(false);
    await electron.install(checkout.context(), checkout.report);
    expect(checkout.said()).toBe(
      '  Electron    this machine has no display: the lab will open in the browser\n',
    );
    expect(electron.isDone(checkout.context())).toBe(true);
    // Someone sits down at it.
    checkout.env['DISPLAY'] = ':0';
    expect(electron.isDone(checkout.context())).toBe(false);
  });

  test('that cannot be fetched is not tried again the same day', async () => {
    const checkout = makeCheckout({ DISPLAY: ':0' });
    checkout.write('node_modules/electron/install.js', "console.error('HTTP 403'); process.exit(1);");
    checkout.write('node_modules/electron/dist/half', 'of a runtime');
    await electron.install(checkout.context(), checkout.report);
    expect(checkout.said()).toContain(
      "Electron's runtime could not be fetched: the lab will open in the browser",
    );
    expect(existsSync(join(checkout.root, 'node_modules/electron/dist'))).toBe(false);
    expect(electron.isDone(checkout.context())).toBe(true);
    expect(checkout.context().recentFailure('electron')).toContain('403');
    checkout.env['STRIDE_RETRY'] = '1';
    expect(electron.isDone(checkout.context())).toBe(false);
  });

  test('is there when its installer has written where', async () => {
    const checkout = makeCheckout({ DISPLAY: ':0' });
    checkout.write(
      'node_modules/electron/install.js',
      `const fs = require('node:fs');
       fs.mkdirSync(__dirname + '/dist');
       fs.writeFileSync(__dirname + '/dist/electron', '');
       fs.writeFileSync(__dirname + '/path.txt', 'electron');`,
    );
    await electron.install(checkout.context(), checkout.report);
    expect(electron.electronProgram(checkout.context())).toBe(
      join(checkout.root, 'node_modules/electron/dist/electron'),
    );
    expect(electron.isDone(checkout.context())).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('Chromium', () => {
  /** A program that answers --version with these words, or fails. */
  function program(checkout: Checkout, path: string, words: string | undefined): string {
    const file = checkout.write(
      path,
      words === undefined ? '#!/bin/sh\nexit 1\n' : `#!/bin/sh\necho '${words}'\n`,
    );
    chmodSync(file, 0o755);
    return file;
  }

  test('on the PATH is found, past one that does not run', async () => {
    const checkout = makeCheckout();
    program(checkout, 'bin/chromium', undefined); // Ubuntu's, which only tells to install a snap
    const chrome = program(checkout, 'bin/google-chrome', 'Google Chrome 156.0.8078.79 ');
    checkout.env['PATH'] = join(checkout.root, 'bin');
    await chromium.install(checkout.context(), checkout.report);
    expect(checkout.context().state.chromium).toEqual({
      path: chrome,
      version: 'Google Chrome 156.0.8078.79',
      source: 'installed',
    });
    expect(chromium.isDone(checkout.context())).toBe(true);
  });

  test('that CHROME_PATH names comes first', async () => {
    const checkout = makeCheckout();
    program(checkout, 'bin/chromium', 'Chromium 150.0.1.2');
    checkout.env['PATH'] = join(checkout.root, 'bin');
    await chromium.install(checkout.context(), checkout.report);
    checkout.env['CHROME_PATH'] = program(checkout, 'mine/chrome', 'Chromium 160.0.1.2');
    expect(chromium.isDone(checkout.context())).toBe(false);
    await chromium.install(checkout.context(), checkout.report);
    expect(checkout.context().state.chromium?.path).toBe(checkout.env['CHROME_PATH']);
    expect(chromium.isDone(checkout.context())).toBe(true);
  });

  test('that went away is looked for again', () => {
    const checkout = makeCheckout();
    const context = checkout.context();
    context.state.chromium = { path: join(checkout.root, 'gone'), version: '1', source: 'installed' };
    expect(chromium.isDone(context)).toBe(false);
  });

  test('that nobody has is an error that says what would do', async () => {
    const checkout = makeCheckout({ PATH: '/nowhere', PLAYWRIGHT_BROWSERS_PATH: '/nowhere' });
    await expect(chromium.install(checkout.context(), checkout.report)).rejects.toThrow(
      /none was found.*CHROME_PATH=/,
    );
    expect(checkout.said()).toContain('no Chromium could be had');
  });
});
