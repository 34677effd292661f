/**
 * The engine's thread: it trains, inspects trained nets, or only loads TensorFlow, as its `workerData` says. When started
 * as a separate process, of Node or of Electron, it inspects nets and uses the process' channel to its parent.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { InspectionStart, InspectorPort } from './inspect/messages.ts';
import type { LoadStart, WorkerStart } from './train/messages.ts';
import { answerQuestions } from './inspect/inspectionThread.ts';
import { tensorflowVersion } from './native/session.ts';
import { trainRuns } from './train/trainingThread.ts';

/** Electron's port to the process that started this one as a utility process. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
}

const { parentPort: utilityPort } = process as unknown as { parentPort?: UtilityPort };

if (parentPort) {
  const start = workerData as WorkerStart | InspectionStart | LoadStart;
  try {
    if ('load' in start) tensorflowVersion();
    else await ('inspect' in start ? answerQuestions(parentPort) : trainRuns(parentPort, start));
  } finally {
    // Nothing keeps the thread alive after this.
    parentPort.close();
  }
} else if (utilityPort) {
  const port: InspectorPort = {
    postMessage: (message) => {
      utilityPort.postMessage(message);
    },
    on: (_, listener) => utilityPort.on('message', ({ data }) => listener(data as never)),
  };
  await answerQuestions(port);
  process.exit();
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
