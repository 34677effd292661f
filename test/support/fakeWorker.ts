/**
 * Stands in for `engine/worker.ts` where the lab is tested: it speaks `messages.ts`, and "trains" by a rule that any
 * reader can follow, so that TensorFlow is not needed and every number is known. Its state is one number that each
 * step changes; a run resumed from a wrong checkpoint gives other losses from there on.
 *
 * What it does beside that is in the run's network's name, in words separated by spaces: `crash-at-N` throws,
 * `exit-at-N` ends without a word, `fail-at-N` reports a problem, `deaf` does not listen, `step-N` takes N
 * milliseconds a step, `hold-at-N` waits at step N until it is told to pause or stop.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { FromWorker, ToWorker, TrainingOrder } from '../../src/main/engine/messages.ts';
import type { Checkpoint } from '../../src/shared/checkpoint.ts';
import { runningLossInterval } from '../../src/shared/training.ts';

const order = workerData as TrainingOrder;
const port = parentPort;
if (!port) throw new Error('this file is a worker');
const post = (message: FromWorker) => {
  port.postMessage(message);
};

const option = (word: string) => {
  const found = order.network.name.split(' ').find((each) => each.startsWith(`${word}-`));
  return found === undefined ? undefined : Number(found.slice(word.length + 1));
};
const deaf = order.network.name.split(' ').includes('deaf');
const { epochs, batchSize, seed } = order.settings;
const images = order.dataset.summary.trainCount;
const stepsPerEpoch = Math.ceil(images / batchSize);

const wishes: ToWorker['kind'][] = [];
port.on('message', ({ kind }: ToWorker) => wishes.push(kind));

let { step, epoch, batch, runningSum, epochLossSum, epochImages, epochSeconds } = order.from?.progress ?? {
  step: 0,
  epoch: 1,
  batch: 0,
  runningSum: 0,
  epochLossSum: 0,
  epochImages: 0,
  epochSeconds: 0,
};
let state = order.from?.tensors[0]?.data[0] ?? Math.fround(1 + seed);
let unsent: number[] = [];

/** One step of a generator of numbers below 2, in float32. */
function trainStep(): number {
  state = Math.fround((state * 1.61803398875 + 0.1) % 2);
  return state;
}

function checkpoint(): Checkpoint {
  return {
    progress: {
      format: 1,
      step,
      epoch,
      batch,
      random: { words: Array.from({ length: 624 }, (_, index) => index + step), position: step % 624 },
      orderSeed: '',
      runningSum,
      epochLossSum,
      epochImages,
      epochSeconds,
      stopping: { best: null, waited: 0 },
      shards: order.shards,
    },
    tensors: [
      { name: 'parameter/0.weight', shape: [1, 1], data: Float32Array.of(state) },
      { name: 'parameter/0.bias', shape: [3], data: Float32Array.of(step, 2, 3) },
    ],
  };
}

function sendLosses(): void {
  if (unsent.length === 0) return;
  post({
    kind: 'batchLosses',
    from: step - unsent.length,
    losses: Float32Array.from(unsent),
    imagesPerSecond: 1000,
  });
  unsent = [];
}

/** False where the run is to end here. */
async function listen(): Promise<boolean> {
  const pace = option('step');
  await (pace === undefined ? setImmediate() : sleep(pace));
  const hold = option('hold-at') === step;
  do {
    const wish = deaf ? undefined : wishes.shift();
    if (wish === 'stop') return false;
    if (wish === 'pause') {
      sendLosses();
      post({ kind: 'paused', checkpoint: checkpoint() });
      while (!wishes.includes('continue') && !wishes.includes('stop')) await sleep(2);
      if (wishes.includes('stop')) return false;
      wishes.length = 0;
      post({ kind: 'continued' });
      return true;
    }
    if (hold) {
      sendLosses();
      await sleep(2);
    }
  } while (hold);
  return true;
}

async function train(): Promise<void> {
  post({ kind: 'started', tensorflow: 'fake', stepsPerEpoch });
  while (epoch <= epochs) {
    if (!(await listen())) {
      sendLosses();
      post({ kind: 'stopped', checkpoint: checkpoint() });
      return;
    }
    if (option('crash-at') === step) throw new Error('the worker was told to crash');
    if (option('exit-at') === step) process.exit(0);
    if (option('fail-at') === step) {
      sendLosses();
      post({
        kind: 'failed',
        problem: { code: 'test.failed', message: 'told to fail', parameters: { step } },
      });
      return;
    }
    const loss = trainStep();
    const count = Math.min(batchSize, images - batch * batchSize);
    step++;
    batch++;
    unsent.push(loss);
    runningSum += loss;
    epochLossSum += loss * count;
    epochImages += count;
    epochSeconds += 0.25;
    if (unsent.length === 7) sendLosses();
    if (batch % runningLossInterval === 0) {
      post({ kind: 'runningLoss', record: { epoch, batch, loss: runningSum / runningLossInterval } });
      runningSum = 0;
    }
    if (batch === stepsPerEpoch) endEpoch();
  }
  post({ kind: 'finished' });
}

function endEpoch(): void {
  sendLosses();
  const testCorrect = Math.floor(state * 50);
  const record = {
    epoch,
    trainLoss: epochLossSum / epochImages,
    testLoss: state,
    testCorrect,
    testTotal: 100,
    confusion: [testCorrect, 100 - testCorrect, 0, 0],
    trainSeconds: epochSeconds,
    testSeconds: 0.5,
    details: null,
  };
  epoch++;
  batch = 0;
  runningSum = epochLossSum = epochImages = epochSeconds = 0;
  post({ kind: 'epoch', record, checkpoint: checkpoint() });
}

await train();
port.close();
