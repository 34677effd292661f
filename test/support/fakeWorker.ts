/**
 * Stands in for `engine/worker.ts` where the lab is tested: it speaks `messages.ts`, and "trains" by a rule that any
 * reader can follow, so that TensorFlow is not needed and every number is known. Its state is one number that each
 * step changes; a run resumed from a wrong checkpoint gives other losses from there on.
 *
 * What it does beside that is in the run's network's name, in words separated by spaces: `crash-at-N` throws,
 * `exit-at-N` ends without a word, `fail-at-N` reports a problem, `diverge-at-N` one of a loss that is no number, `deaf`
 * does not listen, `kill-process` takes its process along where STRIDE_TEST_KILL is set, `checkpoint-at-N` gives a checkpoint at
 * step N, `step-N` takes N milliseconds a step, `hold-at-N` waits at step N until it is told to pause or stop.
A changed learning rate is added to each loss from its step on.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type {
  FromWorker,
  ToWorker,
  TrainingOrder,
  WorkerStart,
} from '../../src/main/engine/train/messages.ts';
import type { Checkpoint } from '../../src/shared/runs/checkpoint.ts';
import { type LearningRateChange, runningLossInterval } from '../../src/shared/training/training.ts';

const port = parentPort;
if (!port) throw new Error('this file is a worker');
const post = (message: FromWorker) => {
  port.postMessage(message);
};

const { stay = false, ...first } = workerData as WorkerStart;
const orders: TrainingOrder[] = [first];
let leaving = !stay;
let wishes: ToWorker['kind'][] = [];
let rates: number[] = [];
let finishEpoch = false;
port.on('message', (message: ToWorker) => {
  if (message.kind === 'order') {
    wishes = [];
    rates = [];
    finishEpoch = false;
    orders.push(message.order);
  } else if (message.kind === 'leave') leaving = true;
  else if (message.kind === 'learningRate') rates.push(message.learningRate);
  else if (message.kind === 'finishEpoch') finishEpoch = message.wanted;
  else wishes.push(message.kind);
});

class FakeRun {
  readonly #order: TrainingOrder;
  readonly #stepsPerEpoch: number;
  readonly #progress;
  #state: number;
  #unsent: number[] = [];
  #changes: LearningRateChange[];

  constructor(order: TrainingOrder) {
    this.#order = order;
    this.#stepsPerEpoch = Math.ceil(order.dataset.summary.trainCount / order.settings.batchSize);
    const { step, epoch, batch, runningSum, epochLossSum, epochImages, epochSeconds } = order.from
      ?.progress ?? {
      step: 0,
      epoch: 1,
      batch: 0,
      runningSum: 0,
      epochLossSum: 0,
      epochImages: 0,
      epochSeconds: 0,
    };
    this.#progress = { step, epoch, batch, runningSum, epochLossSum, epochImages, epochSeconds };
    this.#changes = [...(order.from?.progress.learningRates ?? []), ...(order.learningRates ?? [])];
    this.#state = order.from?.tensors[0]?.data[0] ?? Math.fround(1 + order.settings.seed);
  }

  #option(word: string): number | undefined {
    const found = this.#order.network.name.split(' ').find((each) => each.startsWith(`${word}-`));
    return found === undefined ? undefined : Number(found.slice(word.length + 1));
  }

  #checkpoint(): Checkpoint {
    const { step } = this.#progress;
    return {
      progress: {
        format: 1,
        ...this.#progress,
        random: { words: Array.from({ length: 624 }, (_, index) => index + step), position: step % 624 },
        orderSeed: '',
        layers: [],
        stopping: { best: null, waited: 0 },
        learningRates: this.#changes,
        shards: this.#order.shards,
        kernels: 'tensorflow',
      },
      tensors: [
        { name: 'parameter/1.weight', shape: [2, 16], data: new Float32Array(32).fill(this.#state) },
        { name: 'parameter/1.bias', shape: [2], data: Float32Array.of(step, 2) },
      ],
    };
  }

  #sendLosses(): void {
    if (this.#unsent.length === 0) return;
    const from = this.#progress.step - this.#unsent.length;
    post({ kind: 'batchLosses', from, losses: Float32Array.from(this.#unsent), imagesPerSecond: 1000 });
    this.#unsent = [];
  }

  #takeRates(): void {
    const step = this.#progress.step + 1;
    for (let rate = rates.shift(); rate !== undefined; rate = rates.shift()) {
      this.#sendLosses();
      const before = this.#changes.at(-1)?.learningRate ?? 0;
      const change = { step, learningRate: rate };
      this.#changes = [...this.#changes.filter((known) => known.step < step), change];
      post({ kind: 'learningRate', change, before });
    }
  }

  /** False where the run is to end here. */
  async #listen(): Promise<boolean> {
    const pace = this.#option('step');
    await (pace === undefined ? setImmediate() : sleep(pace));
    const deaf = this.#order.network.name.split(' ').includes('deaf');
    const hold = this.#option('hold-at') === this.#progress.step;
    do {
      if (!deaf) this.#takeRates();
      const wish = deaf ? undefined : wishes.shift();
      if (wish === 'stop') return false;
      if (wish === 'pause') {
        this.#sendLosses();
        post({ kind: 'paused', checkpoint: this.#checkpoint() });
        while (!wishes.includes('continue') && !wishes.includes('stop')) {
          this.#takeRates();
          await sleep(2);
        }
        if (wishes.includes('stop')) return false;
        wishes.length = 0;
        post({ kind: 'continued' });
        return true;
      }
      if (hold) {
        this.#sendLosses();
        await sleep(2);
      }
    } while (hold);
    return true;
  }

  async train(): Promise<void> {
    const progress = this.#progress;
    const { epochs, batchSize } = this.#order.settings;
    const { kernels, network } = this.#order;
    const kernelTimes =
      network.name === 'measured' && !kernels ? { stride: 0.003, tensorflow: 0.001 } : undefined;
    post({
      kind: 'started',
      tensorflow: 'fake',
      kernels: kernels ?? 'tensorflow',
      stepsPerEpoch: this.#stepsPerEpoch,
      ...(kernelTimes && { kernelTimes }),
    });
    if (this.#order.network.name === 'kill-process' && process.env['STRIDE_TEST_KILL']) {
      await sleep(300);
      process.kill(process.pid, 'SIGSEGV');
    }
    while (progress.epoch <= epochs) {
      if (!(await this.#listen())) {
        this.#sendLosses();
        post({ kind: 'stopped', checkpoint: this.#checkpoint() });
        return;
      }
      const { step } = progress;
      if (this.#option('checkpoint-at') === step) {
        this.#sendLosses();
        post({ kind: 'checkpoint', checkpoint: this.#checkpoint() });
      }
      if (this.#option('crash-at') === step) throw new Error('the worker was told to crash');
      if (this.#option('exit-at') === step) process.exit(0);
      for (const [word, code] of [
        ['fail-at', 'test.failed'],
        ['diverge-at', 'training.diverged'],
      ] as const) {
        if (this.#option(word) !== step) continue;
        this.#sendLosses();
        post({ kind: 'failed', problem: { code, message: 'told to fail', parameters: { step } } });
        return;
      }
      // One step of a generator of numbers below 2, in float32.
      const rate = this.#changes.findLast((change) => change.step <= step + 1)?.learningRate ?? 0;
      const loss = (this.#state = Math.fround((this.#state * 1.61803398875 + 0.1 + rate) % 2));
      const images = this.#order.dataset.summary.trainCount;
      const count = Math.min(batchSize, images - progress.batch * batchSize);
      progress.step++;
      progress.batch++;
      this.#unsent.push(loss);
      progress.runningSum += loss;
      progress.epochLossSum += loss * count;
      progress.epochImages += count;
      progress.epochSeconds += 0.25;
      if (this.#unsent.length === 7) this.#sendLosses();
      if (progress.batch % runningLossInterval === 0) {
        const { epoch, batch, runningSum } = progress;
        post({ kind: 'runningLoss', record: { epoch, batch, loss: runningSum / runningLossInterval } });
        progress.runningSum = 0;
      }
      if (progress.batch !== this.#stepsPerEpoch) continue;
      this.#endEpoch();
      await setImmediate();
      if (finishEpoch && progress.epoch <= epochs) {
        post({ kind: 'stopped', checkpoint: this.#checkpoint() });
        return;
      }
    }
    post({ kind: 'finished' });
  }

  #endEpoch(): void {
    this.#sendLosses();
    const progress = this.#progress;
    const testCorrect = Math.floor(this.#state * 50);
    const record = {
      epoch: progress.epoch,
      trainLoss: progress.epochLossSum / progress.epochImages,
      testLoss: this.#state,
      testCorrect,
      testTotal: 100,
      confusion: [testCorrect, 100 - testCorrect, 0, 0],
      trainSeconds: progress.epochSeconds,
      testSeconds: 0.5,
      details: null,
    };
    progress.epoch++;
    progress.batch = 0;
    progress.runningSum = progress.epochLossSum = progress.epochImages = progress.epochSeconds = 0;
    post({ kind: 'epoch', record, checkpoint: this.#checkpoint(), logits: new Float32Array(200) });
  }
}

do {
  const order = orders.shift();
  if (order) await new FakeRun(order).train();
  else await sleep(1);
} while (orders.length > 0 || !leaving);
port.close();
