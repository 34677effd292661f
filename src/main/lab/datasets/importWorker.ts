/** An import or preview in a thread of its own, which ends with it. */
import { Worker } from 'node:worker_threads';
import { Problem } from '../../../shared/base/problem.ts';
import type { ImportProgress } from '../../../shared/datasets/importing.ts';
import type { FromImport, ImportAnswers, ImportStart } from '../../datasets/import/importThread.ts';
import type { ImportOrder } from '../../datasets/import/importDataset.ts';

export interface ImportThreadOptions {
  /** Path of the built `datasets/import/importThread.ts`. */
  readonly path: string | URL;
  readonly signal: AbortSignal;
  readonly progress: (progress: ImportProgress) => void;
}

/**
 * Resolves with the thread's answer and rejects with its `Problem`, or with the signal's reason once it is
 * aborted. The thread has ended then, so that nothing more is written to the staging folder.
 */
export async function inImportThread<Work extends keyof ImportAnswers>(
  work: Work,
  order: ImportOrder,
  { path, signal, progress }: ImportThreadOptions,
): Promise<ImportAnswers[Work]> {
  signal.throwIfAborted();
  const worker = new Worker(path, { workerData: { work, order } satisfies ImportStart });
  const end = () => void worker.terminate();
  signal.addEventListener('abort', end, { once: true });
  let answer: ImportAnswers[Work] | undefined;
  let problem: Error | undefined;
  worker.on('message', (message: FromImport) => {
    if (message.kind === 'progress') progress(message.progress);
    else if (message.kind === 'problem') problem ??= Problem.fromRecord(message.problem);
    else answer = message.answer as ImportAnswers[Work];
  });
  worker.on('error', (error) => {
    problem ??= error instanceof Error ? error : new Error(String(error));
  });
  const code = await new Promise<number>((resolve) => worker.on('exit', resolve));
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (problem !== undefined) throw problem;
  if (answer === undefined) throw new Error(`the import thread ended without an answer (exit code ${code})`);
  return answer;
}
