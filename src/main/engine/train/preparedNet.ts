/**
 * Compiles and loads a run's net. Where the net can be computed with Stride's kernels and with TensorFlow's, and it is
 * not yet known which are faster for it on this machine, both graphs take turns with some steps first.
 */
import { setImmediate } from 'node:timers/promises';
import { type KernelSource, type KernelTimes, fasterKernels } from '../../../shared/training/kernels.ts';
import { loadDataset } from '../compile/batches.ts';
import { type CompileOptions, type CompiledNetwork, compile } from '../compile/compile.ts';
import { shardSizes } from '../compile/shards.ts';
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
  const other = await prepared(plan, 'tensorflow');
  const [stride, tensorflow] = await turnAbout(plan, [own, other]);
  const kernelTimes = { stride, tensorflow };
  const [chosen, left] = fasterKernels(kernelTimes) === 'stride' ? [own, other] : [other, own];
  left.session.close();
  return { ...chosen, kernelTimes };
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

/** Returns the seconds a step of each of two nets: the least of their turns, which other load disturbed least. */
async function turnAbout(
  { settings, dataset, shards }: Plan,
  nets: readonly [PreparedNet, PreparedNet],
): Promise<[number, number]> {
  const { trainCount } = dataset.summary;
  const count = Math.min(settings.batchSize, trainCount);
  const works = nets.map(({ compiled, session }) => {
    // A net of zeros would be computed faster than others: products of zeros need no rounding.
    writeInitial(session, compiled, new Generator(settings.seed), settings.initialisation);
    const inputs = stepInputs(compiled, {
      settings,
      trainCount,
      count,
      shards: shardSizes(count, shards).length,
    });
    return () => void session.run('train', inputs());
  });
  const least = [Infinity, Infinity] as [number, number];
  for (const work of works) for (let step = 0; step < warmUp; step += 1) work();
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      await setImmediate();
      const began = performance.now();
      let steps = 0;
      let seconds: number;
      do {
        work();
        steps += 1;
        seconds = (performance.now() - began) / 1000;
      } while (seconds < turn);
      least[index as 0 | 1] = Math.min(least[index as 0 | 1], seconds / steps);
    }
  }
  return least;
}
