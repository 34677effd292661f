/**
 * npm run check: runs types, layers and lint, exports, format and unit tests in parallel. Prints a line for
 * each with its time, and the output of those that fail.
 *
 *     npm run check            npm run check -- types lint       only those parts
 */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { nodePath } from './setup/node.mjs';
import { handleInterrupts, run, withoutColours } from './setup/run.mjs';
import { tool } from './setup/tools.mjs';
import { setUp } from './setup.mjs';

/** @typedef {import('./setup/context.mjs').Context} Context */
/** A part runs one of the project's tools, or a script of this folder. */
/** @typedef {{ name: string, tool?: Parameters<typeof tool>[1], script?: string, args: string[] }} Part */

const LONGEST_MS = 10 * 60_000;

/** Static parts, the longest first, so that they overlap well. @type {Part[]} */
export const STATIC_PARTS = [
  {
    name: 'lint',
    tool: 'eslint',
    args: ['.', '--max-warnings=0', '--cache', '--cache-location=.cache/eslint', '--cache-strategy=content'],
  },
  {
    name: 'types web',
    tool: 'svelte-check',
    args: ['--tsconfig', './tsconfig.web.json', '--fail-on-warnings', '--output', 'human', '--incremental'],
  },
  { name: 'types node', tool: 'tsc', args: ['-p', 'tsconfig.node.json'] },
  {
    name: 'format',
    tool: 'prettier',
    args: ['.', '--check', '--log-level=warn', '--cache', '--cache-location=.cache/prettier'],
  },
  { name: 'types e2e', tool: 'tsc', args: ['-p', 'tsconfig.e2e.json'] },
  { name: 'types shared', tool: 'tsc', args: ['-p', 'tsconfig.shared.json'] },
  // knip finds exports that nothing imports and dependencies that nothing uses (knip.json).
  { name: 'dead exports', tool: 'knip', args: ['--no-progress'] },
  { name: 'exported names', script: 'exportedNames.mjs', args: ['src'] },
];

/** @type {Part} */
const UNIT = { name: 'unit tests', tool: 'vitest', args: ['run', '--project=unit', '--reporter=minimal'] };

/**
 * @param {Context} context
 * @param {Part} part
 */
function scriptOf(context, part) {
  if (part.tool) return tool(context, part.tool);
  return context.at('scripts', part.script ?? '');
}

/**
 * Runs parts, as many at a time as there are cores (at most three).
 * @param {Context} context
 * @param {Part[]} parts
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runParts(context, parts) {
  /** @type {string[]} */
  const failed = [];
  const queue = [...parts];
  const colours = process.stdout.isTTY ? { ...context.env, FORCE_COLOR: '1' } : withoutColours(context.env);
  const work = async () => {
    for (let part = queue.shift(); part; part = queue.shift()) {
      const started = Date.now();
      const result = await run(nodePath(context), [scriptOf(context, part), ...part.args], {
        cwd: context.root,
        env: { ...colours, NODE_OPTIONS: '' },
        timeoutMs: LONGEST_MS,
      });
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const ok = result.code === 0;
      process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${part.name.padEnd(14)}${seconds.padStart(6)} s\n`);
      if (ok) continue;
      failed.push(part.name);
      process.stdout.write(`${result.output.trim().replace(/^/gm, '        ')}\n`);
      if (result.timedOut) process.stdout.write(`        ended after ${LONGEST_MS / 60_000} minutes\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(3, os.availableParallelism()) }, work));
  return failed;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const context = await setUp('check');
  handleInterrupts();
  const wanted = process.argv.slice(2);
  const parts = [...STATIC_PARTS, UNIT].filter(
    ({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)),
  );
  const started = Date.now();
  const failed = await runParts(context, parts);
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  process.stdout.write(
    failed.length > 0 ? `\n${failed.join(', ')} failed (${seconds} s)\n` : `\nall well (${seconds} s)\n`,
  );
  process.exit(failed.length > 0 ? 1 : 0);
}
