/**
 * npm run test:kernels: holds Stride's own kernels (src/native) against two others on thousands of random shapes, with
 * both vector lengths that the processor has:
 *
 * - plain loops (src/native/check/check.cpp), under the address and the undefined-behaviour sanitizer;
 * - TensorFlow's operations (test/support/kernelShapes.ts), which must give the same numbers.
 *
 *     npm run test:kernels -- --shapes 4000 --seed 1
 *
 * `npm test` does the second with a hundred shapes.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SOURCES } from './setup/kernels.mjs';
import { nodePath } from './setup/node.mjs';
import { setUp } from './setup.mjs';

const { values } = parseArgs({
  options: { shapes: { type: 'string', default: '4000' }, seed: { type: 'string', default: '1' } },
});
const context = await setUp('test');
const lanes = /\bavx512f\b/.test(fs.readFileSync('/proc/cpuinfo', 'utf8')) ? ['8', '16'] : ['8'];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stride-kernels-'));

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: context.root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${path.basename(command)} ended with ${status}`);
}

try {
  const sanitized = ['-std=c++17', '-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const sources = [
    ...SOURCES.filter(({ name }) => name.startsWith('lanes')),
    { name: 'check/check', options: [] },
  ];
  const objects = sources.map(({ name, options }) => {
    const object = path.join(folder, `${path.basename(name)}.o`);
    run('g++', [...sanitized, ...options, '-c', context.at('src', 'native', `${name}.cpp`), '-o', object]);
    return object;
  });
  const program = path.join(folder, 'check');
  run('g++', [...sanitized, ...objects, '-o', program]);
  for (const each of lanes) run(program, [each, values.shapes, values.seed]);
  for (const each of lanes) {
    run(nodePath(context), [
      '--no-warnings',
      context.at('scripts', 'kernelShapes.ts'),
      each,
      values.shapes,
      values.seed,
    ]);
  }
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
