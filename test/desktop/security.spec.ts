/**
 * Electron's security checklist (electronjs.org/docs/latest/tutorial/security), item by item, in the real Electron: what a page could do if
 * something foreign got into it is tried from inside the page.
 */
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Desktop } from './desktop.ts';
import { ask } from './lab.ts';
import { userFolder } from './stage.ts';
import { expect, test } from '../e2e/host.ts';

test.describe.configure({ timeout: 300_000 });

const own = 'app://stride/index.html';
const desktop = new Desktop();
/** A site on this machine: nothing in these tests asks the network, and nothing must ask this either. */
let site: Server;
let remote: string;
let asked: string[];

test.beforeAll(async () => {
  asked = [];
  site = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('Access-Control-Allow-Origin', '*').end('<script>window.foreign = 1</script>');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  remote = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
  desktop.home = userFolder('stride-home-');
  await desktop.start();
});
test.afterAll(async () => {
  await desktop.stop();
  site.close();
});
test.afterEach(() => {
  expect(asked).toEqual([]);
});

test('@always 2 and 3: no Node in the page, and nothing of the preload’s but the bridge', async () => {
  const found = await desktop.page.evaluate(() => ({
    names: ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer'].filter(
      (name) => name in globalThis,
    ),
    bridge: Object.keys(Reflect.get(globalThis, 'stride') as object).sort(),
    frozen: Object.isFrozen(Reflect.get(globalThis, 'stride')),
  }));
  expect(found.names).toEqual([]);
  expect(found.bridge).toEqual(expect.arrayContaining(['onMessage', 'send']));
  const preferences = await desktop.program.main!.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    return (
      window!.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
    ).getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
  });
});

test('@always 5: no permission but to write the clipboard', async () => {
  const outcomes = await desktop.page.evaluate(async () => {
    const outcome = (work: Promise<unknown>) =>
      work.then(
        () => 'granted',
        (error: Error) => error.name,
      );
    return {
      camera: await outcome(navigator.mediaDevices.getUserMedia({ video: true })),
      place: await outcome(
        new Promise((resolve, reject) =>
          navigator.geolocation.getCurrentPosition(resolve, (error) => reject(new Error(String(error.code)))),
        ),
      ),
      notification: await Notification.requestPermission(),
      clipboardRead: await outcome(navigator.clipboard.readText()),
      screen: await outcome(navigator.mediaDevices.getDisplayMedia()),
      midi: await outcome(navigator.requestMIDIAccess()),
    };
  });
  expect(Object.values(outcomes)).not.toContain('granted');
  await desktop.page.bringToFront();
  await desktop.page.evaluate(() => navigator.clipboard.writeText('a net'));
  expect(await desktop.program.main!.evaluate(({ clipboard }) => clipboard.readText())).toBe('a net');
});

test('@always 7 and 8: the policy lets nothing inline and nothing evaluated run', async () => {
  const { page } = desktop;
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.inline = 1';
    document.body.append(script);
    const foreign = document.createElement('script');
    foreign.src = 'data:text/javascript,window.data = 1';
    document.body.append(foreign);
    await new Promise((resolve) => setTimeout(resolve, 200));
    script.remove();
    foreign.remove();
    let evaluated = 'ran';
    try {
      new Function('return 1')();
    } catch (error) {
      evaluated = (error as Error).name;
    }
    return [Reflect.get(globalThis, 'inline'), Reflect.get(globalThis, 'data'), evaluated];
  });
  expect(ran).toEqual([undefined, undefined, 'EvalError']);
});

test('@always 11: a webview is an element like any unknown one', async () => {
  const made = await desktop.page.evaluate((address) => {
    const view = document.createElement('webview');
    view.setAttribute('src', address);
    document.body.append(view);
    const has = 'loadURL' in view || 'getWebContentsId' in view;
    setTimeout(() => view.remove(), 500);
    return has;
  }, remote);
  expect(made).toBe(false);
});

test('@always 13: the page goes nowhere else, to no site, no file, no other host of its scheme', async () => {
  const { page } = desktop;
  for (const address of [remote, 'file:///etc/passwd', 'app://other/index.html', 'data:text/html,foreign']) {
    await page
      .evaluate((to) => {
        location.assign(to);
      }, address)
      .catch(() => undefined);
    await page.waitForTimeout(200);
    expect(page.url().startsWith(own), address).toBe(true);
  }
  expect(await ask(page, 'app.info')).toMatchObject({ host: 'desktop' });
});

