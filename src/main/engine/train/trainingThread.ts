/**
 * Runs a training thread: it takes its order, trains, and reports events to its owner. One that stays then
 * waits for another order, so that TensorFlow is loaded once rather than for every run.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MessagePort } from 'node:worker_threads';
import { toProblemRecord } from '../../../shared/base/problem.ts';
import { Control } from './control.ts';
import { countReceived } from './mailbox.ts';
import type { FromWorker, ToWorker, TrainingOrder, WorkerStart } from './messages.ts';
import { train } from './train.ts';

interface Task {
  readonly order: TrainingOrder;
  /** Control of this run alone: a stop that arrives too late must not reach the next run. */
  readonly control: Control;
}

const wanted = { pause: 'pause', continue: 'run', stop: 'stop' } as const;

/** Returns when the thread may end. */
export async function trainRuns(
  port: MessagePort,
  { stay = false, mailbox, ...first }: WorkerStart,
): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  let latest: Task = { order: first, control: new Control(mailbox) };
  const tasks: Task[] = [latest];
  let leaving = !stay;
  let wake = () => {};

  port.on('message', (message: ToWorker) => {
    if (mailbox) countReceived(mailbox);
    switch (message.kind) {
      case 'order':
        latest = { order: message.order, control: new Control(mailbox) };
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
 * Collects garbage between two runs, which takes 20 to 50 ms. A run leaves some 40 MB of graph and messages
 * behind, which would otherwise grow to 200 MB before the collector runs.
 */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('globalThis.gc') as (() => void) | undefined)?.();
}
