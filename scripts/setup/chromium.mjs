/**
 * A Chromium for the browser tests: an installed one, otherwise Playwright's own build, otherwise Debian's
 * package if this is Debian and we may install packages. Its path is recorded in setup.json, where
 * playwright.config.ts reads it.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { lastLines } from './addon.mjs';
import { SetupError } from './errors.mjs';
import { nodePath } from './node.mjs';
import { run } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */
/** @typedef {{ path: string, version: string }} Browser */

const INSTALL_MS = 5 * 60_000;

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
];

/** @param {Context} context */
export function isDone(context) {
  const { chromium } = context.state;
  if (!chromium || !fs.existsSync(chromium.path)) return false;
  return !context.env['CHROME_PATH'] || context.env['CHROME_PATH'] === chromium.path;
}

/** @param {Context} context @param {import('./report.mjs').Report} report */
export async function install(context, report) {
  const line = report.begin('Chromium', 'looking for a browser to test in');
  let found = await firstThatRuns(context, [
    ...installedCandidates(context),
    ...playwrightCandidates(context),
  ]);
  /** @type {'installed' | 'playwright' | 'debian'} */
  let source = 'installed';
  /** @type {string[]} */
  const tried = [];
  if (!found) {
    line.progress(undefined, "installing Playwright's Chromium");
    const result = await run(
      nodePath(context),
      [path.join(context.modules, '@playwright', 'test', 'cli.js'), 'install', 'chromium'],
      {
        cwd: context.root,
        env: context.env,
        timeoutMs: INSTALL_MS,
        onLine: (text) => {
          const percent = /\|\s*(\d+)% of/.exec(text)?.[1];
          if (percent) line.progress(Number(percent) / 100);
        },
      },
    );
    found = await firstThatRuns(context, playwrightCandidates(context));
    source = 'playwright';
    if (!found) tried.push(lastLines(result.output, 3));
  }
  if (!found && mayUseApt()) {
    line.progress(undefined, "installing Debian's chromium");
    const env = { ...context.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env, timeoutMs: INSTALL_MS });
    const result = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      env,
      timeoutMs: INSTALL_MS,
    });
    found = await firstThatRuns(context, installedCandidates(context));
    source = 'debian';
    if (!found) tried.push(lastLines(result.output, 3));
  }
  if (!found) {
    line.failed('no Chromium could be had');
    throw new SetupError(
      'The browser tests need Chromium, Chrome or Edge, and none was found. Install one, or name it: CHROME_PATH=/path/to/chrome npm test',
      tried.join('\n'),
    );
  }
  context.state.chromium = { ...found, source };
  context.save();
  line.done(`${found.version} (${found.path})`);
}

/**
 * Returns paths where a Chromium, Chrome or Edge may be, the likeliest first, whether or not they exist.
 * @param {Context} context
 * @returns {string[]}
 */
export function installedCandidates(context) {
  const { env, platform } = context;
  const candidates = env['CHROME_PATH'] ? [env['CHROME_PATH']] : [];
  if (platform === 'darwin') {
    for (const name of ['Google Chrome', 'Chromium', 'Microsoft Edge']) {
      for (const folder of ['/Applications', path.join(os.homedir(), 'Applications')]) {
        candidates.push(path.join(folder, `${name}.app`, 'Contents', 'MacOS', name));
      }
    }
  } else if (platform === 'win32') {
    for (const folder of [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']]) {
      if (!folder) continue;
      candidates.push(path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'));
      candidates.push(path.join(folder, 'Chromium', 'Application', 'chrome.exe'));
      candidates.push(path.join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'));
    }
  }
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  for (const name of NAMES) for (const folder of folders) candidates.push(path.join(folder, name));
  return candidates;
}

/**
 * Returns the browsers that Playwright has installed, newest first.
 * @param {Context} context
 * @returns {string[]}
 */
function playwrightCandidates(context) {
  const { env, platform } = context;
  const home = os.homedir();
  const folder =
    env['PLAYWRIGHT_BROWSERS_PATH'] ??
    (platform === 'darwin'
      ? path.join(home, 'Library', 'Caches', 'ms-playwright')
      : platform === 'win32'
        ? path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'ms-playwright')
        : path.join(env['XDG_CACHE_HOME'] || path.join(home, '.cache'), 'ms-playwright'));
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
    .flatMap((name) =>
      [
        ['chrome-linux', 'chrome'],
        ['chrome-linux64', 'chrome'],
        ['chrome-win', 'chrome.exe'],
        ['chrome-win64', 'chrome.exe'],
        ['chrome-mac', 'Chromium.app', 'Contents', 'MacOS', 'Chromium'],
      ].map((parts) => path.join(folder, name, ...parts)),
    );
}

/**
 * Returns the first browser that exists and runs: Ubuntu has a `chromium-browser` that only asks the user to
 * install a snap.
 * @param {Context} context
 * @param {string[]} candidates
 * @returns {Promise<Browser | undefined>}
 */
async function firstThatRuns(context, candidates) {
  for (const candidate of candidates) {
    if (!fs.statSync(candidate, { throwIfNoEntry: false })?.isFile()) continue;
    // On Windows, --version would open a window.
    if (context.platform === 'win32') return { path: candidate, version: path.basename(candidate) };
    const result = await run(candidate, ['--version'], { env: context.env, timeoutMs: 30_000 });
    const version = /^.*\b\d+\.\d+\.\d+(\.\d+)?/m.exec(result.stdout)?.[0];
    if (result.code === 0 && version) return { path: candidate, version };
  }
  return undefined;
}

function mayUseApt() {
  return process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get');
}
