/** Many runs in one process, in workers of their own or one after another in one: no crash, and memory that does not grow. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { childEnvironment } from '../../scripts/setup/native-notes.mjs';

/** Resident memory after each run, as the script prints it. */
function residentOf(script: string, ...parameters: string[]): number[] {
  const path = fileURLToPath(new URL(`../support/${script}`, import.meta.url));
  const output = execFileSync(process.execPath, [path, ...parameters], {
    env: { ...process.env, ...childEnvironment },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output) as number[];
}

it('trains both nets five times in one process', () => {
  const [, second = NaN, , , fifth = NaN] = residentOf('bothNets.ts', '5');
  expect(fifth).toBeLessThan(second * 1.1);
});

it('trains the nets by turns in one worker that stays', () => {
  const resident = residentOf('oneThread.ts', '14');
  expect(resident).toHaveLength(14);
  expect(resident[13]).toBeLessThan((resident[5] ?? NaN) * 1.1);
});
