// A throw-away checkout for the tests of set-up: a folder, a context on it, and a report that is kept.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Context } from '../../scripts/setup/context.mjs';
import { Report } from '../../scripts/setup/report.mjs';

export interface Checkout {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  /** A fresh context, which reads the record from disk. */
  context(): Context;
  /** Writes a file below the root. */
  write(path: string, content: string): string;
  /** What was reported so far. */
  said(): string;
}

/** The folder goes when the test ends. Its cache is `<root>/cache`. */
export function makeCheckout(env: NodeJS.ProcessEnv = {}): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'stride-setup-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const whole = { PATH: process.env['PATH'], STRIDE_CACHE: join(root, 'cache'), ...env };
  let said = '';
  return {
    root,
    env: whole,
    report: new Report({
      write: (text) => {
        said += text;
      },
    }),
    context: () => new Context({ root, env: whole, platform: 'linux', arch: 'x64' }),
    write: (path, content) => {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    said: () => said,
  };
}
