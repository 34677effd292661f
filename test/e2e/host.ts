/**
 * The built program for tests: a process of its own with a folder of its own, which a test may stop, kill and start again, as people do.
 * One for all tests of a file, for they build on one another. In the project `browser` it is the browser host, on another port each time,
 * and the page is a browser's; in the project `desktop` it is the real Electron, and the page is its window.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { NoteFilter } from '../../scripts/setup/native-notes.mjs';
import { toLab } from '../../src/shared/api/bridge.ts';
import { decodeMessage } from '../../src/shared/base/codec.ts';
import { Desktop } from '../desktop/desktop.ts';
import { ask } from '../desktop/lab.ts';
import { userFolder } from '../desktop/stage.ts';

const program = fileURLToPath(new URL('../../out/main/browser.js', import.meta.url));
const askedAhead = 50;
const desktopUrl = 'app://stride/index.html';

/** Scripts that take pictures or measure use a host outside of a test: the browser host. */
export function isDesktop(): boolean {
  try {
    return base.info().project.name === 'desktop';
  } catch {
    return false;
  }
}

/** The desktop programs of this worker, the youngest last: the fixture `page` is its window. */
const desktops: Desktop[] = [];

export class Host {
  /** Its STRIDE_HOME; made at the first start. */
  home = '';
  /** Addresses that open once each; asked for ahead, as many as a test may want at once. */
  #urls: string[] = [];
  #child: ChildProcess | undefined;
  #desktop: Desktop | undefined;

