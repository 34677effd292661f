/** Steps that a net is measured with before it trains. They leave its parameters as they are. */
import type { TrainingSettings } from '../../../shared/training/training.ts';
import type { CompiledNetwork } from '../compile/compile.ts';
import { optimizerScalars } from '../compile/optimizers.ts';
import { splitBatch } from '../compile/shards.ts';
import type { NumberInputs } from '../native/session.ts';

export interface StepPlan {
  readonly settings: TrainingSettings;
  readonly trainCount: number;
  /** Images of a step. */
  readonly count: number;
  readonly shards: number;
}

/** Returns a function that returns the inputs of one step after another. */
export function stepInputs(
  { random }: CompiledNetwork,
  { settings, trainCount, count, shards }: StepPlan,
): () => NumberInputs {
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

export interface Timing {
  readonly warmUp: number;
  readonly seconds: number;
  readonly breathe: () => Promise<void>;
}

/**
 * Returns the median duration of one call in seconds. If a warm-up call after the first takes longer than the
 * time allowed, its duration is returned instead.
 */
export async function pace(work: () => unknown, { warmUp, seconds, breathe }: Timing): Promise<number> {
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
