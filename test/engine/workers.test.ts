/** Two nets at once in two workers of one process, again and again: no crash, and memory that does not grow. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { childEnvironment } from '../../scripts/setup/native-notes.mjs';

it('trains both nets five times in one process', () => {
  const script = fileURLToPath(new URL('../support/bothNets.ts', import.meta.url));
  const output = execFileSync(process.execPath, [script, '5'], {
    env: { ...process.env, ...childEnvironment },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [, second = NaN, , , fifth = NaN] = JSON.parse(output) as number[];
  expect(fifth).toBeLessThan(second * 1.1);
});
