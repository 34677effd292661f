/**
 * The engine's thread: it trains, or inspects trained nets, as its `workerData` says. When started as a
 * separate process it inspects nets and uses the process' channel to its parent.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { InspectionStart, InspectorPort } from './inspect/messages.ts';
import type { WorkerStart } from './train/messages.ts';
import { answerQuestions } from './inspect/inspectionThread.ts';
import { trainRuns } from './train/trainingThread.ts';

if (parentPort) {
  const start = workerData as WorkerStart | InspectionStart;
  try {
    await ('inspect' in start ? answerQuestions(parentPort) : trainRuns(parentPort, start));
  } finally {
    // Nothing keeps the thread alive after this.
    parentPort.close();
  }
} else if (process.send) {
  const port: InspectorPort = {
    postMessage: (message) => process.send?.(message),
    on: (_, listener) => process.on('message', (message) => listener(message as never)),
  };
  // A parent that has ended needs no answers.
  process.on('disconnect', () => process.exit());
  await answerQuestions(port);
  process.disconnect();
} else {
  throw new Error('engine/worker.ts is started as a worker thread or a child process, by the lab');
}
