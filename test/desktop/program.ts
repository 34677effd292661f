/** The real desktop program, started as a person would, driven through Chromium's and Node's debugging ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Browser, type Page, chromium } from '@playwright/test';
import { DebugPort } from './debugPort.ts';
import type { Display } from './display.ts';
import { Inspector } from './inspector.ts';
import { handToUser, ordinaryUser } from './stage.ts';

export interface ProgramOptions {
  /** Electron's program, with Stride in its resources. */
  readonly program: string;
  /** STRIDE_HOME; handed to the ordinary user. */
  readonly home: string;
  /** HOME: where the system's own folders are. */
  readonly userHome: string;
  readonly display: Display;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Whether the main process can be inspected; a packaged program's cannot. */
  readonly inspect?: boolean;
}

/** A process of Electron's ends late where the machine is busy. */
const patience = 60_000;

export function startProgram({
  program,
  home,
  userHome,
  display,
  args = [],
  env = {},
  inspect = true,
}: ProgramOptions): ChildProcess {
  handToUser(home);
  return spawn(
    program,
    [...(inspect ? ['--inspect=0'] : []), '--remote-debugging-port=0', '--disable-gpu', ...args],
    {
      cwd: userHome,
      env: {
        PATH: process.env['PATH'],
        LANG: 'en_GB.UTF-8',
        HOME: userHome,
        DISPLAY: display.name,
        STRIDE_HOME: home,
        // There is no session bus here, and none is to be started.
        DBUS_SESSION_BUS_ADDRESS: 'disabled:',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...ordinaryUser,
    },
  );
}

export class Program {
  readonly child: ChildProcess;
  /** Playwright's connection to the window, and the window's page. */
  browser: Browser;
  page: Page;
  /** Undefined where the main process cannot be inspected. */
  readonly main: Inspector | undefined;
  readonly #said: { text: string };
  readonly #port: DebugPort;

  private constructor(
    child: ChildProcess,
    { browser, page }: Shown,
    port: DebugPort,
    main: Inspector | undefined,
    said: { text: string },
  ) {
    this.child = child;
    this.browser = browser;
    this.page = page;
    this.main = main;
    this.#port = port;
    this.#said = said;
  }

  /** Until its window shows its page. */
  static async start(options: ProgramOptions): Promise<Program> {
    const child = startProgram(options);
    const said = { text: '' };
    const keep = (data: Buffer) => {
      said.text += data.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const inspected = options.inspect ?? true;
    let port: DebugPort | undefined;
    try {
      const devtools = await addressIn(child, said, /DevTools listening on (ws:\/\/\S+)/);
      const inspector = inspected
        ? await addressIn(child, said, /Debugger listening on (ws:\/\/\S+)/)
        : undefined;
      port = await DebugPort.open(Number(new URL(devtools).port));
      const shown = await connectTo(port, child);
      const main = inspector ? await Inspector.connect(inspector) : undefined;
      return new Program(child, shown, port, main, said);
    } catch (error) {
      port?.close();
      child.kill('SIGKILL');
      throw new Error(`the desktop program did not come up:\n${said.text}`, { cause: error });
    }
  }

  /**
   * Kills the window's process, and waits for the one that takes its place. Playwright is not connected meanwhile: a page that has crashed
   * under it never answers again.
   */
  async killWindow(): Promise<void> {
    await this.#disconnect();
    const killed = await this.#windowProcess(0);
    process.kill(killed, 'SIGKILL');
    await this.#windowProcess(killed);
    ({ browser: this.browser, page: this.page } = await connectTo(this.#port, this.child));
  }

  /** Saving is Electron's again, as it is for people: Playwright takes over what a page saves when it connects. */
  async saveAsElectron(): Promise<void> {
    const session = await this.browser.newBrowserCDPSession();
    await session.send('Browser.setDownloadBehavior', { behavior: 'default' });
    await session.detach();
  }

  async #disconnect(): Promise<void> {
    const gone = new Promise((resolve) => this.browser.once('disconnected', resolve));
    if (!this.browser.isConnected()) return;
    this.#port.cut();
    await gone;
  }

  /** Waits until the window has loaded its page in another process than that of the number `not`, and gives that process's number. */
  async #windowProcess(not: number): Promise<number> {
    for (const end = Date.now() + patience; Date.now() < end;) {
      const pid = await this.main!.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        return !contents || contents.isCrashed() || contents.isLoading() ? 0 : contents.getOSProcessId();
      });
      if (pid > 0 && pid !== not) return pid;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the window has no process that has loaded its page:\n${this.said}`);
  }

  /** All that it has printed. */
  get said(): string {
    return this.#said.text;
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Gives the exit code, or the signal's name. */
  async end(signal?: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number | string> {
    // Electron does not end while its main process is inspected.
    this.main?.close();
    if (!this.ended) {
      const exit = once(this.child, 'exit');
      if (signal) this.child.kill(signal);
      const timer = setTimeout(() => this.child.kill('SIGKILL'), patience);
      await exit;
      clearTimeout(timer);
    }
    await this.#disconnect();
    this.#port.close();
    return this.child.exitCode ?? String(this.child.signalCode);
  }
}

interface Shown {
  readonly browser: Browser;
  readonly page: Page;
}

async function connectTo(port: DebugPort, child: ChildProcess): Promise<Shown> {
  await windowAt(port.url, child);
  const browser = await chromium.connectOverCDP(port.url);
  return { browser, page: await windowOf(browser) };
}

/** Waits for the window's page. Who connects before it is there waits for ever: Electron has no page that could answer. */
async function windowAt(url: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const targets = (await (await fetch(`${url}/json/list`)).json()) as { type: string; url: string }[];
    if (targets.some(({ type, url }) => type === 'page' && url.startsWith('app://'))) return;
    if (child.exitCode !== null || child.signalCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no window came up');
}

/** The page that the program's window shows. */
export async function windowOf(browser: Browser): Promise<Page> {
  const [context] = browser.contexts();
  if (!context) throw new Error('Electron shows no context');
  const isWindow = (page: Page) => page.url().startsWith('app://');
  for (const end = Date.now() + patience; Date.now() < end;) {
    const page = context.pages().find(isWindow);
    if (page) {
      // A test that went to another page while this one loads would be refused.
      await page.waitForLoadState();
      return page;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    `no window came up: ${context
      .pages()
      .map((page) => page.url())
      .join(', ')}`,
  );
}

async function addressIn(child: ChildProcess, said: { text: string }, pattern: RegExp): Promise<string> {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const found = pattern.exec(said.text)?.[1];
    if (found) return found;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`it ended with ${String(child.exitCode ?? child.signalCode)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it never said ${pattern.source}`);
}

/** Where the program keeps what Chromium keeps. */
export const chromiumFolder = (home: string) => join(home, 'desktop');
