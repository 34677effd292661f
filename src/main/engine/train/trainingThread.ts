/**
 * A thread that trains: takes its order, trains, and tells its owner what happens. One that is to stay then waits for
 * another order, so that loading TensorFlow is paid for once and not with every run.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MessagePort } from 'node:worker_threads';
import { toProblemRecord } from '../../../shared/base/problem.ts';
import { Control } from './control.ts';
import type { FromWorker, ToWorker, TrainingOrder, WorkerStart } from './messages.ts';
import { train } from './train.ts';

interface Task {
  readonly order: TrainingOrder;
  /** Each run's own: a stop that comes too late for a run must not meet the next one. */
  readonly control: Control;
}

const wanted = { pause: 'pause', continue: 'run', stop: 'stop' } as const;

/** Returns when the thread may end. */
export async function trainRuns(port: MessagePort, { stay = false, ...first }: WorkerStart): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  let latest: Task = { order: first, control: new Control() };
  const tasks: Task[] = [latest];
  let leaving = !stay;
  let wake = () => {};

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'order':
        latest = { order: message.order, control: new Control() };
        tasks.push(latest);
        break;
      case 'leave':
        leaving = true;
        break;
      case 'finishEpoch':
        latest.control.finishEpoch = message.wanted;
        return;
      case 'learningRate':
        latest.control.setLearningRate(message.learningRate);
        return;
      default:
        latest.control.set(wanted[message.kind]);
        return;
    }
    wake();
  });

  const nextTask = async (): Promise<Task | undefined> => {
    while (tasks.length === 0 && !leaving) await new Promise<void>((resolve) => (wake = resolve));
    return tasks.shift();
  };

  for (let task = await nextTask(); task; task = await nextTask()) {
    try {
      await train(task.order, task.control, post);
    } catch (error) {
      post({ kind: 'failed', problem: toProblemRecord(error) });
    }
    if (stay) collectGarbage();
  }
}

/**
 * A run leaves some 40 MB of graph and messages behind, which the collector would let pile up to 200 MB before it thought
 * it worth its while: here it is, between two runs, at 20 to 50 milliseconds.
 */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('globalThis.gc') as (() => void) | undefined)?.();
}
