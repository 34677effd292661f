/**
 * Electron's runtime, for the desktop window: 100 MB that Electron's own installer fetches. A machine that cannot have it
 * opens the lab in the browser instead; that is no failure, and is not tried again for a day.
 */
import fs from 'node:fs';
import path from 'node:path';
import { lastLines } from './addon.mjs';
import { nodePath } from './node.mjs';
import { run } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */

/** How long a start waits for it: unasked, and where STRIDE_RETRY asks for another try. */
const FETCH_MS = 60_000;
const RETRY_MS = 10 * 60_000;

/**
 * Electron's program, or undefined where the runtime is not there.
 * @param {Context} context
 */
export function electronProgram(context) {
  const folder = path.join(context.modules, 'electron');
  try {
    // Electron's installer writes this file last.
    const name = fs.readFileSync(path.join(folder, 'path.txt'), 'utf8').trim();
    const file = path.join(context.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? path.join(folder, 'dist'), name);
    return fs.existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Context} context */
export function isDone(context) {
  return electronProgram(context) !== undefined || context.recentFailure('electron') !== undefined;
}

/** @param {Context} context @param {import('./report.mjs').Report} report */
export async function install(context, report) {
  const line = report.begin('Electron', "fetching Electron's runtime");
  const dist = path.join(context.modules, 'electron', 'dist');
  // A half-unpacked one would be taken for whole.
  fs.rmSync(dist, { recursive: true, force: true });
  fs.rmSync(path.join(context.modules, 'electron', 'path.txt'), { force: true });
  const result = await run(nodePath(context), [path.join(context.modules, 'electron', 'install.js')], {
    cwd: context.root,
    env: context.env,
    timeoutMs: context.env['STRIDE_RETRY'] ? RETRY_MS : FETCH_MS,
  });
  if (result.code === 0 && electronProgram(context)) {
    line.done("Electron's runtime");
    delete context.state.failures['electron'];
    context.save();
    return;
  }
  fs.rmSync(dist, { recursive: true, force: true });
  context.remember('electron', result.timedOut ? 'it took too long' : lastLines(result.output, 3));
  line.failed(
    `Electron's runtime could not be fetched: the lab will open in the browser${result.timedOut ? ' (a slow line? STRIDE_RETRY=1 npm start allows ten minutes)' : ''}`,
  );
}
