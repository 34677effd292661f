/**
 * Trains one run: epochs of steps and evaluations, with the order of images, the draws and the printed sums of the
 * course's PyTorch script. Between two steps it can pause, stop and give a checkpoint, from which another trainer goes
 * on with exactly the losses that this one would have had.
 */
import { open } from 'node:fs/promises';
import type { Checkpoint, TrainingProgress } from '../../shared/checkpoint.ts';
import type { DataFile } from '../../shared/dataset.ts';
import { Problem } from '../../shared/problem.ts';
import { requireTrainable } from '../../shared/shapes.ts';
import { runningLossInterval } from '../../shared/training.ts';
import { loadDataset } from './batches.ts';
import { type CompiledNetwork, compile } from './compile.ts';
import type { Control } from './control.ts';
import { evaluate } from './evaluate.ts';
import type { FromWorker, TrainingOrder } from './messages.ts';
import { optimizerScalars } from './optimizers.ts';
import { Generator } from './random/generator.ts';
import { drawForTestPass, drawOrderSeed, orderOf } from './random/loaders.ts';
import { Session, tensorflowVersion } from './session.ts';
import { splitBatch } from './shards.ts';
import { readState, writeCheckpoint, writeInitial } from './state.ts';

/** Milliseconds between two messages of batch losses. */
const reportInterval = 100;

/** Trains until done, stopped or failed; the last message says which. Throws what is not the run's own fault. */
export async function train(order: TrainingOrder, control: Control, post: (message: FromWorker) => void): Promise<void> {
  const { network, settings, dataset, from } = order;
  requireTrainable(network, dataset.summary.classes.length);
  const { optimizer, seed, batchSize } = settings;
  const shards = from?.progress.shards ?? Math.min(order.shards, batchSize);
  const lastBatch = dataset.files.train.images.count % batchSize;
  const unsplit = lastBatch > 0 && lastBatch < shards;
  const compiled = compile({ network, optimizer, dataset, shards, seed, unsplit });
  const session = await Session.load(compiled.graph);
  try {
    loadDataset(session, dataset);
    const labels = await readLabels(dataset.files.test.labels);
    await new Trainer(order, compiled, session, labels, shards, control, post).run();
  } finally {
    session.close();
  }
}

async function readLabels({ path, offset, count }: DataFile): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const labels = new Uint8Array(count);
    await file.read(labels, 0, count, offset);
    return labels;
  } finally {
    await file.close();
  }
}

type Progress = { -readonly [K in keyof TrainingProgress]: TrainingProgress[K] };

class Trainer {
  private readonly order: TrainingOrder;
  private readonly compiled: CompiledNetwork;
  private readonly session: Session;
  private readonly testLabels: Uint8Array;
  private readonly control: Control;
  private readonly post: (message: FromWorker) => void;
  private readonly progress: Progress;
  private readonly generator: Generator;
  private readonly stepsPerEpoch: number;
  private report: { from: number; losses: number[]; images: number; seconds: number; sent: number };

  constructor(
    order: TrainingOrder,
    compiled: CompiledNetwork,
    session: Session,
    testLabels: Uint8Array,
    shards: number,
    control: Control,
    post: (message: FromWorker) => void,
  ) {
    this.order = order;
    this.compiled = compiled;
    this.session = session;
    this.testLabels = testLabels;
    this.control = control;
    this.post = post;
    this.stepsPerEpoch = Math.ceil(this.trainCount / order.settings.batchSize);
    if (order.from) {
      this.progress = { ...order.from.progress };
      this.generator = Generator.fromState(order.from.progress.random);
      writeCheckpoint(session, compiled, order.from);
    } else {
      this.generator = new Generator(order.settings.seed);
      writeInitial(session, compiled, this.generator);
      this.progress = {
        format: 1,
        step: 0,
        epoch: 1,
        batch: 0,
        random: this.generator.state(),
        orderSeed: '',
        runningSum: 0,
        epochLossSum: 0,
        epochImages: 0,
        epochSeconds: 0,
        shards,
      };
    }
    this.report = { from: this.progress.step, losses: [], images: 0, seconds: 0, sent: performance.now() };
  }

  private get trainCount(): number {
    return this.order.dataset.files.train.images.count;
  }

  async run(): Promise<void> {
    const { progress, order } = this;
    this.post({ kind: 'started', tensorflow: tensorflowVersion(), stepsPerEpoch: this.stepsPerEpoch });
    while (progress.epoch <= order.settings.epochs) {
      if (!(await this.epoch())) {
        this.post({ kind: 'stopped', checkpoint: this.checkpoint() });
        return;
      }
    }
    this.post({ kind: 'finished' });
  }

