/**
 * pip, which downloads a wheel, and Python's zip reader, which unpacks it. Any Python 3 will do, because
 * pip's options rather than the Python it runs under determine the wheel.
 */
import fs from 'node:fs';
import path from 'node:path';
import { SetupError } from './errors.mjs';
import { sizeBelow } from './files.mjs';
import { mustRun, run } from './run.mjs';

/** Time limit for a wheel's download, at 1 MB/s; a slower download is stopped and restarted. */
const DOWNLOAD_MS = 15 * 60_000;

/**
 * Extracts the named members of a zip file and prints how far it is, in thousandths. A missing member is an error.
 * argv: archive, folder, then pairs of member and file name below the folder.
 */
const EXTRACT = `
import os, shutil, sys, zipfile
archive, folder, pairs = sys.argv[1], sys.argv[2], sys.argv[3:]
with zipfile.ZipFile(archive) as z:
    members = [(z.getinfo(pairs[i]), pairs[i + 1]) for i in range(0, len(pairs), 2)]
    total = sum(info.file_size for info, _ in members) or 1
    done, shown = 0, -1
    for info, name in members:
        target = os.path.join(folder, *name.split('/'))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with z.open(info) as source, open(target, 'wb') as out:
            while chunk := source.read(1 << 22):
                out.write(chunk)
                done += len(chunk)
                if done * 1000 // total != shown:
                    shown = done * 1000 // total
                    print(shown, flush=True)
`;

/**
 * @typedef {object} Wheel
 * @property {string} project its name on PyPI
 * @property {string} version
 * @property {string} python as in "3.11"
 * @property {string} platform pip's name for it
 * @property {string} sha256
 * @property {number} [bytes] its size, for the percentage
 */

/**
 * Returns the command for pip, or undefined if there is none. `python` runs our own scripts.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ python: string, pip: [string, string[]], version: string } | undefined>}
 */
export async function findPip(env) {
  /** @type {string | undefined} */
  let python;
  for (const candidate of ['python3', 'python', 'py']) {
    if (!(await runs(candidate, ['-c', 'import sys; assert sys.version_info >= (3, 8)'], env))) continue;
    python ??= candidate;
    const version = await pipVersion(candidate, ['-m', 'pip'], env);
    if (version) return { python: candidate, pip: [candidate, ['-m', 'pip']], version };
  }
  if (!python) return undefined;
  for (const candidate of ['pip3', 'pip']) {
    const version = await pipVersion(candidate, [], env);
    if (version) return { python, pip: [candidate, []], version };
  }
  return undefined;
}

/**
 * Downloads a wheel into a folder.
 * @param {Wheel} wheel
 * @param {string} folder must exist
 * @param {[string, string[]]} pip
 * @param {NodeJS.ProcessEnv} env
 * @param {(fraction: number | undefined, note: string) => void} progress
 * @returns {Promise<string>} the wheel's path
 */
export async function downloadWheel(wheel, folder, pip, env, progress) {
  const megabytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 1e6)} MB`;
  // pip shows no progress without a terminal, so the size of its temporary folder is used.
  const working = path.join(folder, 'pip');
  fs.mkdirSync(working, { recursive: true });
  const [command, args] = pip;
  await mustRun(
    'pip download',
    command,
    [
      ...args,
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '--implementation=cp',
      `--python-version=${wheel.python}`,
      `--abi=cp${wheel.python.replace('.', '')}`,
      `--platform=${wheel.platform}`,
      '--no-cache-dir', // The needed files go into Stride's own cache.
      '--disable-pip-version-check',
      '--no-input',
      '--quiet',
      `--dest=${folder}`,
      `${wheel.project}==${wheel.version}`,
    ],
    {
      env: { ...env, TMPDIR: working, TEMP: working, TMP: working },
      timeoutMs: DOWNLOAD_MS,
      onTick: () => {
        const bytes = sizeBelow(folder);
        const what = `downloading ${wheel.project} ${wheel.version}`;
        if (wheel.bytes) progress(bytes / wheel.bytes, `${what} (${megabytes(wheel.bytes)})`);
        else progress(undefined, `${what}: ${megabytes(bytes)}`);
      },
    },
  );
  fs.rmSync(working, { recursive: true, force: true });
  const file = fs.readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (!file) throw new SetupError(`pip download ended well but left no wheel in ${folder}.`);
  return path.join(folder, file);
}

/**
 * Extracts some members of a zip file.
 * @param {string} python
 * @param {string} archive
 * @param {string} folder
 * @param {Record<string, string>} members member → path below the folder
 * @param {(fraction: number) => void} progress
 */
export async function extract(python, archive, folder, members, progress) {
  await mustRun('extracting', python, ['-c', EXTRACT, archive, folder, ...Object.entries(members).flat()], {
    onLine: (line) => progress(Number(line) / 1000),
  });
}

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env */
async function pipVersion(command, args, env) {
  const result = await run(command, [...args, '--version'], { env, timeoutMs: 20_000 });
  return result.code === 0 ? /^pip (\S+)/m.exec(result.stdout)?.[1] : undefined;
}

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env */
async function runs(command, args, env) {
  return (await run(command, args, { env, timeoutMs: 20_000 })).code === 0;
}