  /** For a first visit; in a browser with a token, each time another one. */
  get url(): string {
    if (this.#desktop) return desktopUrl;
    const url = this.#urls.shift();
    if (url === undefined) throw new Error('the host has given no more addresses');
    this.#child?.stdin?.write('\n');
    return url;
  }

  async start(): Promise<void> {
    this.home ||= await mkdtemp(join(tmpdir(), 'stride-e2e-'));
    if (isDesktop()) await this.#startDesktop();
    else await this.#startBrowserHost();
  }

  /** The address of a place in the window, as in `#/runs`. */
  at(place: string): string {
    const { protocol, host } = new URL(this.url);
    return `${protocol}//${host}/${place}`;
  }

  /** Opens the window as a new visitor and goes to a place in it; returns when a screen is shown. */
  async open(page: Page, place: string): Promise<void> {
    await page.goto(this.url);
    await page.goto(this.at(place));
    await page.locator('#heading').waitFor();
  }

  async #startDesktop(): Promise<void> {
    this.#desktop ??= new Desktop(this.home);
    if (!desktops.includes(this.#desktop)) desktops.push(this.#desktop);
    await this.#desktop.start();
    awaitScreen(this.#desktop.page);
    await screenOf(this.#desktop.page);
  }

  async #startBrowserHost(): Promise<void> {
    const child = spawn(process.execPath, [program, '--json', '--no-window'], {
      env: { ...process.env, STRIDE_HOME: this.home, NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stderr.pipe(new NoteFilter()).pipe(process.stderr, { end: false });
    this.#child = child;
    this.#urls = [];
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the host ended with ${String(code)} before it gave its addresses`);
    });
    const given = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#urls.push((JSON.parse(line) as { url: string }).url);
        if (this.#urls.length === askedAhead) resolve();
      });
    });
    child.stdin.write('\n'.repeat(askedAhead - 1));
    await Promise.race([given, ended]);
    ended.catch(() => undefined);
  }

  /** As Ctrl-C does: runs are checkpointed. `SIGKILL` leaves them as they are. */
  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    await this.#desktop?.stop(signal);
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  async end(): Promise<void> {
    await this.stop();
    if (this.#desktop) desktops.splice(desktops.indexOf(this.#desktop), 1);
    await rm(this.home, { recursive: true, force: true });
  }
}

/** The host of a file's tests; each test finds it running. */
export function hostOfThisFile(): Host {
  const host = new Host();
  test.beforeAll(() => host.start());
  test.afterAll(() => host.end());
  return host;
}

/**
 * The window of the desktop program that runs now: when the program is started again within a test, the same `page` is the new window.
 * What was made from it before, a locator, still means the old one. `undo` is given what takes back each script that is added to the window,
 * because the window is also that of the next test.
 */
function windowPage(undo: (() => Promise<void>)[] = []): Page {
  const current = () => {
    const page = desktops.at(-1)?.page;
    if (!page) throw new Error('no desktop program is running');
    return page;
  };
  return new Proxy({} as Page, {
    get: (_target, name) => {
      const page = current();
      if (name === 'addInitScript')
        return async (...given: Parameters<Page['addInitScript']>) => {
          const added = await page.addInitScript(...given);
          undo.push(async () => {
            if (!page.isClosed()) await added.dispose();
          });
          return added;
        };
      const value: unknown = Reflect.get(page, name, page);
      return typeof value === 'function' ? (value.bind(page) as unknown) : value;
    },
    getPrototypeOf: () => Object.getPrototypeOf(current()) as object,
  });
}

/**
 * Waits until the page shows a screen under its own address. A browser counts the page as loaded before. What a test pressed then would be
 * lost; a person waits until there is something to press. And a page without an address gives itself that of its first screen: a test that
 * went elsewhere at that moment would be refused (`ERR_ABORTED`).
 */
async function screenOf(page: Page): Promise<void> {
  await page.waitForURL(/#\/./);
  await page.locator('.first-frame').waitFor({ state: 'detached' });
  await page.locator('#heading').waitFor();
}

/** Lets `goto` and `reload` wait for the page's screen. */
function awaitScreen(page: Page): void {
  const shown = async <T>(loading: Promise<T>): Promise<T> => {
    const answer = await loading;
    await screenOf(page);
    return answer;
  };
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = (...given) => shown(goto(...given));
  page.reload = (...given) => shown(reload(...given));
}

export const test = base.extend<{ context: BrowserContext; page: Page }>({
  context: async ({ context }, use, { project }) => {
    context.on('page', awaitScreen);
    await use(project.name === 'desktop' ? windowPage().context() : context);
  },
  page: async ({ context, viewport, locale, colorScheme, reducedMotion }, use, { project }) => {
    // Electron makes no pages for Playwright, so its window's is taken, and a new one in a browser alone.
    if (project.name !== 'desktop') {
      await use(await context.newPage());
      return;
    }
    const undo: (() => Promise<void>)[] = [];
    const window = windowPage(undo);
    // As a browser's page is at the beginning of a test; a window is that of the test before.
    await window.setViewportSize(viewport ?? { width: 1280, height: 720 });
    await window.emulateMedia({ colorScheme, reducedMotion });
    // A browser asks for a language; the desktop has the system's, or the one that was chosen in the window.
    const other = locale !== undefined && locale !== 'en-US';
    if (other) await ask(window, 'preferences.set', { key: 'locale', value: locale });
    await use(window);
    for (const each of undo) await each();
    if (other) await ask(windowPage(), 'preferences.set', { key: 'locale', value: 'en' });
  },
});

export { expect } from '@playwright/test';

/** The file that the page saves when `press` is done: in a browser a download, on the desktop where the dialog for it would have put it. */
export async function saved(page: Page, press: () => Promise<void>): Promise<string> {
  if (!isDesktop()) {
    const download = page.waitForEvent('download');
    await press();
    return (await download).path();
  }
  const { program } = desktops.at(-1)!;
  const { main } = program;
  await program.saveAsElectron();
  await main!.evaluate(({ session }, folder: string) => {
    Reflect.deleteProperty(globalThis, 'strideSaved');
    session.defaultSession.once('will-download', (_event, item) => {
      item.setSavePath(`${folder}/${item.getFilename()}`);
      item.once('done', () => Reflect.set(globalThis, 'strideSaved', item.getSavePath()));
    });
  }, userFolder('stride-saved-'));
  await press();
  const path = () =>
    main!.evaluate(() => (Reflect.get(globalThis, 'strideSaved') as string | undefined) ?? '');
  await expect.poll(path).not.toBe('');
  return path();
}

/** For tests that write to the clipboard; the desktop's window may, and may do no more. */
export async function allowClipboard(context: BrowserContext): Promise<void> {
  if (!isDesktop()) await context.grantPermissions(['clipboard-read', 'clipboard-write']);
}

/** To be called first in a test that the desktop program cannot do; `why` says what differs there, and which test has it instead. */
export function needsBrowser(why: string): void {
  test.skip(isDesktop(), why);
}

export const needsSecondWindow = () => needsBrowser('the desktop program has one window');

/** Notes the names of the calls that the page makes from now on; the function that is returned tells them. */
export async function callsOf(page: Page): Promise<() => Promise<string[]>> {
  if (!isDesktop()) {
    const names: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const message = decodeMessage(Buffer.from(payload)) as { name?: string };
        if (message.name !== undefined) names.push(message.name);
      }),
    );
    return () => Promise.resolve(names);
  }
  const main = desktops.at(-1)!.program.main!;
  await main.evaluate(({ ipcMain }, channel: string) => {
    const names: string[] = [];
    Reflect.set(globalThis, 'strideCalls', names);
    ipcMain.on(channel, (_event, message: { name?: string }) => {
      if (message.name !== undefined) names.push(message.name);
    });
  }, toLab);
  return () => main.evaluate(() => Reflect.get(globalThis, 'strideCalls') as string[]);
}

/** Notes whatever the page reports as wrong, its Content Security Policy's refusals too; to be empty at the end. */
export function watchForErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}
