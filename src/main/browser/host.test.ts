import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StandInLab, appInfo, runSummary } from '../../../test/support/standInLab.ts';
import { Written } from '../../../test/support/written.ts';
import { Problem } from '../../shared/base/problem.ts';
import { runBrowserHost } from './host.ts';

let renderer: string;
let lab: StandInLab;
let signals: EventEmitter;
let stdout: Written;
let stderr: Written;
const kill = vi.fn();
beforeEach(() => {
  renderer = mkdtempSync(join(tmpdir(), 'stride-renderer-'));
  writeFileSync(join(renderer, 'index.html'), 'window');
  lab = new StandInLab({ 'app.info': () => appInfo(renderer) });
  signals = new EventEmitter();
  stdout = new Written();
  stderr = new Written();
  kill.mockReset();
});
afterEach(() => {
  rmSync(renderer, { recursive: true });
});

const start = (options = {}, createLab = async () => lab) =>
  runBrowserHost(
    { createLab, renderer, stdout, stderr, signals, platform: 'linux', env: {}, kill },
    { port: 0, window: false, json: false, ...options },
  );

test('prints the address on one line, and ends with 0 at Ctrl-C, the lab closed', async () => {
  const ended = start();
  await vi.waitUntil(() => stdout.text !== '');
  expect(stdout.text).toMatch(/^Stride is open at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+\n$/);
  const url = stdout.text.trim().split(' ').at(-1)!;
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
  signals.emit('SIGINT');
  expect(await ended).toBe(0);
  expect(lab.closed).toBe(1);
  expect(stderr.text).toBe('');
  await expect(fetch(url)).rejects.toThrow();
});

test('Enter prints another address: the one before was used up', async () => {
  const stdin = new PassThrough();
  const ended = runBrowserHost(
    {
      createLab: async () => lab,
      renderer,
      stdin,
      stdout,
      stderr,
      signals,
      platform: 'linux',
      env: {},
      kill,
    },
    { port: 0, window: false, json: false },
  );
  const addresses = () =>
    stdout.text
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1) ?? '');
  const status = async (url: string) => (await fetch(url, { redirect: 'manual' })).status;
  await vi.waitUntil(() => stdout.text !== '');
  expect(await status(addresses()[0]!)).toBe(303);
  expect(await status(addresses()[0]!)).toBe(403);
  stdin.write('\n');
  await vi.waitUntil(() => addresses().length === 2);
  expect(await status(addresses()[1]!)).toBe(303);
  signals.emit('SIGINT');
  expect(await ended).toBe(0);
});

test('--json prints one object and nothing else', async () => {
  const ended = start({ json: true });
  await vi.waitUntil(() => stdout.text !== '');
  expect(JSON.parse(stdout.text)).toEqual({
    type: 'listening',
    url: expect.stringContaining('/?token=') as unknown,
  });
  signals.emit('SIGTERM');
  expect(await ended).toBe(0);
});

test('at the end it says that runs under way are checkpointed', async () => {
  const ended = start();
  await vi.waitUntil(() => stdout.text !== '');
  lab.emit('run.changed', runSummary({ id: 1, status: 'running' }));
  lab.emit('run.changed', runSummary({ id: 2, status: 'running' }));
  lab.emit('run.changed', runSummary({ id: 3, status: 'running' }));
  lab.emit('run.changed', runSummary({ id: 1, status: 'finished' }));
  signals.emit('SIGHUP');
  await ended;
  expect(stderr.text).toBe('Writing 2 checkpoints; press Ctrl-C again to end without them.\n');
});

test('without a display no window is tried; a reader that is gone ends nothing', async () => {
  const ended = start({ window: true });
  await vi.waitUntil(() => stdout.text !== '');
  stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  signals.emit('SIGINT');
  expect(await ended).toBe(0);
  expect(stderr.text).toBe('');
});

test('where it cannot start it says why, with 1, and leaves no lab open', async () => {
  rmSync(join(renderer, 'index.html'));
  expect(await start()).toBe(1);
  expect(stderr.text).toContain('the window is not built');
  expect(lab.closed).toBe(1);

  const newer = async () => Promise.reject(new Problem('history.newer', 'the history is of a newer Stride'));
  expect(await start({}, newer)).toBe(1);
  expect(stderr.text).toContain('the history is of a newer Stride');
  expect(stdout.text).toBe('');
});

/** Runs a host until Ctrl-C; `during` receives its address. */
async function oneHost<T>(during: (url: URL) => Promise<T>): Promise<T> {
  const ended = start();
  await vi.waitUntil(() => stdout.text !== '');
  const result = await during(new URL(stdout.text.trim().split(' ').at(-1)!));
  signals.emit('SIGINT');
  expect(await ended).toBe(0);
  stdout = new Written();
  signals = new EventEmitter();
  return result;
}

test('after a kill it listens where it did and knows the browsers that it let in; after an end it knows none', async () => {
  const file = join(renderer, 'browser.json');
  const first = await oneHost(async (url) => {
    const answer = await fetch(url, { redirect: 'manual' });
    const Cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!;
    return { Cookie, port: url.port, kept: readFileSync(file) };
  });
  const status = (Cookie: string) => async (url: URL) => {
    expect((await fetch(url.origin)).status).toBe(403);
    return [url.port, (await fetch(url.origin, { headers: { Cookie } })).status];
  };
  expect(existsSync(file)).toBe(false);
  // A killed host leaves its file behind.
  writeFileSync(file, first.kept);
  expect(await oneHost(status(first.Cookie))).toEqual([first.port, 200]);
  const [, afterEnd] = await oneHost(status(first.Cookie));
  expect(afterEnd).toBe(403);
});

test('where its port is taken meanwhile, it takes a free one', async () => {
  const first = start();
  await vi.waitUntil(() => stdout.text !== '');
  const taken = new URL(stdout.text.trim().split(' ').at(-1)!).port;
  stdout = new Written();
  const second = start();
  await vi.waitUntil(() => stdout.text !== '');
  expect(new URL(stdout.text.trim().split(' ').at(-1)!).port).not.toBe(taken);
  signals.emit('SIGINT');
  expect(await Promise.all([first, second])).toEqual([0, 0]);
});