  /** One epoch, or the rest of it. False where the run was stopped in it. */
  private async epoch(): Promise<boolean> {
    const { progress, order } = this;
    progress.orderSeed ||= String(drawOrderSeed(this.generator));
    const images = orderOf(BigInt(progress.orderSeed), this.trainCount);
    const { batchSize } = order.settings;
    while (progress.batch < this.stepsPerEpoch) {
      if (!(await this.mayGoOn())) return false;
      const start = progress.batch * batchSize;
      this.step(images.subarray(start, start + batchSize));
    }
    this.sendLosses();
    return this.evaluateEpoch();
  }

  private step(indices: Int32Array): void {
    const { progress, compiled, session } = this;
    const { optimizer } = this.order.settings;
    const began = performance.now();
    const step = progress.step + 1;
    const scalars = [1 / indices.length, ...optimizerScalars(optimizer, optimizer.learningRate, step)];
    const unsplit = indices.length < progress.shards;
    const { loss: output } = session.run(unsplit ? 'trainUnsplit' : 'train', {
      ...splitBatch(indices, unsplit ? 1 : progress.shards),
      scalars: { data: Float32Array.from(scalars) },
      ...(compiled.random ? { step: { data: Int32Array.of(step), shape: [] } } : {}),
    });
    const loss = output?.data[0] as number;
    const seconds = (performance.now() - began) / 1000;
    if (!Number.isFinite(loss)) throw this.diverged(loss);

    progress.step = step;
    progress.batch += 1;
    progress.runningSum += loss;
    progress.epochLossSum += loss * indices.length;
    progress.epochImages += indices.length;
    progress.epochSeconds += seconds;
    this.report.losses.push(loss);
    this.report.images += indices.length;
    this.report.seconds += seconds;
    if (progress.batch % runningLossInterval === 0) {
      this.sendLosses();
      const mean = progress.runningSum / runningLossInterval;
      progress.runningSum = 0;
      this.post({ kind: 'runningLoss', record: { epoch: progress.epoch, batch: progress.batch, loss: mean } });
    } else if (performance.now() - this.report.sent >= reportInterval) {
      this.sendLosses();
    }
  }

  private diverged(loss: number): Problem {
    const { epoch, batch } = this.progress;
    const value = Number.isNaN(loss) ? 'NaN' : 'infinity';
    return new Problem(
      'training.diverged',
      `the loss became ${value} in epoch ${epoch}, batch ${batch + 1}; try a smaller learning rate`,
      { value, epoch, batch: batch + 1 },
    );
  }

  private async evaluateEpoch(): Promise<boolean> {
    const { progress, session, order } = this;
    let began = performance.now();
    const result = await evaluate(session, order.dataset, this.testLabels, progress.shards, async () => {
      const asked = performance.now();
      const goOn = await this.mayGoOn();
      began += performance.now() - asked;
      return goOn;
    });
    if (!result) return false;
    drawForTestPass(this.generator);
    const record = {
      epoch: progress.epoch,
      trainLoss: progress.epochLossSum / progress.epochImages,
      testLoss: result.loss,
      testCorrect: result.correct,
      testTotal: result.total,
      confusion: result.confusion,
      trainSeconds: progress.epochSeconds,
      testSeconds: (performance.now() - began) / 1000,
    };
    progress.epoch += 1;
    progress.batch = 0;
    progress.orderSeed = '';
    progress.runningSum = 0;
    progress.epochLossSum = 0;
    progress.epochImages = 0;
    progress.epochSeconds = 0;
    this.post({ kind: 'epoch', record, checkpoint: this.checkpoint() });
    return true;
  }

  /** Waits while a pause is wanted. False where the run is to stop. */
  private async mayGoOn(): Promise<boolean> {
    await this.control.breathe();
    if (this.control.wanted === 'run') return true;
    this.sendLosses();
    if (this.control.wanted === 'stop') return false;
    this.post({ kind: 'paused', checkpoint: this.checkpoint() });
    const goOn = await this.control.whilePaused();
    if (goOn) this.post({ kind: 'continued' });
    return goOn;
  }

  private checkpoint(): Checkpoint {
    this.progress.random = this.generator.state();
    return { progress: { ...this.progress }, tensors: readState(this.session) };
  }

  private sendLosses(): void {
    const { from, losses, images, seconds } = this.report;
    const { step } = this.progress;
    if (losses.length > 0) {
      const imagesPerSecond = seconds > 0 ? images / seconds : 0;
      this.post({ kind: 'batchLosses', from, losses: Float32Array.from(losses), imagesPerSecond });
    }
    this.report = { from: step, losses: [], images: 0, seconds: 0, sent: performance.now() };
  }
}
