/**
 * The program as it would lie on a person's machine: Electron's runtime with the built program, its packages and the prepared library in
 * `resources/app`, in a folder that an ordinary user can read. Files are linked where that is possible, so that it costs seconds and
 * no disk. Two things differ from what ships: the runtime's version, and better-sqlite3's file, which is built for it.
 */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Context } from '../../scripts/setup/context.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What an ordinary user is here: this process's own, or, where that is root, a number that no account has. */
export const ordinaryUser = process.getuid?.() === 0 ? { uid: 64_800, gid: 64_800 } : {};

export interface TestElectron {
  readonly version: string;
  readonly runtime: string;
  readonly sqlite: string;
  readonly xvfb: string;
}

/** What set-up has found, or why there is none. */
export function testElectron(): TestElectron | string {
  const { state } = new Context({ root });
  if (!state.testElectron) return state.failures['testElectron']?.why ?? 'set-up has not looked for one';
  if (process.getuid?.() !== 0 && !hasUserNamespaces())
    return 'the sandbox needs root once, or user namespaces';
  return state.testElectron;
}

function hasUserNamespaces(): boolean {
  const allowed = (file: string, not: string) =>
    !existsSync(file) || readFileSync(file, 'utf8').trim() !== not;
  return (
    allowed('/proc/sys/kernel/unprivileged_userns_clone', '0') &&
    allowed('/proc/sys/user/max_user_namespaces', '0') &&
    allowed('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1')
  );
}

export interface Stage {
  readonly folder: string;
  /** Electron with the program in its resources. */
  readonly program: string;
  readonly app: string;
  remove(): void;
}

export function stage({ runtime, sqlite }: TestElectron): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'stride-desktop-'));
  chmodSync(folder, 0o755);
  const target = join(folder, 'runtime');
  linkTree(runtime, target);
  replace(join(runtime, 'chrome-sandbox'), join(target, 'chrome-sandbox'));
  allowSandbox(target);
  const app = join(target, 'resources', 'app');
  mkdirSync(app, { recursive: true });
  for (const name of ['package.json', 'out']) linkTree(join(root, name), join(app, name));
  for (const name of productionPackages()) linkTree(join(root, name), join(app, name));
  replace(sqlite, join(app, 'node_modules/better-sqlite3/prebuilds/linux-x64.node'));
  return {
    folder,
    program: join(target, 'electron'),
    app,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Chromium's sandbox wants its helper to be root's, with the right to become root; where this is not root, user namespaces do. */
export function allowSandbox(folder: string): void {
  if (process.getuid?.() !== 0) return;
  const helper = join(folder, 'chrome-sandbox');
  chownSync(helper, 0, 0);
  chmodSync(helper, 0o4755);
}

/** What is not only for development; the Node of node_modules is not needed in Electron. */
function productionPackages(): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([name, { dev, devOptional }]) => name !== '' && !dev && !devOptional)
    .map(([name]) => name)
    .filter((name) => !/^node_modules\/node-(linux|win)/.test(name) && existsSync(join(root, name)));
}

/** A copy of a tree in which links are followed and files are links of files. Packages inside packages come by themselves. */
export function linkTree(from: string, to: string): void {
  if (!statSync(from).isDirectory()) {
    linkFile(from, to);
    return;
  }
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const goal = join(to, entry.name);
    if (entry.isFile()) linkFile(source, goal);
    else if (existsSync(source)) linkTree(source, goal);
  }
}

function linkFile(from: string, to: string): void {
  try {
    linkSync(realpathSync(from), to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    copyFileSync(from, to);
  }
}

function replace(from: string, to: string): void {
  rmSync(to, { force: true });
  copyFileSync(from, to);
}

/** Gives a folder to the ordinary user, with all that is in it. */
export function handToUser(folder: string): void {
  const { uid, gid } = ordinaryUser;
  if (uid === undefined || gid === undefined) return;
  lchownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), uid, gid);
  }
}

/** A new folder below the system's for temporary files, the ordinary user's own. */
export function userFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  handToUser(folder);
  return folder;
}
