/**
 * npm test: runs everything from a fresh clone: set-up, the static checks, unit tests, integration tests, the
 * browser tests, and selected tests in the real Electron. The later stages run even if one fails; one line
 * summarises each, and the last line all of them: "N passed, N failed".
 *
 *     STRIDE_CPU=avx2 npm test        as for a processor with AVX2 alone (engine/native/cpu.ts)
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import process from 'node:process';
import { runParts, STATIC_PARTS } from './check.mjs';
import { NoteFilter } from './setup/native-notes.mjs';
import { nodePath } from './setup/node.mjs';
import { handleInterrupts } from './setup/run.mjs';
import { tool } from './setup/tools.mjs';
import { setUp } from './setup.mjs';
import { failuresOfPlaywright, failuresOfVitest } from './testReports.mjs';

/** @import { PlaywrightReport, VitestReport } from './testReports.mjs' */

/**
 * What a stage comes to, and a line for each failed test: its file, its name, the first line of its error.
 * @typedef {{ passed: number, failed: number, skipped: number, failures?: string[] }} Counts
 */

const context = await setUp('test');
const results = context.at('test-results');
fs.mkdirSync(results, { recursive: true });

/** @type {{ name: string, run: () => Promise<Counts> }[]} */
const stages = [
  { name: 'Static checks', run: staticChecks },
  { name: 'Unit tests', run: () => vitest('unit') },
  { name: 'Integration tests', run: () => vitest('integration') },
  { name: 'Browser tests', run: () => playwright('browser') },
  // Tests with this tag train in the real Electron and try to break out of it; "npm run test:desktop" runs
  // all tests there.
  { name: 'Desktop tests', run: () => playwright('desktop', '--grep=@always') },
];

const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const sums = [];
/** @type {string[]} */
const failures = [];
for (const { name, run } of stages) {
  process.stdout.write(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}\n`);
  const counts = await run();
  sums.push(
    `${counts.failed > 0 ? 'FAILED' : 'ok    '}  ${name.padEnd(18)} ${counts.passed} passed, ${counts.failed} failed` +
      (counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''),
  );
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  failures.push(...(counts.failures ?? []));
}
process.stdout.write(`\n${sums.join('\n')}\n`);
// At the end, where it is seen by whoever is shown the last lines alone.
if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.join('\n')}\n\n`);
if (total.skipped > 0) process.stdout.write(`${total.skipped} skipped\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed > 0 ? 1 : 0);

async function staticChecks() {
  handleInterrupts();
  const failed = await runParts(context, STATIC_PARTS);
  return { passed: 0, failed: failed.length, skipped: 0 };
}

/** @param {'unit' | 'integration'} project @returns {Promise<Counts>} */
async function vitest(project) {
  const file = context.at('test-results', `${project}.json`);
  fs.rmSync(file, { force: true });
  const code = await inherit([
    tool(context, 'vitest'),
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = /** @type {VitestReport | undefined} */ (read(file));
  return honest(code, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: report?.numPendingTests ?? 0,
    failures: failuresOfVitest(report, context.root),
  });
}

/** @param {'browser' | 'desktop'} project @param {string[]} args @returns {Promise<Counts>} */
async function playwright(project, ...args) {
  const file = context.at('test-results', `${project}.json`);
  fs.rmSync(file, { force: true });
  const code = await inherit(
    [tool(context, 'playwright'), 'test', `--project=${project}`, '--reporter=list,json', ...args],
    {
      PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    },
  );
  const report = /** @type {PlaywrightReport | undefined} */ (read(file));
  return honest(code, {
    passed: report?.stats.expected ?? 0,
    failed: (report?.stats.unexpected ?? 0) + (report?.stats.flaky ?? 0),
    skipped: report?.stats.skipped ?? 0,
    failures: failuresOfPlaywright(report),
  });
}

/**
 * Counts one failure for a runner that failed without a failed test (a file that cannot be loaded, no file at
 * all).
 */
/** @param {number} code @param {Counts} counts @returns {Counts} */
function honest(code, counts) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** @param {string} file @returns {unknown} */
function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Runs a tool in this terminal.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>}
 */
function inherit(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(nodePath(context), args, {
      cwd: context.root,
      env: { ...context.env, NODE_OPTIONS: '', ...env },
      stdio: ['inherit', 'inherit', 'pipe'],
    });
    child.stderr?.pipe(new NoteFilter()).pipe(process.stderr, { end: false });
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
