/**
 * A thread that does one import or preview, so that the process that answers calls decodes no picture. Whoever
 * cancels ends the thread: everything that it writes is in its staging folder.
 */
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { ImportPreview } from '../../../shared/api/calls/datasets.ts';
import { type ProblemRecord, Problem } from '../../../shared/base/problem.ts';
import type { ImportProgress, ImportRecord } from '../../../shared/datasets/importing.ts';
import { storageProblem } from '../storage.ts';
import { type ImportOrder, prepareSet } from './importDataset.ts';
import { previewImport } from './preview.ts';

export interface ImportAnswers {
  readonly import: ImportRecord;
  readonly preview: ImportPreview;
}

/** `workerData` of the thread. */
export interface ImportStart {
  readonly work: keyof ImportAnswers;
  readonly order: ImportOrder;
}

/** Progress is told at most ten times a second, and at each new phase; one of the others ends the thread. */
export type FromImport =
  | { readonly kind: 'progress'; readonly progress: ImportProgress }
  | { readonly kind: 'done'; readonly answer: ImportAnswers[keyof ImportAnswers] }
  | { readonly kind: 'problem'; readonly problem: ProblemRecord };

/** Milliseconds between two messages about progress. */
const progressInterval = 100;

if (!parentPort) throw new Error('importThread.ts is started as a worker thread, by the lab');
const port = parentPort;
const post = (message: FromImport) => {
  port.postMessage(message);
};

let [told, phase] = [0, ''];
const context = {
  // The thread itself is ended by its owner.
  signal: new AbortController().signal,
  progress: (progress: ImportProgress) => {
    if (progress.phase === phase && performance.now() - told < progressInterval) return;
    [told, phase] = [performance.now(), progress.phase];
    post({ kind: 'progress', progress });
  },
};

const { work, order } = workerData as ImportStart;
try {
  const answer = await (work === 'import' ? prepareSet(order, context) : previewImport(order, context));
  post({ kind: 'done', answer });
} catch (error) {
  const found = storageProblem(error, dirname(order.staging));
  // Any other error is a bug, which the owner reports as such.
  if (!(found instanceof Problem)) throw found;
  post({ kind: 'problem', problem: found.toRecord() });
}
