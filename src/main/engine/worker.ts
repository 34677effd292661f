/** The engine's thread: it trains, or looks into what was trained, as its `workerData` says. */
import { parentPort, workerData } from 'node:worker_threads';
import type { InspectionStart, WorkerStart } from './messages.ts';
import { answerQuestions } from './inspectionThread.ts';
import { trainRuns } from './trainingThread.ts';

if (!parentPort) throw new Error('engine/worker.ts is started as a worker thread, by the lab');

const start = workerData as WorkerStart | InspectionStart;
try {
  await ('inspect' in start ? answerQuestions(parentPort) : trainRuns(parentPort, start));
} finally {
  // Nothing keeps the thread alive after this.
  parentPort.close();
}
