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
  let other: PreparedNet | undefined;
  let chosen: PreparedNet | undefined;
  try {
    other = await prepared(plan, 'tensorflow');
    const [stride, tensorflow] = await turnAbout(plan, [own, other]);
    const kernelTimes = { stride, tensorflow };
    chosen = fasterKernels(kernelTimes) === 'stride' ? own : other;
    return { ...chosen, kernelTimes };
  } finally {
    for (const net of [own, other]) if (net !== chosen) net?.session.close();
  }
}

async function prepared(plan: Plan, kernels: KernelSource): Promise<PreparedNet> {
  const compiled = compile({ ...plan, kernels });
  const session = await Session.load(compiled.graph);
  loadDataset(session, plan.dataset);
  return { compiled, session, kernels };
}

/** Steps before those that count: TensorFlow optimises a graph and oneDNN prepares its kernels in the first ones. */
const warmUp = 3;
const rounds = 7;
/** Seconds of one turn, but at least one step. */
const turn = 0.015;
/** Seconds after which a slow net has no further round: it takes one step to warm up and one that counts. */
const enough = 0.5;

/** Returns the seconds a step of each of two nets: the least of their turns, which other load disturbed least. */
async function turnAbout(
  { settings, dataset, shards }: Plan,
  nets: readonly [PreparedNet, PreparedNet],
): Promise<[number, number]> {
  const { trainCount } = dataset.summary;
  const count = Math.min(settings.batchSize, trainCount);
  const works = nets.map(({ compiled, session }) => {
    writeInitial(session, compiled, new Generator(settings.seed), settings.initialisation);
    const inputs = stepInputs(compiled, { settings, trainCount, count, shards: Math.min(shards, count) });
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
  }
  return least;
}

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
