/** A disk that is full, and one that cannot be written: history is looked at, what would change it is refused. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHistory } from '../src/main/history/open.ts';
import { databaseImage } from '../src/main/history/image.ts';
import { findPreset } from '../src/shared/network/presets.ts';
import Database from 'better-sqlite3';
import { fakeRun, openLab, reached, removeFolder, temporaryFolder } from './support/lab.ts';
import { startProcess } from './support/processes.ts';

let home: string;
beforeEach(async () => {
  home = temporaryFolder();
  const lab = await openLab(home);
  await lab.call('runs.start', { runs: [fakeRun()] });
  await reached(lab, 1, 'finished');
  await lab.close();
});
afterEach(() => removeFolder(home));

const script = fileURLToPath(new URL('support/terminalProcess.ts', import.meta.url));

/** As on a full disk: no file can grow. It holds for whoever runs the tests, the superuser too. */
function onFullDisk(...command: string[]) {
  return ended(
    spawnSync('sh', ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, script, home, ...command]),
  );
}

/** As somebody who may read and not write: the superuser's tests do it as nobody. */
function readOnly(...command: string[]) {
  const all = readdirSync(home, { recursive: true, encoding: 'utf8' }).map((name) => join(home, name));
  for (const path of [home, ...all]) chmodSync(path, statSync(path).isDirectory() ? 0o555 : 0o444);
  try {
    const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    return ended(spawnSync(process.execPath, [script, home, ...command], somebody));
  } finally {
    for (const path of [home, ...all]) chmodSync(path, statSync(path).isDirectory() ? 0o700 : 0o600);
  }
}

function ended({ status, stdout, stderr }: ReturnType<typeof spawnSync>) {
  return { code: status, out: String(stdout), said: String(stderr) };
}

describe.each([
  ['a full disk', onFullDisk, /disk is full/],
  ['a disk that cannot be written', readOnly, /cannot be written/],
])('%s', (_, stride, why) => {
  test('runs are listed and shown, and it is said why nothing more can be done', () => {
    const shown = stride('show', '1');
    expect(shown).toMatchObject({
      code: 0,
      out: expect.stringContaining('run 1: plain, finished') as string,
    });
    expect(shown.said).toMatch(why);
    expect(stride('runs')).toMatchObject({ code: 0, out: expect.stringContaining('plain') as string });
  });

  test.each([[['tag', '1', '--add', 'good']], [['train', 'course']], [['delete', '1']]])(
    '%j is refused without a stack trace',
    (command) => {
      const { code, said } = stride(...command);
      expect(said).toMatch(why);
      expect(said).not.toMatch(/^\s+at /m);
      expect(code).toBe(1);
    },
  );
});

test('a run whose process is gone is shown as interrupted, and what was only in the log is there', async () => {
  const child = startProcess('labProcess.ts', home, 'hold-at-5');
  expect(await child.line()).toBeTruthy();
  await child.kill();
  const { code, out } = onFullDisk('runs');
  expect(code).toBe(0);
  expect(out).toContain('interrupted');
});

test('the image has what the log has committed, and what was written half is left out', () => {
  const history = openHistory(home);
  history.preferences.put('a.key', { kept: 'in the log' });
  const image = new Database(databaseImage(history.path));
  expect(image.prepare("SELECT value FROM preferences WHERE key = 'a.key'").pluck().get()).toContain(
    'in the log',
  );
  expect(image.pragma('integrity_check', { simple: true })).toBe('ok');
  image.close();
  history.close();
});

describe.skipIf(!existsSync('/dev/full'))('output to a disk that is full', () => {
  const toFullDisk = (...command: string[]) =>
    ended(spawnSync('sh', ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, script, home, ...command]));

  test('ends training with a checkpoint, and says why', async () => {
    const path = join(home, 'net.json');
    writeFileSync(path, JSON.stringify({ ...findPreset('course')!.network, name: 'hold-at-400' }));
    const { code, said } = toFullDisk('train', path);
    expect(said).toMatch(/the output cannot be written, because its disk is full \(ENOSPC\)/);
    expect(said).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
    const lab = await openLab(home);
    const { status, step } = await lab.call('runs.get', { run: 2 });
    await lab.close();
    expect(status).toBe('stopped');
    if (step > 0) expect(existsSync(join(home, 'runs', '2', 'last.safetensors'))).toBe(true);
  });

  test('a command that ends with its first line says why, too', () => {
    expect(toFullDisk('presets')).toEqual({
      code: 1,
      out: '',
      said: 'stride: the output cannot be written, because its disk is full (ENOSPC)\n',
    });
  });
});

describe('a start that the system refuses', () => {
  const starter = fileURLToPath(new URL('../scripts/stride.mjs', import.meta.url));

  test('too few open files: what to do about it, without a stack trace', () => {
    // With fewer than these, Node itself does not start.
    const { code, said } = ended(
      spawnSync('sh', ['-c', 'ulimit -n 22; exec "$@"', 'sh', process.execPath, starter, 'presets']),
    );
    expect(said).not.toMatch(/^\s+at /m);
    expect([code, said]).toEqual([1, expect.stringContaining('ulimit -n 1024')]);
  });

  test('the working directory was removed', () => {
    const gone = temporaryFolder();
    const { code, said } = ended(
      spawnSync('sh', [
        '-c',
        `cd "${gone}" && rmdir "${gone}" && exec "$@"`,
        'sh',
        process.execPath,
        starter,
        'runs',
      ]),
    );
    expect(said).not.toMatch(/^\s+at /m);
    expect(said).toMatch(/the folder in which this was started is gone/i);
    expect(code).toBe(1);
  });
});
