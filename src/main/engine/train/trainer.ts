/**
 * Trains one run: epochs of steps and evaluations, with the order of images, the random numbers and the
 * printed sums of the course's PyTorch script. Between two steps it can pause, stop and post a checkpoint,
 * from which another trainer continues with exactly the losses that this one would have had.
 */
import type { Checkpoint, NamedTensor } from '../../../shared/runs/checkpoint.ts';
import type { Problem } from '../../../shared/base/problem.ts';
import { baseAt, learningRateAt } from '../../../shared/training/schedule.ts';
import { runningLossInterval } from '../../../shared/training/training.ts';
import { trainingSignatures } from '../compile/compile.ts';
import { CheckpointPace } from './checkpointPace.ts';
import type { Control } from './control.ts';
import { describeDivergence } from './divergence.ts';
import { afterEpoch } from './earlyStopping.ts';
import { type TimedEvaluation, epochRecord } from './epochRecord.ts';
import { evaluate, logitsFor } from './evaluate.ts';
import { type LastStepState, measureHealth, sampleOf } from '../compile/health.ts';
import type { FromWorker, TrainingOrder } from './messages.ts';
import { Generator } from '../random/generator.ts';
import { drawForTestPass, drawOrderSeed, orderOf } from '../random/loaders.ts';
import { tensorflowVersion } from '../native/session.ts';
import { type StepSource, inputsOfStep, inputsOfSteps } from './stepInputs.ts';
import { mailboxInput, severalSteps, stepsAtOnce, stepsInOneCall } from '../compile/severalSteps.ts';
import { numberOfMailbox } from '../native/kernels.ts';
import { knownChanges } from './learningRates.ts';
import { type Split } from './split.ts';
import type { PreparedNet } from './preparedNet.ts';
import { StepPace } from './stepPace.ts';
import { LossReport } from './lossReport.ts';
import { type Progress, beginEpoch, initialProgress } from './progress.ts';
import { readState, writeInitial, writeState } from '../compile/state.ts';

/** Parts that a run is trained with. */
export interface Parts extends PreparedNet {
  readonly order: TrainingOrder;
  readonly labels: { readonly train: Uint8Array; readonly test: Uint8Array };
  readonly split: Split;
  readonly shards: number;
  readonly control: Control;
  readonly post: (message: FromWorker) => void;
}

export class Trainer {
  readonly #parts: Parts;
  readonly #progress: Progress;
  readonly #generator: Generator;
  readonly #stepsPerEpoch: number;
  /** State to return to if a step fails. */
  #kept: Checkpoint;
  readonly #checkpointPace: CheckpointPace;
  readonly #pace = new StepPace();
  /** Number of steps taken before this trainer started. */
  readonly #firstStep: number;
  readonly #report: LossReport;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { order, session, compiled, split } = parts;
    this.#stepsPerEpoch = Math.ceil(split.train.length / order.settings.batchSize);
    if (order.from) {
      this.#progress = { ...order.from.progress, kernels: parts.kernels, learningRates: knownChanges(order) };
      this.#generator = Generator.fromState(order.from.progress.random);
      writeState(session, compiled, order.from.tensors);
    } else {
      this.#generator = new Generator(order.settings.seed);
      writeInitial(session, compiled, this.#generator, order.settings.initialisation);
      this.#progress = initialProgress(order, parts, this.#generator.state());
    }
    this.#firstStep = this.#progress.step;
    this.#checkpointPace = new CheckpointPace(order.checkpointSeconds);
    this.#kept = order.from ?? this.#checkpoint();
    this.#report = new LossReport(this.#progress.step, parts.post);
  }

