/**
 * Trains a net for some steps and one evaluation in this process, and prints what that took of its memory: resident bytes
 * at most, above those before TensorFlow was loaded. Argument: the order as JSON, with a number of MNIST's images for its data set.
 */
import { readFileSync } from 'node:fs';
import { openDataset } from '../../src/main/datasets/index.ts';
import { Control } from '../../src/main/engine/train/control.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import type { TrainingOrder } from '../../src/main/engine/train/messages.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import { train } from '../../src/main/engine/train/train.ts';

setNativeEnvironment(2);
const { images, ...order } = JSON.parse(process.argv[2] ?? '') as Omit<TrainingOrder, 'dataset'> & {
  images: number;
};
const dataset = shortened(await openDataset('mnist'), images, 2000);
/** What Linux remembers as the most. */
const most = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
const before = process.memoryUsage.rss();
const control = new Control();
await train({ ...order, dataset }, control, (message) => {
  if (message.kind === 'failed') throw new Error(message.problem.message);
});
process.stdout.write(String(most() - before));
