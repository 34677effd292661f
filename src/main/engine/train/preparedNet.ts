/**
 * Compiles and loads a run's net. Where the net can be computed with Stride's kernels and with TensorFlow's, and it is
 * not yet known which are faster for it on this machine, both graphs take turns with some steps first.
 */
import { setImmediate } from 'node:timers/promises';
import { type KernelSource, type KernelTimes, fasterKernels } from '../../../shared/training/kernels.ts';
import { loadDataset } from '../compile/batches.ts';
import { type CompileOptions, type CompiledNetwork, compile } from '../compile/compile.ts';
import { writeInitial } from '../compile/state.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { shortened } from '../../../shared/datasets/shortened.ts';
import { availableKernels, hasKernels, isUsing, wantedKernels } from '../native/kernels.ts';
import { Session } from '../native/session.ts';
import { Generator } from '../random/generator.ts';
import { stepInputs } from './trialSteps.ts';

export interface PreparedNet {
  readonly compiled: CompiledNetwork;
  /** It has the data set in its variables. */
  readonly session: Session;
  readonly kernels: KernelSource;
  /** The measurement that chose the kernels, if there was one. */
  readonly kernelTimes?: KernelTimes;
}

type Plan = Omit<CompileOptions, 'kernels' | 'dataset' | 'shards'> & {
  readonly dataset: Dataset;
  readonly shards: number;
};

/** `wanted`: the kernels of the run or of the one that it repeats, or those that were faster before. */
export async function prepareNet(plan: Plan, wanted: KernelSource | undefined): Promise<PreparedNet> {
  const known = wanted ?? wantedKernels() ?? (hasKernels() ? undefined : 'tensorflow');
  if (known !== undefined) return prepared(plan, availableKernels(known));
  const own = await prepared(plan, 'stride');
  if (!isUsing(own.compiled.graph)) return own;
  let kernelTimes: KernelTimes | undefined;
  try {
    kernelTimes = await turnAbout(plan, own);
  } finally {
    if (!kernelTimes) own.session.close();
  }
  const chosen = fasterKernels(kernelTimes);
  if (chosen === own.kernels) return { ...own, kernelTimes };
  own.session.close();
  return { ...(await prepared(plan, chosen)), kernelTimes };
}

async function prepared(plan: Plan, kernels: KernelSource): Promise<PreparedNet> {
  const compiled = compile({ ...plan, kernels });
  const session = await Session.load(compiled.graph);
  loadDataset(session, plan.dataset);
  return { compiled, session, kernels };
}

/** Batches of images that a measurement has. */
const batches = 4;
/** Steps before those that count: TensorFlow optimises a graph and oneDNN prepares its kernels in the first ones. */
const warmUp = 3;
const rounds = 7;
/** Seconds of one turn, but at least one step. */
const turn = 0.01;
/** Seconds after which a slow net has no further round: it takes one step to warm up and one that counts. */
const enough = 0.5;
/** After two rounds there is no further one if one graph takes less than this part of the other's time. */
const clear = 0.7;

/**
 * Returns the seconds a step with Stride's kernels, of the net that has them, and with TensorFlow's: the least of their
 * turns, which other load disturbed least. They use a few images alone, so that TensorFlow's net does not have the data
 * set in memory a second time.
 */
async function turnAbout(plan: Plan, own: PreparedNet): Promise<KernelTimes> {
  const { settings, dataset, shards } = plan;
  const { trainCount, testCount } = dataset.summary;
  const count = Math.min(settings.batchSize, trainCount);
  const images = Math.min(batches * count, trainCount, testCount);
  const other = await prepared({ ...plan, dataset: withTestImages(dataset, images) }, 'tensorflow');
  try {
    const works = [own, other].map(({ compiled, session }) => {
      writeInitial(session, compiled, new Generator(settings.seed), settings.initialisation);
      const inputs = stepInputs(compiled, {
        settings,
        trainCount: images,
        count,
        shards: Math.min(shards, count),
      });
      return () => void session.run('train', inputs());
    });
    const least: [number, number] = [Infinity, Infinity];
    for (const work of works) await secondsOf(work, { steps: warmUp, seconds: enough });
    const began = performance.now();
    for (let round = 0; round < rounds && performance.now() - began < 1000 * enough; round += 1) {
      for (const index of [0, 1] as const) {
        const seconds = await secondsOf(works[index] as () => void, { steps: Infinity, seconds: turn });
        least[index] = Math.min(least[index], seconds);
      }
      if (round > 0 && Math.min(...least) < clear * Math.max(...least)) break;
    }
    return { stride: least[0], tensorflow: least[1] };
  } finally {
    other.session.close();
  }
}

/** Returns a data set whose training images are the first test images, because their file is the sooner read. */
const withTestImages = ({ summary, files: { test } }: Dataset, images: number): Dataset =>
  shortened({ summary, files: { train: test, test } }, images, images);

/** Returns the mean seconds of steps, of which there is at least one and at most `steps`, until `seconds` have passed. */
async function secondsOf(work: () => void, most: { steps: number; seconds: number }): Promise<number> {
  await setImmediate();
  const began = performance.now();
  for (let steps = 1; ; steps += 1) {
    work();
    const spent = (performance.now() - began) / 1000;
    if (steps >= most.steps || spent >= most.seconds) return spent / steps;
  }
}