test('@always 14: it opens no windows', async () => {
  const opened = await desktop.page.evaluate((address) => {
    const link = document.createElement('a');
    Object.assign(link, { href: address, target: '_blank' });
    document.body.append(link);
    link.click();
    link.remove();
    return [window.open(address), window.open('about:blank'), window.open(location.href)].map(
      (each) => each === null,
    );
  }, remote);
  expect(opened).toEqual([true, true, true]);
  expect(
    await desktop.program.main!.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length),
  ).toBe(1);
});

test('@always 1 and 6: nothing is fetched from a site or from the disk, whoever asks in this session', async () => {
  const { page, program } = desktop;
  const fetched = await page.evaluate(async (address) => {
    const outcome = (work: Promise<unknown>) =>
      work.then(
        () => 'fetched',
        () => 'refused',
      );
    const image = (src: string) =>
      new Promise((resolve, reject) => {
        const element = new Image();
        element.onload = resolve;
        element.onerror = reject;
        element.src = src;
      });
    return [
      await outcome(fetch(address)),
      await outcome(fetch('file:///etc/passwd')),
      await outcome(image(`${address}picture.png`)),
      await outcome(image('file:///usr/share/pixmaps/debian-logo.png')),
      await outcome(
        new Promise((resolve, reject) =>
          Object.assign(new WebSocket(address.replace('http', 'ws')), { onopen: resolve, onerror: reject }),
        ),
      ),
    ];
  }, remote);
  expect(fetched).toEqual(['refused', 'refused', 'refused', 'refused', 'refused']);
  // Without the page's policy in between: another window of this session.
  const loaded = await program.main!.evaluate(
    async ({ BrowserWindow }, addresses: string[]) => {
      const window = new BrowserWindow({ show: false });
      const outcomes: string[] = [];
      for (const address of addresses) {
        outcomes.push(
          await window.loadURL(address).then(
            () => 'loaded',
            () => 'refused',
          ),
        );
      }
      window.destroy();
      return outcomes;
    },
    [remote, 'file:///etc/passwd'],
  );
  expect(loaded).toEqual(['refused', 'refused']);
});

test('@always 17: a message from another frame or another window is not heard', async () => {
  const { page, program } = desktop;
  const inside = await page.evaluate(() => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const bridge = frame.contentWindow && Reflect.get(frame.contentWindow, 'stride');
    frame.remove();
    return typeof bridge;
  });
  expect(inside).toBe('undefined');
  const answers = await program.main!.evaluate(async ({ BrowserWindow, app, dialog }) => {
    const preload = `${app.getAppPath()}/out/preload/preload.cjs`;
    const heard: unknown[] = [];
    const { showOpenDialog } = dialog;
    let dialogs = 0;
    dialog.showOpenDialog = () => {
      dialogs += 1;
      return Promise.resolve({ canceled: false, filePaths: ['/etc'] });
    };
    // The first is no page of ours; the second is, in a window that has no channel to the lab.
    for (const address of ['about:blank', 'app://stride/index.html']) {
      const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await other.loadURL(address);
      heard.push(
        (await other.webContents.executeJavaScript(`new Promise((resolve) => {
          let count = 0;
          stride.onMessage(() => { count += 1; });
          stride.send({ kind: 'call', id: 1, name: 'app.info', request: {} });
          setTimeout(() => resolve(count), 1000);
        })`)) as number,
        await other.webContents.executeJavaScript('stride.chooseFolder()'),
      );
      other.destroy();
    }
    dialog.showOpenDialog = showOpenDialog;
    return { heard, dialogs };
  });
  // Neither is answered by the lab, and neither gets a folder or the dialog that asks for one.
  expect(answers).toEqual({ heard: [0, null, 0, null], dialogs: 0 });
});

test('@always 18: its own scheme serves the window’s folder and nothing above it', async () => {
  const answers = await desktop.page.evaluate(async () => {
    const status = async (path: string) => (await fetch(path).catch(() => undefined))?.status;
    return [
      await status('app://stride/index.html'),
      await status('app://stride/..%2f..%2fpackage.json'),
      await status('app://stride/..%5cmain%5cdesktop.js'),
      await status('app://stride/%2e%2e/main/desktop.js'),
      await status('app://stride/assets'),
    ];
  });
  expect(answers).toEqual([200, 404, 404, 404, 404]);
});