  async run(): Promise<void> {
    const [progress, parts] = [this.#progress, this.#parts];
    const { earlyStopping, epochs } = parts.order.settings;
    const started = { tensorflow: tensorflowVersion(), stepsPerEpoch: this.#stepsPerEpoch };
    const { kernels, kernelTimes } = parts;
    parts.post({ kind: 'started', ...started, kernels, ...(kernelTimes && { kernelTimes }) });
    const waitedOut = () => earlyStopping !== null && progress.stopping.waited >= earlyStopping.patience;
    while (progress.epoch <= epochs && !waitedOut()) {
      if (!(await this.#epoch())) {
        parts.post({ kind: 'stopped', checkpoint: this.#checkpoint() });
        return;
      }
      await parts.control.listen();
      if (parts.control.finishEpoch && progress.epoch <= epochs && !waitedOut()) {
        parts.post({ kind: 'stopped', checkpoint: this.#kept });
        return;
      }
    }
    parts.post({ kind: 'finished' });
  }

  /** Trains one epoch or the rest of one. Returns false if the run was stopped in it. */
  async #epoch(): Promise<boolean> {
    const progress = this.#progress;
    const began = performance.now();
    progress.orderSeed ||= String(drawOrderSeed(this.#generator));
    const images = this.#epochOrder();
    const dataSeconds = (performance.now() - began) / 1000;
    let last: LastStepState | undefined;
    while (progress.batch < this.#stepsPerEpoch) {
      if (!(await this.#mayGoOn())) return false;
      this.#keepWithinEpoch();
      const left = this.#stepsPerEpoch - progress.batch;
      // The last step is taken alone because it is measured.
      if (left === 1) last = this.#lastStep(this.#batchOf(images, progress.batch));
      else this.#steps(images, this.#stepsInNextRun());
    }
    this.#report.send(this.#progress.step);
    return this.#endEpoch(last, dataSeconds);
  }

  /**
   * Posts a checkpoint now and then in a long epoch, so that a killed process loses only what came after it.
   */
  #keepWithinEpoch(): void {
    const [progress, parts] = [this.#progress, this.#parts];
    if (progress.batch === 0 || !this.#checkpointPace.due) return;
    const began = performance.now();
    this.#report.send(this.#progress.step);
    this.#kept = this.#checkpoint();
    this.#checkpointPace.took(began);
    parts.post({ kind: 'checkpoint', checkpoint: this.#kept });
  }

  #stepsInNextRun(): number {
    const { batch } = this.#progress;
    const { control, session } = this.#parts;
    return stepsAtOnce({
      secondsAStep: this.#pace.secondsAStep,
      taken: batch,
      left: this.#stepsPerEpoch - batch - 1,
      leftInAll: this.#parts.order.settings.epochs * this.#stepsPerEpoch - this.#firstStep,
      inOne: session.has(stepsInOneCall) && (control.mailbox ? 'heeding' : 'alone'),
    });
  }

  #epochOrder(): Int32Array {
    const { train } = this.#parts.split;
    return orderOf(BigInt(this.#progress.orderSeed), train.length).map((i) => train[i] as number);
  }

  #batchOf(images: Int32Array, batch: number): Int32Array {
    const { batchSize } = this.#parts.order.settings;
    return images.subarray(batch * batchSize, (batch + 1) * batchSize);
  }

  #learningRate(step: number): number {
    const changes = this.#progress.learningRates;
    return learningRateAt(this.#parts.order.settings, step, { stepsPerEpoch: this.#stepsPerEpoch, changes });
  }

  /**
   * Applies the requested changes of the learning rate. Known changes at later steps are dropped, because a
   * new request applies from now on.
   */
  #takeLearningRates(): void {
    const [progress, parts] = [this.#progress, this.#parts];
    const step = progress.step + 1;
    for (;;) {
      const learningRate = parts.control.takeLearningRate();
      if (learningRate === undefined) return;
      const before = baseAt(parts.order.settings, step, progress.learningRates);
      const change = { step, learningRate };
      progress.learningRates = [...progress.learningRates.filter((known) => known.step < step), change];
      // History must receive the losses up to the change before the change itself.
      this.#report.send(this.#progress.step);
      parts.post({ kind: 'learningRate', change, before });
    }
  }

  /** Returns the signature and inputs of step number `step` (counted from 1) on those images. */
  #stepInputs(indices: Int32Array, step: number) {
    const { settings } = this.#parts.order;
    return {
      signatures: trainingSignatures(indices.length < settings.batchSize ? 'last' : 'whole'),
      inputs: inputsOfStep(this.#stepSource, indices, step),
    };
  }

  get #stepSource(): StepSource {
    const { compiled, order, shards } = this.#parts;
    const { optimizer } = order.settings;
    return { optimizer, shards, random: compiled.random, learningRate: (step) => this.#learningRate(step) };
  }

  /** Takes the next steps, at most `count`, in one call of the session if possible, otherwise the next step. */
  #steps(images: Int32Array, count: number): void {
    const [progress, parts] = [this.#progress, this.#parts];
    const inOne = parts.session.has(stepsInOneCall);
    const signature = inOne ? stepsInOneCall : severalSteps(count);
    if (count === 1 || !parts.session.has(signature)) {
      this.#step(this.#batchOf(images, progress.batch));
      return;
    }
    const began = performance.now();
    const { batchSize } = parts.order.settings;
    const indices = images.subarray(progress.batch * batchSize, (progress.batch + count) * batchSize);
    const inputs = {
      ...inputsOfSteps(this.#stepSource, indices, count, progress.step + 1),
      ...(inOne && mailboxInput(numberOfMailbox(parts.control.mailbox))),
    };
    const losses = parts.session.run(signature, inputs)['losses']?.data ?? Float32Array.of(NaN);
    const seconds = (performance.now() - began) / 1000 / losses.length;
    this.#pace.took(seconds, signature);
    // They are fewer than were asked for if a message has come.
    for (const loss of losses) this.#take(loss, batchSize, seconds);
  }

  #step(indices: Int32Array): void {
    const [progress, parts] = [this.#progress, this.#parts];
    const began = performance.now();
    const { signatures, inputs } = this.#stepInputs(indices, progress.step + 1);
    const loss = parts.session.run(signatures.step, inputs)['loss']?.data[0] as number;
    const seconds = (performance.now() - began) / 1000;
    this.#pace.took(seconds, signatures.step);
    this.#take(loss, indices.length, seconds);
  }

  /** Records the result of a step. */
  #take(loss: number, images: number, seconds: number): void {
    const [progress, parts] = [this.#progress, this.#parts];
    if (!Number.isFinite(loss)) throw this.#diverged(loss);
    progress.step += 1;
    progress.batch += 1;
    progress.runningSum += loss;
    progress.epochLossSum += loss * images;
    progress.epochImages += images;
    progress.epochSeconds += seconds;
    this.#report.add(loss, images, seconds);
    if (progress.batch % runningLossInterval === 0) {
      this.#report.send(this.#progress.step);
      const mean = progress.runningSum / runningLossInterval;
      progress.runningSum = 0;
      parts.post({
        kind: 'runningLoss',
        record: { epoch: progress.epoch, batch: progress.batch, loss: mean },
      });
    } else if (this.#report.due) {
      this.#report.send(this.#progress.step);
    }
  }

  /** Takes the epoch's last step and returns the state that `measureHealth` needs. */
  #lastStep(indices: Int32Array): LastStepState | undefined {
    const { session, order } = this.#parts;
    if (!order.settings.measure) {
      this.#step(indices);
      return undefined;
    }
    const { signatures, inputs } = this.#stepInputs(indices, this.#progress.step + 1);
    const before = readState(session);
    const gradients = session.run(signatures.gradients, inputs);
    this.#step(indices);
    return { before, after: readState(session), gradients };
  }

  /** Repeats the steps since the kept state, up to the one that failed. */
  #diverged(loss: number): Problem {
    const [progress, kept] = [this.#progress, this.#kept];
    const { session, compiled } = this.#parts;
    writeState(session, compiled, kept.tensors);
    const images = this.#epochOrder();
    let step = kept.progress.step;
    const first = kept.progress.epoch === progress.epoch ? kept.progress.batch : 0;
    for (let batch = first; batch < progress.batch; batch += 1) {
      step += 1;
      const { signatures, inputs } = this.#stepInputs(this.#batchOf(images, batch), step);
      session.run(signatures.step, inputs);
    }
    const { signatures, inputs } = this.#stepInputs(this.#batchOf(images, progress.batch), step + 1);
    const { finite } = session.run(signatures.finite, inputs);
    const { epoch, batch } = progress;
    return describeDivergence(compiled.summary, { loss, epoch, batch: batch + 1 }, finite?.data ?? []);
  }

  async #endEpoch(last: LastStepState | undefined, dataSeconds: number): Promise<boolean> {
    const [progress, parts] = [this.#progress, this.#parts];
    const { compiled, session, split, labels, order, shards } = parts;
    const began = performance.now();
    if (last) {
      progress.layers = measureHealth(session, compiled, sampleOf(split.train, shards), shards, last);
    }
    const measureSeconds = (performance.now() - began) / 1000;
    const testIndices = Int32Array.from({ length: labels.test.length }, (_, i) => i);
    const logits = logitsFor(labels.test.length, order.dataset.summary.classes.length);
    const test = await this.#evaluation('evaluate', testIndices, labels.test, logits);
    if (!test) return false;
    const held = split.validation;
    const validation = held.length > 0 ? await this.#evaluation('validate', held, labels.train) : undefined;
    if (held.length > 0 && !validation) return false;
    drawForTestPass(this.#generator);
    const seconds = { data: dataSeconds, measure: measureSeconds };
    const record = epochRecord(progress, this.#learningRate(progress.step), { test, validation }, seconds);
    if (order.settings.earlyStopping) {
      progress.stopping = afterEpoch(order.settings.earlyStopping, progress.stopping, record).state;
    }
    beginEpoch(progress);
    this.#kept = this.#checkpoint();
    this.#checkpointPace.kept();
    parts.post({ kind: 'epoch', record, checkpoint: this.#kept, logits });
    return true;
  }

  /** Returns undefined if the run was stopped meanwhile. */
  async #evaluation(
    signature: 'evaluate' | 'validate',
    indices: Int32Array,
    labels: Uint8Array,
    logits?: Float32Array,
  ): Promise<TimedEvaluation | undefined> {
    const { session, order, shards } = this.#parts;
    let began = performance.now();
    const classes = order.dataset.summary.classes.length;
    const evaluation = { session, signature, indices, labels, classes, shards, logits };
    const result = await evaluate(evaluation, async () => {
      const asked = performance.now();
      const goOn = await this.#mayGoOn();
      began += performance.now() - asked;
      return goOn;
    });
    return result && { ...result, seconds: (performance.now() - began) / 1000 };
  }

  /** Waits during a pause. Returns false if the run is to stop. */
  async #mayGoOn(): Promise<boolean> {
    const { control, post } = this.#parts;
    await control.breathe();
    this.#takeLearningRates();
    if (control.wanted === 'run') return true;
    this.#report.send(this.#progress.step);
    if (control.wanted === 'stop') return false;
    post({ kind: 'paused', checkpoint: this.#checkpoint() });
    const goOn = await control.whilePaused(() => {
      this.#takeLearningRates();
    });
    if (goOn) post({ kind: 'continued' });
    return goOn;
  }

  #checkpoint(): Checkpoint {
    this.#progress.random = this.#generator.state();
    const tensors: NamedTensor[] = readState(this.#parts.session);
    return { progress: { ...this.#progress }, tensors };
  }
}
