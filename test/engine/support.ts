/** For engine tests: the native library set up as the hosts do it, and a run driven without a worker. */
import { readFileSync } from 'node:fs';
import type { Checkpoint } from '../../src/shared/runs/checkpoint.ts';
import type { EpochRecord, RunningLoss } from '../../src/shared/runs/runs.ts';
import { Control } from '../../src/main/engine/train/control.ts';
import type { FromWorker, TrainingOrder } from '../../src/main/engine/train/messages.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { train } from '../../src/main/engine/train/train.ts';

setNativeEnvironment(2);

export const vectors = new URL('../vectors/', import.meta.url);

export interface Trace {
  readonly first_batch_losses: number[];
  readonly epochs: { epoch: number; running_loss: { batch: number; loss: number }[]; test_correct: number }[];
}

export function readTrace(name: string, seed: number): Trace {
  return JSON.parse(readFileSync(new URL(`traces/${name}-seed${seed}.json`, vectors), 'utf8')) as Trace;
}

export interface Recorded {
  losses: number[];
  running: RunningLoss[];
  epochs: EpochRecord[];
  checkpoints: Checkpoint[];
  end: 'finished' | 'stopped' | undefined;
}

/**
 * Runs an order to its end; stops it at the first batch losses from step `stopFrom` on, where that is given. `steer` is
 * told every message, and may want something of the run.
 */
export async function record(
  order: TrainingOrder,
  stopFrom = Infinity,
  steer: (message: FromWorker, control: Control) => void = () => undefined,
): Promise<Recorded> {
  const control = new Control();
  const recorded: Recorded = { losses: [], running: [], epochs: [], checkpoints: [], end: undefined };
  await train(order, control, (message) => {
    steer(message, control);
    switch (message.kind) {
      case 'batchLosses':
        message.losses.forEach((loss, i) => {
          recorded.losses[message.from + i] = loss;
        });
        if (message.from + message.losses.length >= stopFrom) control.set('stop');
        break;
      case 'runningLoss':
        recorded.running.push(message.record);
        break;
      case 'epoch':
        recorded.epochs.push(message.record);
        recorded.checkpoints.push(message.checkpoint);
        break;
      case 'stopped':
        recorded.checkpoints.push(message.checkpoint);
        recorded.end = 'stopped';
        break;
      case 'finished':
        recorded.end = 'finished';
        break;
      default:
    }
  });
  return recorded;
}
