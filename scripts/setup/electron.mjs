/**
 * Electron's runtime for the desktop window: 100 MB that Electron's own installer downloads. On a machine
 * that cannot get it, the lab opens in the browser instead; that is not a failure, and is not tried again for
 * a day. Without a display nothing is downloaded.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { lastLines } from './addon.mjs';
import { sizeBelow } from './files.mjs';
import { nodePath } from './node.mjs';
import { onInterrupt, run } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */

/** Longest time that a start waits for the next bytes, and in total. */
const STALL_MS = 60_000;
const FETCH_MS = 15 * 60_000;

const NO_DISPLAY = 'this machine has no display';

/** Returns whether a window can be opened here. @param {Context} context */
export function hasDisplay(context) {
  return context.platform !== 'linux' || Boolean(context.env['DISPLAY'] || context.env['WAYLAND_DISPLAY']);
}

/**
 * Returns the path of Electron's program, or undefined if the runtime is missing.
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
  if (electronProgram(context)) return true;
  const { electron: failure } = context.state.failures;
  if (!hasDisplay(context)) return failure !== undefined; // The missing display is reported only once.
  return failure?.why !== NO_DISPLAY && context.recentFailure('electron') !== undefined;
}

/** @param {Context} context @param {import('./report.mjs').Report} report */
export async function install(context, report) {
  const line = report.begin('Electron', "fetching Electron's runtime");
  if (!hasDisplay(context)) {
    context.remember('electron', NO_DISPLAY);
    line.failed(`${NO_DISPLAY}: the lab will open in the browser`);
    return;
  }
  const dist = path.join(context.modules, 'electron', 'dist');
  // A partly unpacked one would be taken for complete.
  fs.rmSync(dist, { recursive: true, force: true });
  fs.rmSync(path.join(context.modules, 'electron', 'path.txt'), { force: true });
  const working = path.join(context.local, `electron-${process.pid}`);
  const remove = () => fs.rmSync(working, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  fs.mkdirSync(working, { recursive: true });
  const arrived = () => sizeBelow(working) + sizeBelow(dist);
  const result = await run(nodePath(context), [path.join(context.modules, 'electron', 'install.js')], {
    cwd: context.root,
    // Node uses a proxy only if told to.
    env: { ...context.env, TMPDIR: working, TEMP: working, TMP: working, NODE_USE_ENV_PROXY: '1' },
    timeoutMs: FETCH_MS,
    stall: { ms: STALL_MS, sign: arrived },
    onTick: () => line.progress(undefined, `fetching Electron's runtime: ${Math.round(arrived() / 1e6)} MB`),
  });
  forget();
  remove();
  if (result.code === 0 && electronProgram(context)) {
    delete context.state.failures['electron'];
    context.save();
    line.done("Electron's runtime");
    return;
  }
  fs.rmSync(dist, { recursive: true, force: true });
  context.remember('electron', result.timedOut ? 'it took too long' : lastLines(result.output, 3));
  line.failed("Electron's runtime could not be fetched: the lab will open in the browser");
}
