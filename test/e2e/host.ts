/**
 * The built browser host for tests: a process of its own with a folder of its own, which a test may stop, kill and start
 * again, on another port each time, as people do. One for all tests of a file, for they build on one another.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Page, test } from '@playwright/test';

const program = fileURLToPath(new URL('../../out/main/browser.js', import.meta.url));

export class Host {
  /** Its STRIDE_HOME; made at the first start. */
  home = '';
  /** With the token; for the first visit. */
  url = '';
  #child: ChildProcess | undefined;

  async start(): Promise<void> {
    this.home ||= await mkdtemp(join(tmpdir(), 'stride-e2e-'));
    const child = spawn(process.execPath, [program, '--json', '--no-window'], {
      env: { ...process.env, STRIDE_HOME: this.home, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const lines = createInterface({ input: child.stdout });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the host ended with ${String(code)} before it gave its address`);
    });
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    ended.catch(() => undefined);
    this.url = (JSON.parse(line) as { url: string }).url;
  }

  /** As Ctrl-C does: runs are checkpointed. `SIGKILL` leaves them as they are. */
  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  async end(): Promise<void> {
    await this.stop();
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

export { expect, test } from '@playwright/test';

/** Notes whatever the page reports as wrong, its Content Security Policy's refusals too; to be empty at the end. */
export function watchForErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}
