/** The training worker's thread: takes its order from `workerData`, trains, and tells its owner what happens. */
import { parentPort, workerData } from 'node:worker_threads';
import { toProblemRecord } from '../../shared/problem.ts';
import { Control } from './control.ts';
import type { FromWorker, ToWorker, TrainingOrder } from './messages.ts';
import { train } from './trainer.ts';

if (!parentPort) throw new Error('engine/worker.ts is started as a worker thread, by the lab');
const port = parentPort;
const control = new Control();

const wanted = { pause: 'pause', continue: 'run', stop: 'stop' } as const;
port.on('message', (message: ToWorker) => control.set(wanted[message.kind]));

const post = (message: FromWorker) => port.postMessage(message);

try {
  await train(workerData as TrainingOrder, control, post);
} catch (error) {
  post({ kind: 'failed', problem: toProblemRecord(error) });
} finally {
  // Nothing keeps the thread alive after this.
  port.close();
}
