/**
 * `kill -9` at every point where something has been written and something else has not: whatever is then on the disk,
 * a resumed run's history equals that of a run that was never killed. What a killed process leaves is what is in its
 * files at that moment, so a copy of these, made between two writes, is the same as a kill there; one process is also
 * killed for real, at moments that nobody chose.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesOf } from './support/filesOf.ts';
import { historyFile } from '../src/main/history/open.ts';
import {
  fakeRun,
  openLab,
  reached,
  reachedStep,
  removeFolder,
  storyOf,
  temporaryFolder,
  undisturbed,
  unhold,
} from './support/lab.ts';
import { startProcess } from './support/processes.ts';

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => removeFolder(folder));

/** What `kill -9` would leave of this home, by name. */
function snapshot(home: string, name: string): void {
  const copy = join(folder, name);
  if (existsSync(copy)) return;
  mkdirSync(copy);
  for (const part of [historyFile, `${historyFile}-wal`, 'runs']) {
    if (existsSync(join(home, part))) cpSync(join(home, part), join(copy, part), { recursive: true });
  }
}

/** Opens what was left, resumes, and gives what comes of it. */
async function goOn(home: string) {
  unhold(home);
  const lab = await openLab(home);
  const left = await lab.call('runs.get', { run: 1 });
  if (left.status !== 'finished') {
    expect(left.status).toBe('interrupted');
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished', 'failed');
  }
  const story = await storyOf(lab, 1);
  const { best, bestCheckpoint } = await lab.call('runs.get', { run: 1 });
  expect(bestCheckpoint?.epoch).toBe(best?.epoch);
  expect((await filesOf(home).read(1, 'best'))?.epoch?.epoch).toBe(best?.epoch);
  await lab.close();
  expect(readdirSync(join(home, 'runs', '1')).sort()).toEqual([
    'best.safetensors',
    'epochs',
    'last.safetensors',
    'manifest.json',
    'previous.safetensors',
  ]);
  const states = readdirSync(join(home, 'runs', '1', 'epochs'));
  expect(states.filter((name) => !/^\d{5}\.safetensors$/.test(name))).toEqual([]);
  const db = new Database(join(home, historyFile), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  return story;
}

describe('killed between two writes', () => {
  const points: string[] = [];
  beforeAll(async () => {
    const home = temporaryFolder();
    const take = (point: string) => {
      snapshot(home, point);
      if (!points.includes(point)) points.push(point);
    };
    let writes = 0;
    const lab = await openLab(home, {
      files: (real) => ({
        ...real,
        write: async (run, saved) => {
          writes++;
          take(`${writes} losses written, file not`);
          const temporary = `${real.path(run)}.tmp`;
          mkdirSync(join(temporary, '..'), { recursive: true });
          writeFileSync(temporary, 'half of a checkp');
          take(`${writes} file half written`);
          const bytes = await real.write(run, saved);
          take(`${writes} file written, records not`);
          return bytes;
        },
        keepBest: async (run) => {
          take(`best of write ${writes} not made`);
          writeFileSync(`${real.path(run, 'best')}.tmp`, 'half of a checkp');
          take(`best of write ${writes} half made`);
          const bytes = await real.keepBest(run);
          take(`best of write ${writes} made, records not`);
          return bytes;
        },
      }),
    });
    lab.on('run.epoch', ({ epoch }) => take(`records of epoch ${epoch} written`));
    lab.on('run.changed', ({ status, step }) => take(`run ${status} at step ${step}`));
    await lab.call('runs.start', { runs: [fakeRun('hold-at-400')] });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    await lab.close();
    removeFolder(home);
  });

  test('every such point was met', () => {
    // Three epochs and a pause.
    expect(points.filter((point) => /^\d/.test(point))).toHaveLength(12);
    expect(points.filter((point) => point.startsWith('records'))).toHaveLength(3);
    expect(points.filter((point) => point.startsWith('best')).length).toBeGreaterThanOrEqual(6);
    expect(points).toContain('run queued at step 0');
    expect(points).toContain('run paused at step 400');
    expect(points).toContain('run finished at step 963');
  });

  test('and from every one the run comes to the same', async () => {
    for (const point of points) {
      expect({ point, story: await goOn(join(folder, point)) }).toEqual({
        point,
        story: await undisturbed(),
      });
    }
  });
});

test('killed for real, again and again, at any moment', async () => {
  const home = join(folder, 'killed');
  const first = startProcess('labProcess.ts', home, 'step-1');
  while ((JSON.parse(await first.line()) as { name: string }).name !== 'run.batchLosses');
  await first.kill();
  for (const events of [30, 60, 90]) {
    const next = startProcess('labProcess.ts', home);
    for (let event = 0; event < events; event++) await next.line();
    await next.kill();
  }
  expect(await goOn(home)).toEqual(await undisturbed());
});
