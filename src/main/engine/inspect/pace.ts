/**
 * Measures how fast a net trains on this machine, with the same graph that a run would have and about a
 * second of steps and of evaluation. The measurement stops between two steps if its request is cancelled.
 */
import { setImmediate } from 'node:timers/promises';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { requireTrainable } from '../../../shared/network/shapes.ts';
import { requireAffordable } from '../../../shared/training/affordable.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { loadDataset } from '../compile/batches.ts';
import { type CompiledNetwork, compile } from '../compile/compile.ts';
import { pixelConstants } from '../data/normalisation.ts';
import { optimizerScalars } from '../compile/optimizers.ts';
import { Generator } from '../random/generator.ts';
import { readMemory } from '../native/memory.ts';
import { Session } from '../native/session.ts';
import { severalSteps, stackInputs, stepsAtOnce } from '../compile/severalSteps.ts';
import { shardSizes, splitBatch } from '../compile/shards.ts';
import { writeInitial } from '../compile/state.ts';

export interface PaceOrder {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset: Dataset;
  readonly shards: number;
}

export interface Pace {
  readonly secondsPerStep: number;
  readonly secondsPerTestImage: number;
  /** Seconds to compile the net, load its graph and read the data set. */
  readonly startSeconds: number;
}

/**
 * Number of first steps that are not measured because they are slower: TensorFlow optimises the graph and
 * oneDNN prepares its kernels.
 */
const warmUp = 3;
const stepSeconds = 0.8;
const testSeconds = 0.25;
const testBatch = 1000;

export async function measurePace(
  { network, settings, dataset, shards: wanted }: PaceOrder,
  unwanted: () => boolean,
): Promise<Pace> {
  const began = performance.now();
  const { trainCount, testCount } = dataset.summary;
  const count = Math.min(settings.batchSize, trainCount);
  const shards = Math.min(wanted, count);
  const summary = requireTrainable(network, dataset.summary.classes.length);
  requireAffordable({ summary, dataset: dataset.summary, settings, shards }, readMemory().freeBytes);
  const constants = await pixelConstants(settings.normalisation, dataset);
  const compiled = compile({
    network,
    settings,
    dataset,
    shards: shardSizes(count, shards),
    constants,
  });
  const session = await Session.load(compiled.graph);
  const breathe = async () => {
    await setImmediate();
    if (unwanted()) throw new Problem('estimate.given-up', 'the settings have changed meanwhile');
  };
  try {
    await breathe();
    loadDataset(session, dataset);
    writeInitial(session, compiled, new Generator(settings.seed), settings.initialisation);
    const startSeconds = (performance.now() - began) / 1000;

    const inputsOfNext = stepInputs(compiled, { settings, trainCount, count, shards });
    const trainOne = () => session.run('train', inputsOfNext());
    const alone = await pace(trainOne, { warmUp, seconds: stepSeconds / 4, breathe });
    // The trainer chooses the number of steps per call in the same way.
    const stepsInAll = settings.epochs * Math.ceil(trainCount / count);
    const atOnce = stepsAtOnce({ secondsAStep: alone, leftInAll: stepsInAll });
    const signature = severalSteps(atOnce);
    const trainSeveral = () =>
      session.run(signature, stackInputs(Array.from({ length: atOnce }, inputsOfNext)));
    const secondsPerStep = session.has(signature)
      ? (await pace(trainSeveral, { warmUp: 2, seconds: stepSeconds, breathe })) / atOnce
      : alone;
    const tested = Math.max(shards, Math.min(testBatch, testCount));
    const testIndices = Int32Array.from({ length: tested }, (_, i) => i % testCount);
    const test = () => session.run('evaluate', splitBatch(testIndices, shards));

    return {
      startSeconds,
      secondsPerStep,
      secondsPerTestImage: (await pace(test, { warmUp: 2, seconds: testSeconds, breathe })) / tested,
    };
  } finally {
    session.close();
  }
}

interface StepPlan {
  readonly settings: TrainingSettings;
  readonly trainCount: number;
  /** Images of a step. */
  readonly count: number;
  readonly shards: number;
}

/** Returns a function that returns the inputs of one step after another. */
function stepInputs({ random }: CompiledNetwork, { settings, trainCount, count, shards }: StepPlan) {
  let step = 0;
  return () => {
    step += 1;
    // Any images will do; a learning rate of almost zero keeps the parameters in their range.
    const indices = Int32Array.from({ length: count }, (_, i) => (step * count + i * 7) % trainCount);
    const scalars = [1 / count, ...optimizerScalars(settings.optimizer, 1e-12, step)];
    return {
      ...splitBatch(indices, shards),
      scalars: { data: Float32Array.from(scalars) },
      ...(random ? { step: { data: Int32Array.of(step), shape: [] } } : {}),
    };
  };
}

interface Timing {
  readonly warmUp: number;
  readonly seconds: number;
  readonly breathe: () => Promise<void>;
}

/**
 * Returns the median duration of one call in seconds. If a warm-up call after the first takes longer than the
 * time allowed, its duration is returned instead.
 */
async function pace(work: () => unknown, { warmUp, seconds, breathe }: Timing): Promise<number> {
  const timed = async (): Promise<number> => {
    await breathe();
    const began = performance.now();
    work();
    return (performance.now() - began) / 1000;
  };
  for (let i = 0; i < warmUp; i += 1) {
    const one = await timed();
    // The first call is slow for every net, so its duration is ignored.
    if (i > 0 && one > seconds) return one;
  }
  const all: number[] = [];
  for (let spent = 0; spent < seconds || all.length < 3;) {
    const one = await timed();
    all.push(one);
    spent += one;
  }
  return all.sort((a, b) => a - b)[Math.floor(all.length / 2)] as number;
}
