/**
 * TensorFlow's optimizer reports to stderr where it fails at a graph, and then leaves the whole graph as it was: such
 * graphs are slow, and a user sees messages of a library. Batch norm is the layer whose gradients it had failed at.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { childEnvironment } from '../../scripts/setup/native-notes.mjs';

const script = fileURLToPath(new URL('../support/neighbours.ts', import.meta.url));

it.each(['tensorflow', 'stride'])("optimises batch norm among other layers, with %s's kernels", (kernels) => {
  const places: [before: string, after: string][] = [
    ['maxPool2d,relu', 'batchNorm2d'],
    ['residual', 'batchNorm2d,relu'],
  ];
  for (const place of places) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, kernels, ...place], {
      env: { ...process.env, ...childEnvironment },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toHaveLength(2);
    expect(stderr.split('\n').filter((line) => /^[EF]\d{4} /.test(line))).toEqual([]);
  }
});
