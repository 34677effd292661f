/**
 * The folders of runs, `runs/<number>` under STRIDE_HOME, each with a `manifest.json` that identifies its
 * run. A folder is created for one run and never taken over by another, even if history was moved away and
 * restarts at 1, or a file was copied into the wrong folder.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../shared/base/problem.ts';
import { type KnownRun, type RunManifest, runManifestSchema } from '../../shared/runs/manifest.ts';
import { fileProblem, privateFile, privateFolder } from './disk.ts';

export const manifestFile = 'manifest.json';

const rootOf = (home: string) => join(home, 'runs');
export const folderOf = (home: string, run: number | string) => join(rootOf(home), String(run));

/** Returns the numbers of all folders in ascending order. */
export function folderNumbers(home: string): number[] {
  try {
    const names = readdirSync(rootOf(home)).filter((name) => /^[1-9]\d{0,14}$/.test(name));
    return names.map(Number).sort((a, b) => a - b);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileProblem(error, rootOf(home), 'read');
  }
}

/** Creates the folder of a new run. Throws a `Problem` if it exists already. */
export function makeRunFolder(home: string, manifest: RunManifest): void {
  const folder = folderOf(home, manifest.run);
  try {
    mkdirSync(rootOf(home), { recursive: true, mode: privateFolder });
    mkdirSync(folder, { mode: privateFolder });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new Problem(
        'run.folder-taken',
        `there is a folder ${folder} already, which belongs to another run; it was left as it is. Try again, or move it away`,
        { folder, run: manifest.run },
      );
    }
    throw fileProblem(error, folder, 'written');
  }
  writeManifest(folder, manifest);
}

/**
 * Returns the folder's manifest, or null if there is none. Throws a `Problem` if the manifest cannot be read,
 * because nothing is taken over on a guess.
 */
export function readManifest(folder: string): RunManifest | null {
  const path = join(folder, manifestFile);
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileProblem(error, path, 'read');
  }
  try {
    return runManifestSchema.parse(JSON.parse(text));
  } catch {
    throw new Problem(
      'run.manifest',
      `${path} is damaged; it says whose folder this is. Put a copy of it back`,
      {
        path,
      },
    );
  }
}

/** Throws if the folder is another run's; creates it, or its manifest, if the run has none yet. */
export function requireOwnFolder(home: string, { manifest, fromBefore }: KnownRun): void {
  const folder = folderOf(home, manifest.run);
  const found = readManifest(folder);
  if (found?.identity === manifest.identity) return;
  if (found) {
    throw new Problem(
      'run.other-folder',
      `the folder ${folder} belongs to another run ("${found.name}", made at ${found.createdAt}); nothing was written into it. ` +
        'Move it away, or put the history that knows it back',
      { folder, run: manifest.run, name: found.name, made: found.createdAt },
    );
  }
  try {
    const made = mkdirSync(folder, { recursive: true, mode: privateFolder }) !== undefined;
    const empty = made || fromBefore || readdirSync(folder).every((name) => name.endsWith('.tmp'));
    if (!empty) {
      throw new Problem(
        'run.foreign-folder',
        `the folder ${folder} has files of another run in it; nothing was written into it. Move it away`,
        { folder, run: manifest.run },
      );
    }
  } catch (error) {
    throw fileProblem(error, folder, 'written');
  }
  writeManifest(folder, manifest);
}

/** Returns whether the folder with the run's number is this run's; also true if there is none. */
export function isOwnFolder(home: string, { manifest, fromBefore }: KnownRun): boolean {
  const folder = folderOf(home, manifest.run);
  const found = readManifest(folder);
  return found === null ? fromBefore || !existsSync(folder) : found.identity === manifest.identity;
}

/** Writes the run's new number into its manifest; the folder is renamed afterwards. */
export function changeNumber(folder: string, manifest: RunManifest): void {
  writeManifest(folder, manifest);
}

function writeManifest(folder: string, manifest: RunManifest): void {
  const path = join(folder, manifestFile);
  try {
    const file = openSync(`${path}.tmp`, 'w', privateFile);
    try {
      writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.tmp`, path);
  } catch (error) {
    rmSync(`${path}.tmp`, { force: true });
    throw fileProblem(error, path, 'written');
  }
}
