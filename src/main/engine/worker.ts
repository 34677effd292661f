/**
 * The training worker's thread: takes its order from `workerData`, trains, and tells its owner what happens. One that is
 * to stay then waits for another order, so that loading TensorFlow is paid for once and not with every run.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { toProblemRecord } from '../../shared/problem.ts';
import { Control } from './control.ts';
import type { FromWorker, ToWorker, TrainingOrder, WorkerStart } from './messages.ts';
import { train } from './trainer.ts';

if (!parentPort) throw new Error('engine/worker.ts is started as a worker thread, by the lab');
const port = parentPort;
const post = (message: FromWorker) => port.postMessage(message);

interface Task {
  readonly order: TrainingOrder;
  /** Each run's own: a stop that comes too late for a run must not meet the next one. */
  readonly control: Control;
}

const { stay = false, ...first } = workerData as WorkerStart;
let latest: Task = { order: first, control: new Control() };
const tasks: Task[] = [latest];
let leaving = !stay;
let wake = () => {};

const wanted = { pause: 'pause', continue: 'run', stop: 'stop' } as const;
port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'order':
      latest = { order: message.order, control: new Control() };
      tasks.push(latest);
      break;
    case 'leave':
      leaving = true;
      break;
    default:
      latest.control.set(wanted[message.kind]);
      return;
  }
  wake();
});

/**
 * A run leaves some 40 MB of graph and messages behind, which the collector would let pile up to 200 MB before it thought
 * it worth its while: here it is, between two runs, at 20 to 50 milliseconds.
 */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('globalThis.gc') as (() => void) | undefined)?.();
}

async function nextTask(): Promise<Task | undefined> {
  while (tasks.length === 0 && !leaving) await new Promise<void>((resolve) => (wake = resolve));
  return tasks.shift();
}

try {
  for (let task = await nextTask(); task; task = await nextTask()) {
    try {
      await train(task.order, task.control, post);
    } catch (error) {
      post({ kind: 'failed', problem: toProblemRecord(error) });
    }
    if (stay) collectGarbage();
  }
} finally {
  // Nothing keeps the thread alive after this.
  port.close();
}
