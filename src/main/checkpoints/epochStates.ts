/**
 * A run's parameters after each of its epochs, one small file per epoch in the run's folder `epochs`: only
 * parameters and running statistics, in float32, so that results computed from them equal the run's own. A
 * run cannot be resumed from them.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { statesThatFit, statesToDrop } from '../../shared/inspect/epochStates.ts';
import { type Checkpoint, parametersIn } from '../../shared/runs/checkpoint.ts';
import type { IdentifiedRun } from '../../shared/runs/manifest.ts';
import { fileProblem, privateFolder, readIfThere, replace, writeSynced } from './disk.ts';
import { type SavedCheckpoint, decodeOwnCheckpoint, encodeCheckpoint } from './format.ts';
import { Recent } from './recent.ts';

export interface EpochStates {
  /** Returns the kept epochs in ascending order. */
  list(run: number): Promise<number[]>;
  /** Returns the total size of all states in bytes. */
  bytes(run: number): Promise<number>;
  /**
   * Returns null if no state of this epoch is kept. Throws a `Problem` if the file is damaged or another
   * run's.
   */
  read(run: number, epoch: number): Promise<SavedCheckpoint | null>;
  /**
   * Keeps the state at this epoch's end, removes later states that a resumed run had written before, and
   * thins the states to fit the budget.
   */
  keep(run: number, epoch: number, checkpoint: Checkpoint, rule: KeepRule): Promise<void>;
}

export interface KeepRule {
  readonly megabytes: number;
  readonly best: number | null;
}

/** Decoded states that are kept in memory. */
const mostRecentBytes = 64e6;

const nameOf = (epoch: number) => `${String(epoch).padStart(5, '0')}.safetensors`;

/**
 * Creates the functions; `known` returns what history knows about a run, and `folderOf` returns its folder.
 */
export function epochStates(
  folderOf: (run: number) => string,
  known: (run: number) => IdentifiedRun | undefined,
): EpochStates {
  const folder = (run: number) => join(folderOf(run), 'epochs');
  const path = (run: number, epoch: number) => join(folder(run), nameOf(epoch));
  const requireKnown = (run: number): IdentifiedRun => {
    const found = known(run);
    if (!found) throw new Error(`history knows no run ${run}`);
    return found;
  };

  /** A slider goes to and fro, and one step of it asks several questions about the same state. */
  const recent = new Recent<SavedCheckpoint | null>(mostRecentBytes, (saved) =>
    (saved?.checkpoint.tensors ?? []).reduce((sum, { data }) => sum + data.byteLength, 0),
  );
  const decoded = async (run: number, epoch: number) => {
    const bytes = await readIfThere(path(run, epoch));
    return bytes && decodeOwnCheckpoint(bytes, path(run, epoch), requireKnown(run));
  };

  const list = (run: number) => keptEpochs(folder(run));
  /** Removes the states after this epoch and, of those up to it, the ones that are dropped. */
  const thin = async (run: number, epoch: number, { best, most }: { best: number | null; most: number }) => {
    const all = await list(run);
    const later = all.filter((each) => each > epoch);
    const dropped = statesToDrop(
      all.filter((each) => each <= epoch),
      best,
      most,
    );
    for (const each of [...later, ...dropped]) await rm(path(run, each), { force: true });
  };

  return {
    list,
    bytes: async (run) => {
      const sizes = (await list(run)).map(async (epoch) => (await stat(path(run, epoch))).size);
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    },
    read: async (run, epoch) => {
      const version = await versionOf(path(run, epoch));
      return version === null ? null : recent.get(version, () => decoded(run, epoch));
    },
    keep: async (run, epoch, checkpoint, { megabytes, best }) => {
      const parameters = parametersIn(checkpoint.tensors);
      const saved = { checkpoint: { ...checkpoint, tensors: parameters }, epoch: null };
      const bytes = await encodeCheckpoint(saved, requireKnown(run).manifest);
      try {
        await mkdir(folder(run), { recursive: true, mode: privateFolder });
        const temporary = `${path(run, epoch)}.tmp`;
        await writeSynced(temporary, bytes);
        await replace(temporary, path(run, epoch));
        await thin(run, epoch, { best, most: statesThatFit(megabytes, bytes.length) });
      } catch (error) {
        throw fileProblem(error, path(run, epoch), 'written');
      }
    },
  };
}

/** Returns the epochs of the states in a folder in ascending order; none if it does not exist. */
async function keptEpochs(folder: string): Promise<number[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileProblem(error, folder, 'read');
  }
  return names
    .flatMap((name) => (/^\d{5,}\.safetensors$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b);
}

/** Returns a text that differs from that of any other file or content; null if there is no file. */
async function versionOf(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return [path, ino, size, mtimeMs].join(' ');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileProblem(error, path, 'read');
  }
}
