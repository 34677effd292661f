// The scripts as they are called: what they print, their exit codes, and what becomes of signals.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { makeCheckout } from './support/setup.ts';

const root = resolve(import.meta.dirname, '..');
const module = (name: string) => JSON.stringify(join(root, 'scripts', 'setup', name));

test('doctor --json has this shape', () => {
  const { stdout, status } = spawnSync(process.execPath, ['scripts/doctor.mjs', '--json'], {
    cwd: root,
    encoding: 'utf8',
  });
  const { canTrain, checks } = z
    .strictObject({
      canTrain: z.boolean(),
      checks: z.array(
        z.strictObject({
          name: z.string(),
          state: z.enum(['ok', 'missing', 'note']),
          detail: z.string().min(1),
          advice: z.string().optional(),
        }),
      ),
    })
    .parse(JSON.parse(stdout));
  expect(status).toBe(canTrain ? 0 : 1);
  expect(checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'Node',
      'npm packages',
      'TensorFlow',
      'SQLite',
      'MNIST',
      'Runs',
      'Browser',
      'pip',
    ]),
  );
  // The tests themselves run with it.
  expect(checks.find(({ name }) => name === 'TensorFlow')?.detail).toMatch(/^2\.\d+\.\d+/);
});

test('set-up asks for its purpose', () => {
  const { stderr, status } = spawnSync(process.execPath, ['scripts/setup.mjs', '--for', 'tea'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toContain('start|stride|bench|test|check');
});

test('set-up with nothing to do is silent', () => {
  const call = () =>
    spawnSync(process.execPath, ['scripts/setup.mjs', '--for', 'bench'], { cwd: root, encoding: 'utf8' });
  call();
  expect(call()).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

/** Resolves with the first part of stdout that contains the words. */
function until(child: ChildProcess, words: string): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on('data', (part) => {
      if (String(part).includes(words)) resolve(String(part));
    });
  });
}

describe.skipIf(process.platform === 'win32')('signals', () => {
  /** A program that counts its SIGINTs and ends half a second after the first, with code 7. */
  const counting = `
    let count = 0;
    process.on('SIGINT', () => {
      if (++count === 1) setTimeout(() => { console.log('interrupted ' + count); process.exit(7); }, 500);
    });
    process.on('SIGTERM', () => { console.log('terminated'); process.exit(8); });
    setInterval(() => {}, 1000);
    console.log('ready');`;

  const handOver = (program: string, stderr: 'inherit' | 'pipe' = 'inherit') =>
    spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { handOver } from ${module('hand-over.mjs')}; await handOver(process.execPath, ['-e', ${JSON.stringify(program)}]);`,
      ],
      { stdio: ['ignore', 'pipe', stderr] },
    );

  test.each([
    ['SIGINT', 'interrupted 1', 7],
    ['SIGTERM', 'terminated', 8],
  ] as const)('%s reaches the program once, and its end is waited for', async (signal, words, code) => {
    const child = handOver(counting);
    const exited = once(child, 'exit');
    let text = '';
    child.stdout?.on('data', (part) => {
      text += String(part);
      if (String(part).includes('ready')) child.kill(signal);
    });
    expect(await exited).toEqual([code, null]);
    expect(text).toContain(words);
  });

  test('the last words on stderr are not lost, even if they are read late', async () => {
    const child = handOver(
      "process.stderr.write('x'.repeat(300_000) + ' the end', () => process.exit(3))",
      'pipe',
    );
    let text = '';
    child.stderr?.on('data', (part) => (text += String(part))).pause();
    setTimeout(() => child.stderr?.resume(), 1000);
    expect(await once(child, 'close')).toEqual([3, null]);
    expect(text).toHaveLength(300_008);
  });

  test('a program that a signal ends passes that on', async () => {
    const child = handOver("process.kill(process.pid, 'SIGKILL')");
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });

  test('an interrupted set-up leaves no process and no lock', async () => {
    const checkout = makeCheckout();
    const lock = join(checkout.root, 'setup.lock');
    const program = `
      import { withLock } from ${module('lock.mjs')};
      import { handleInterrupts, run } from ${module('run.mjs')};
      handleInterrupts();
      // A shell with a child of its own, as pip and make are.
      const work = () => run('sh', ['-c', 'sleep 987 & echo "$!"; wait'], { onLine: (pid) => console.log(pid + ' runs') });
      try {
        await withLock(${JSON.stringify(lock)}, work);
      } catch (error) {
        console.log(error.name);
        process.exit(130);
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const pid = Number.parseInt(await until(child, 'runs'));
    expect(existsSync(lock)).toBe(true);
    child.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    expect(existsSync(lock)).toBe(false);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

/** Whether a process is there and not just waiting to be reaped. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

test.skipIf(process.platform === 'win32')('a reader that is gone ends a script without a word', () => {
  const command = `(${process.execPath} scripts/doctor.mjs; echo "code $?" >&2) | true`;
  const { stderr } = spawnSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' });
  // It may have been done before the reader was gone.
  expect(stderr).toMatch(/^code (0|1|141)\n$/);
});

test('the doctor speaks Chinese where the shell does, and --json stays as it is', () => {
  const doctor = (args: string[], env: object) =>
    spawnSync(process.execPath, ['scripts/doctor.mjs', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: '', ...env },
    }).stdout;
  const chinese = doctor([], { LANG: 'zh_CN.UTF-8' });
  expect(chinese).toMatch(/(可以|无法)在本机训练网络。\n$/);
  expect(chinese).toContain('npm 包');
  expect(chinese).toContain('与 package-lock.json');
  const json = doctor(['--json'], { LANG: 'zh_CN.UTF-8' });
  expect(json).not.toMatch(/[\u4e00-\u9fff]/);
});
