/**
 * Installs everything that a checkout needs, starting from a fresh clone. It needs Node 20 or newer and no
 * dependencies.
 *
 *     node scripts/setup.mjs --for start|test|stride|check|bench|build|package
 *
 * The other scripts call setUp() before they do their own work, so nobody has to call this by hand. A
 * finished step costs a few file look-ups and prints nothing. A step works under a temporary name, renames,
 * and stamps (see setup/context.mjs), so it may be interrupted anywhere and run again; two set-ups of one
 * checkout wait for each other.
 *
 * Environment: STRIDE_CACHE (where downloads are kept), STRIDE_RETRY=1 (try again what failed within the last
 * day), CHROME_PATH (the browser to test in).
 */
import './setup/output.mjs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { areMessagesCompiled, build, compileMessages, isBuilt } from './setup/program.mjs';
import * as chromium from './setup/chromium.mjs';
import { Context } from './setup/context.mjs';
import * as electron from './setup/electron.mjs';
import { Interrupted, SetupError } from './setup/errors.mjs';
import { withLock } from './setup/lock.mjs';
import * as node from './setup/node.mjs';
import * as packages from './setup/packages.mjs';
import { Report } from './setup/report.mjs';
import { handleInterrupts, releaseInterrupts } from './setup/run.mjs';
import * as sharp from './setup/sharp.mjs';
import * as tensorflow from './setup/tensorflow.mjs';
import * as testElectron from './setup/test-electron.mjs';

/**
 * @typedef {object} Step
 * @property {(context: Context) => boolean} isDone
 * @property {(context: Context, report: Report) => Promise<void>} install
 */

/** @type {Record<string, Step>} */
const STEPS = {
  packages,
  node,
  sharp,
  tensorflow: {
    // An earlier failure counts as done here, because training reports what is missing.
    isDone: (context) => tensorflow.isDone(context) || context.recentFailure('tensorflow') !== undefined,
    install: tensorflow.install,
  },
  tensorflowRequired: {
    isDone: tensorflow.isDone,
    install: (context, report) => tensorflow.install(context, report, { required: true }),
  },
  electron,
  chromium,
  testElectron,
  messages: { isDone: areMessagesCompiled, install: compileMessages },
  program: { isDone: isBuilt, install: build },
};

/** Steps that are repeated whenever a source changes. */
const BUILDING = new Set([STEPS['messages'], STEPS['program']]);

/** Steps of each purpose, in order. */
const PURPOSES = {
  start: ['packages', 'node', 'sharp', 'tensorflow', 'electron', 'program'],
  stride: ['packages', 'node', 'sharp', 'tensorflow', 'program'],
  bench: ['packages', 'node', 'sharp', 'tensorflowRequired', 'testElectron', 'messages', 'program'],
  test: [
    'packages',
    'node',
    'sharp',
    'tensorflowRequired',
    'chromium',
    'testElectron',
    'messages',
    'program',
  ],
  check: ['packages', 'node', 'tensorflow', 'messages'],
  build: ['packages', 'node', 'messages', 'program'],
  package: ['packages', 'node', 'sharp', 'tensorflowRequired', 'messages', 'program'],
};

/** @typedef {keyof typeof PURPOSES} Purpose */

/**
 * Runs the steps that are missing for a purpose. Ends the process with a message if that is impossible.
 * @param {Purpose} purpose
 * @param {{ context?: Context, report?: Report }} [options]
 * @returns {Promise<Context>}
 */
export async function setUp(purpose, { context = new Context(), report = new Report() } = {}) {
  const steps = PURPOSES[purpose].map((name) => /** @type {Step} */ (STEPS[name]));
  if (steps.every((step) => step.isDone(context))) return context;
  handleInterrupts();
  try {
    await withLock(
      path.join(context.local, 'setup.lock'),
      async () => {
        context.reload();
        // A rebuild alone does not count as set-up.
        if (steps.some((step) => !BUILDING.has(step) && !step.isDone(context))) {
          report.say('Setting up Stride. This happens once.');
        }
        for (const step of steps) if (!step.isDone(context)) await step.install(context, report);
      },
      {
        onWait: (pid) =>
          report.say(`Another set-up of this folder is at work (process ${pid}); waiting for it.`),
      },
    );
  } catch (error) {
    giveUp(error, report);
  }
  releaseInterrupts();
  return context;
}

/** @param {unknown} error @param {Report} report @returns {never} */
function giveUp(error, report) {
  if (error instanceof Interrupted) {
    report.say('\nSet-up was interrupted. The next start goes on from here.');
    process.exit(error.signal === 'SIGINT' ? 130 : 143);
  }
  if (!(error instanceof SetupError)) throw error;
  report.say(`\n${error.message}`);
  if (error.output) report.say(error.output.replace(/^/gm, '  | '));
  process.exit(1);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--for');
  const purpose = at < 0 ? undefined : process.argv[at + 1];
  if (!purpose || !Object.hasOwn(PURPOSES, purpose)) {
    process.stderr.write(`usage: node scripts/setup.mjs --for ${Object.keys(PURPOSES).join('|')}\n`);
    process.exit(2);
  }
  await setUp(/** @type {Purpose} */ (purpose));
}
