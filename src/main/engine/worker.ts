/** The engine's thread: it trains, or looks into what was trained, as its `workerData` says. */
import { parentPort, workerData } from 'node:worker_threads';
import type { InspectionStart } from './inspect/messages.ts';
import type { WorkerStart } from './train/messages.ts';
import { answerQuestions } from './inspect/inspectionThread.ts';
import { trainRuns } from './train/trainingThread.ts';

if (!parentPort) throw new Error('engine/worker.ts is started as a worker thread, by the lab');

const start = workerData as WorkerStart | InspectionStart;
try {
  await ('inspect' in start ? answerQuestions(parentPort) : trainRuns(parentPort, start));
} finally {
  // Nothing keeps the thread alive after this.
  parentPort.close();
}
