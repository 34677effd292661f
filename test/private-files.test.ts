/** Notes and nets are nobody else's: whatever a lab writes can be read by its owner alone, whatever the system's default is. */
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fakeRun, openLab, reached, removeFolder, temporaryFolder } from './support/lab.ts';

let home: string;
let mask: number;
beforeEach(() => {
  home = join(temporaryFolder(), 'home');
  // The most that a system lets others do with what a program makes.
  mask = process.umask(0);
});
afterEach(() => {
  process.umask(mask);
  removeFolder(home);
});

/** Files and folders of which others may do anything. */
function open(): string[] {
  const names = readdirSync(home, { recursive: true, encoding: 'utf8' });
  return ['.', ...names].filter((name) => (statSync(join(home, name)).mode & 0o077) !== 0);
}

async function trained(): Promise<void> {
  const lab = await openLab(home);
  await lab.call('runs.start', { runs: [fakeRun()] });
  await reached(lab, 1, 'finished');
  await lab.close();
}

describe.skipIf(process.platform === 'win32')('files', () => {
  test('are their owner’s from the first moment, while a lab is open too', async () => {
    const lab = await openLab(home);
    expect(open()).toEqual([]);
    await lab.close();
    await trained();
    expect(readdirSync(home, { recursive: true }).length).toBeGreaterThan(5);
    expect(open()).toEqual([]);
  });

  test('of a home from before become so at the next start', async () => {
    await trained();
    chmodSync(home, 0o755);
    for (const name of readdirSync(home)) if (name.startsWith('history')) chmodSync(join(home, name), 0o644);
    const lab = await openLab(home);
    await lab.close();
    expect(open()).toEqual([]);
  });
});
