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
import type { KernelSource } from '../../../shared/training/kernels.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { loadDataset } from '../compile/batches.ts';
import { compile } from '../compile/compile.ts';
import { pixelConstants } from '../data/normalisation.ts';
import { Generator } from '../random/generator.ts';
import { readMemory } from '../native/memory.ts';
import { Session } from '../native/session.ts';
import {
  mailboxInput,
  severalSteps,
  stackInputs,
  stepsAtOnce,
  stepsInOneCall,
} from '../compile/severalSteps.ts';
import { shardSizes, splitBatch } from '../compile/shards.ts';
import { writeInitial } from '../compile/state.ts';
import { pace, stepInputs } from '../train/trialSteps.ts';

export interface PaceOrder {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset: Dataset;
  readonly shards: number;
  /** The kernels that a run of it would have, if they are known. */
  readonly kernels?: KernelSource | undefined;
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
  { network, settings, dataset, shards: wanted, kernels }: PaceOrder,
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
    ...(kernels && { kernels }),
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
    const inOne = session.has(stepsInOneCall) && 'heeding';
    const together = async (secondsAStep: number, seconds: number) => {
      const atOnce = stepsAtOnce({ secondsAStep, leftInAll: stepsInAll, inOne });
      const signature = inOne ? stepsInOneCall : severalSteps(atOnce);
      if (!session.has(signature)) return secondsAStep;
      const trainSeveral = () =>
        session.run(signature, {
          ...stackInputs(Array.from({ length: atOnce }, inputsOfNext)),
          ...(inOne && mailboxInput(0)),
        });
      return (await pace(trainSeveral, { warmUp: 2, seconds, breathe })) / atOnce;
    };
    // Steps of one call are shorter, so that more of them fit.
    const secondsPerStep = await together(await together(alone, stepSeconds / 4), stepSeconds);
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
