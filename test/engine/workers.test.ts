/** Many runs in one process, in workers of their own or one after another in one: no crash, and memory that does not grow. */
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { childEnvironment } from '../../scripts/setup/native-notes.mjs';

/** What the script prints. */
function printed<T>(script: string, ...parameters: string[]): T {
  const path = fileURLToPath(new URL(`../support/${script}`, import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [path, ...parameters], {
    env: { ...process.env, ...childEnvironment },
    encoding: 'utf8',
  });
  // A crash in native code says nothing but its signal.
  if (status !== 0) throw new Error(`${script} ended with ${signal ?? status}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}

it('trains both nets five times in one process', () => {
  const [, second = NaN, third = NaN, fourth = NaN, fifth = NaN] = printed<number[]>('bothNets.ts', '5');
  // A leak grows with every round. One round's memory also depends on which steps of the two nets happened to coincide.
  expect(Math.min(fourth, fifth)).toBeLessThan(Math.max(second, third) * 1.1);
});

it('trains the nets by turns in one worker that stays', () => {
  const resident = printed<number[]>('oneThread.ts', '14');
  expect(resident).toHaveLength(14);
  expect(resident[13]).toBeLessThan((resident[5] ?? NaN) * 1.1);
});

// Elsewhere nothing tells which libraries a process has loaded.
it.runIf(process.platform === 'linux').each([
  ['keeps the native library loaded when the last worker has ended', 'afterWorkers.ts'],
  ['loads the native library ahead of the first run, and keeps it', 'loadedAhead.ts'],
])('%s', (_, program) => {
  const mapped = printed<string[]>(program).map((file) => basename(file));
  expect(mapped).toContain('tfjs_binding.node');
  expect(mapped.join()).toContain('libtensorflow_cc');
});
