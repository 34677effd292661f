/** Finds run folders that history does not list and restores their runs into history as far as possible. */
import { renameSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundRun } from '../../../shared/api/calls/recovery.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import type { RunManifest } from '../../../shared/runs/manifest.ts';
import type { RunStatus } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles, CheckpointFileKind, SavedCheckpoint } from '../../checkpoints/files.ts';
import { decodeOwnCheckpoint } from '../../checkpoints/format.ts';
import { changeNumber, folderNumbers, folderOf, readManifest } from '../../checkpoints/runFolders.ts';
import type { RunBook } from './runBook.ts';

interface Found {
  readonly number: number;
  readonly manifest: RunManifest | null;
}

export class Recovery {
  readonly #home: string;
  readonly #book: RunBook;
  readonly #files: CheckpointFiles;

  constructor({ home, book, files }: { home: string; book: RunBook; files: CheckpointFiles }) {
    this.#home = home;
    this.#book = book;
    this.#files = files;
  }

  list(): FoundRun[] {
    return this.#find().map(({ number, manifest }) => ({
      number,
      folder: folderOf(this.#home, number),
      name: manifest?.name ?? null,
      createdAt: manifest?.createdAt ?? null,
    }));
  }

  /** Recovers each run independently, so that a problem with one does not affect the others. */
  async recover(numbers: readonly number[]): Promise<{ runs: number[]; problems: ProblemRecord[] }> {
    const found = new Map(this.#find().map((each) => [each.number, each]));
    const runs: number[] = [];
    const problems: ProblemRecord[] = [];
    for (const number of new Set(numbers)) {
      try {
        const each = found.get(number);
        if (!each) {
          throw new Problem('recovery.unknown', `there is no folder ${number} that history does not know`, {
            number,
          });
        }
        runs.push(await this.#recover(each));
      } catch (error) {
        problems.push(toProblemRecord(error));
      }
    }
    return { runs, problems };
  }

  #find(): Found[] {
    const known = this.#book.history.runs.identities();
    const numbers = new Set(known.values());
    return folderNumbers(this.#home).flatMap((number): Found[] => {
      const manifest = readManifestOrNull(folderOf(this.#home, number));
      if (manifest) return known.has(manifest.identity) ? [] : [{ number, manifest }];
      // A run from before there were manifests has none until it is trained again.
      return numbers.has(number) ? [] : [{ number, manifest: null }];
    });
  }

  async #recover({ number, manifest }: Found): Promise<number> {
    const from = folderOf(this.#home, number);
    if (!manifest) {
      throw new Problem(
        'recovery.no-manifest',
        `the folder ${from} does not say what was trained, because an older Stride made it; put its history back`,
        { folder: from },
      );
    }
    const { saved, kind } = await this.#newest(from, manifest);
    const best = await readCheckpoint(from, manifest, 'best', this.#files).catch(() => null);
    const { history } = this.#book;
    const run = history.transaction(() => {
      const taken = history.runs.known(number) !== undefined;
      history.runs.reserve(this.#files.highest());
      const { identity, run: _, stride: __, createdAt, ...rest } = manifest;
      const recovered = { identity, ...(taken ? {} : { id: number }) };
      const stepsPerEpoch = saved ? stepsOf(saved, manifest) : manifest.stepsPerEpoch;
      const id = history.runs.insert({ ...rest, stepsPerEpoch, recovered }, history.owner, createdAt);
      if (saved) this.#fill(id, saved, best);
      const done = saved !== null && saved.checkpoint.progress.epoch > manifest.settings.epochs;
      history.runs.setStatus(id, (done ? 'finished' : 'interrupted') satisfies RunStatus, null);
      if (id !== number) {
        changeNumber(from, { ...manifest, run: id });
        renameSync(from, folderOf(this.#home, id));
      }
      return id;
    });
    if (kind === 'previous') await this.#files.goBack(run);
    this.#book.changed(run);
    return run;
  }

  /** Returns the last checkpoint, or the one before it if that is damaged; null if the run had none. */
  async #newest(
    folder: string,
    manifest: RunManifest,
  ): Promise<{ saved: SavedCheckpoint | null; kind: CheckpointFileKind }> {
    try {
      return { saved: await readCheckpoint(folder, manifest, 'last', this.#files), kind: 'last' };
    } catch (error) {
      const saved = await readCheckpoint(folder, manifest, 'previous', this.#files).catch(() => null);
      if (saved) return { saved, kind: 'previous' };
      throw error;
    }
  }

  #fill(run: number, saved: SavedCheckpoint, best: SavedCheckpoint | null): void {
    const { history } = this.#book;
    const { step, epochSeconds } = saved.checkpoint.progress;
    const records = [...(saved.epochs ?? []), ...(saved.epoch ? [saved.epoch] : [])];
    for (const record of new Map(records.map((each) => [each.epoch, each])).values()) {
      history.epochs.insert(run, record);
    }
    history.runs.refreshResults(run);
    history.batchLosses.append(run, 0, new Float32Array(step).fill(NaN), null);
    history.runs.setProgress(run, step, history.epochs.trainSeconds(run) + epochSeconds);
    for (const [kind, each] of [
      ['last', saved],
      ['best', best],
    ] as const) {
      if (!each) continue;
      const { step, epoch, batch } = each.checkpoint.progress;
      history.checkpoints.put(run, { kind, file: this.#files.names[kind], step, epoch, batch, bytes: 0 });
    }
  }
}

function readManifestOrNull(folder: string): RunManifest | null {
  try {
    return readManifest(folder);
  } catch {
    return null;
  }
}

/** Returns null if there is none. */
async function readCheckpoint(
  folder: string,
  manifest: RunManifest,
  kind: CheckpointFileKind,
  { names }: CheckpointFiles,
): Promise<SavedCheckpoint | null> {
  const path = join(folder, names[kind]);
  if (!(await stat(path).catch(() => null))) return null;
  return decodeOwnCheckpoint(await readFile(path), path, { manifest, fromBefore: false });
}

/**
 * Returns the number of steps per epoch. With validation there are fewer than in the manifest, which was
 * written before the training images were split.
 */
function stepsOf({ checkpoint: { progress } }: SavedCheckpoint, { stepsPerEpoch }: RunManifest): number {
  const { step, epoch, batch } = progress;
  return epoch > 1 ? (step - batch) / (epoch - 1) : stepsPerEpoch;
}
