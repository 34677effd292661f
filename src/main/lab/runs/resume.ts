/**
 * Prepares a run for resuming: it is claimed, its checkpoint is read, and history is truncated to it, so that
 * nothing is recorded twice. If the process is killed during this, the run is interrupted again, and the
 * preparation can be repeated.
 */
import { stat } from 'node:fs/promises';
import { BestEpoch } from '../../../shared/runs/bestEpoch.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles, SavedCheckpoint } from '../../checkpoints/files.ts';
import type { TrainingOrder } from '../../engine/train/messages.ts';
import { requireFitting } from './fitting.ts';
import type { RunBook } from './runBook.ts';

export interface ResumeOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly dataset: Dataset;
  /** `previous` resumes from the checkpoint before the last one, which replaces the last one. */
  readonly from?: 'last' | 'previous';
}

/**
 * Returns the order with which the queued run resumes; null if its checkpoint shows that all epochs are done,
 * in which case the run is finished. If a `Problem` is thrown, the run is unchanged.
 */
export async function goOnFrom(run: number, options: ResumeOptions): Promise<TrainingOrder | null> {
  const { book, files, dataset } = options;
  const { history } = book;
  const before = book.detail(run);
  requireSameData(before, dataset);
  book.requireKept(run);
  if (!history.runs.claim(run, history.owner)) {
    throw new Problem('run.elsewhere', `run ${run} has just been resumed by another Stride on this machine`, {
      run,
    });
  }
  try {
    const saved = await readWhole(run, options);
    if (saved) requireFitting(before, saved, history, files.path(run));
    const kept = history.batchLosses.count(run);
    cutBack(before, saved, options);
    await mendBest(before, saved, options);
    // If the process was killed between the file and history's records, history would describe the checkpoint
    // before as the last one.
    if (saved) {
      const { step, epoch, batch } = saved.checkpoint.progress;
      const { size: bytes } = await stat(files.path(run));
      history.checkpoints.put(run, { kind: 'last', file: files.names.last, step, epoch, batch, bytes });
    }
    const done = saved !== null && saved.checkpoint.progress.epoch > before.settings.epochs;
    if (done) {
      book.setStatus(run, 'finished');
      return null;
    }
    book.changed(run);
    const { step, epoch, batch } = saved?.checkpoint.progress ?? { step: 0, epoch: 1, batch: 0 };
    book.log(run, { kind: 'resumed', detail: { batch, lost: Math.max(0, kept - step) } }, { step, epoch });
    const { network, settings, shards } = before;
    const learningRates = history.runEvents.learningRates(run);
    return { network, settings, dataset, shards, from: saved?.checkpoint ?? null, learningRates };
  } catch (error) {
    book.putBack(before);
    throw error;
  }
}

/**
 * Returns the checkpoint to resume from. If it is damaged, the problem names the step of the checkpoint
 * before it.
 */
async function readWhole(
  run: number,
  { files, from = 'last' }: ResumeOptions,
): Promise<SavedCheckpoint | null> {
  if (from === 'previous') {
    const previous = await files.read(run, 'previous');
    if (!previous) {
      throw new Problem('checkpoint.no-previous', `run ${run} has no checkpoint before its last one`, {
        run,
      });
    }
    await files.goBack(run);
  }
  try {
    return await files.read(run);
  } catch (error) {
    if (!(error instanceof Problem) || !damagedCodes.has(error.code)) throw error;
    const previous = await files.peek(run, 'previous').catch(() => null);
    if (!previous) throw error;
    const { step, epoch } = previous.checkpoint.progress;
    throw new Problem(
      'checkpoint.previous-is-whole',
      `${error.message}. The checkpoint before it, of step ${step}, is whole: the run can go on from there ` +
        `(stride resume ${run} --previous)`,
      { run, path: files.path(run), step, epoch },
    );
  }
}

const damagedCodes = new Set(['checkpoint.checksum', 'checkpoint.damaged', 'safetensors.damaged']);

function cutBack({ id }: RunDetail, saved: SavedCheckpoint | null, { book, files }: ResumeOptions): void {
  const { history } = book;
  if (!saved && history.checkpoints.get(id, 'last')) {
    throw new Problem(
      'checkpoint.missing',
      `the checkpoint of run ${id} is gone (${files.path(id)}); put it back, or start a new run`,
      { run: id, path: files.path(id) },
    );
  }
  const { step, epoch, batch, epochSeconds } = saved?.checkpoint.progress ?? {
    step: 0,
    epoch: 1,
    batch: 0,
    epochSeconds: 0,
  };
  history.transaction(() => {
    // If the process was killed between file and history, only the file has the last epoch's record.
    const lost =
      saved?.epoch && !history.epochs.list(id).some((record) => record.epoch === saved.epoch?.epoch);
    if (saved?.epoch && lost) history.epochs.insert(id, saved.epoch);
    history.truncate(id, { step, epoch, batch, epochSeconds });
    history.runs.setStatus(id, 'queued', null);
  });
}

/**
 * Makes the best checkpoint match history's best epoch: it is created from the last one if the process was
 * killed in between, and removed if it is from an epoch that has been truncated, which the run will reach
 * again.
 */
async function mendBest(
  { id, settings }: RunDetail,
  saved: SavedCheckpoint | null,
  { book: { history }, files }: ResumeOptions,
): Promise<void> {
  if (saved?.epoch && new BestEpoch(settings, history.epochs.list(id)).epoch === saved.epoch.epoch) {
    const bytes = await files.keepBest(id);
    const { step, epoch, batch } = saved.checkpoint.progress;
    history.checkpoints.put(id, { kind: 'best', file: files.names.best, step, epoch, batch, bytes });
  } else if (!history.checkpoints.get(id, 'best')) {
    await files.dropBest(id);
  }
}

/** Throws if the data set is not the one that the run was trained on. */
export function requireSameData(run: RunDetail, { summary }: Dataset): void {
  if (run.datasetHash === summary.hash) return;
  throw new Problem(
    'dataset.changed',
    `the data set "${summary.id}" is not the one that run ${run.id} was trained on (SHA-256 ` +
      `${summary.hash.slice(0, 12)}…, where ${run.datasetHash.slice(0, 12)}… would be right); start a new run`,
    { run: run.id, dataset: summary.id, hash: summary.hash, expected: run.datasetHash },
  );
}
