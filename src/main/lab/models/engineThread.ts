/** A thread with TensorFlow that lives for one piece of work: outputs and scores of nets. */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { TensorValues } from '../../../shared/inspect/inspection.ts';
import type { Probe, ProbeOrder, Score, ServedOrder } from '../../engine/inspect/probe.ts';
import type { LiteRtAnswer, LiteRtOrder } from '../../engine/serving/liteRt.ts';
import { within } from '../base/waiting.ts';
import { requireTraining } from '../runs/trainingProblem.ts';
import { InspectionThread, inThread } from '../threads/inspectionThread.ts';

export interface EngineThreadOptions {
  readonly workerPath: string | URL;
  readonly cores: number;
  readonly findTrainingProblem: () => ProblemRecord | null;
  /** Milliseconds that the thread may take to end. */
  readonly patience: number;
}

export interface Engine {
  probe(order: ProbeOrder & { readonly count: number }): Promise<Probe>;
  score(order: ProbeOrder): Promise<Score>;
  served(order: ServedOrder): Promise<TensorValues>;
  liteRt(order: LiteRtOrder): Promise<LiteRtAnswer>;
}

/** Throws a `Problem` if this machine has no TensorFlow. */
export async function withEngine<T>(
  options: EngineThreadOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  requireTraining(options.findTrainingProblem);
  const thread = new InspectionThread(inThread(options.workerPath), options.cores);
  try {
    return await work({
      probe: async (order) => (await thread.ask({ kind: 'probe', order })) as Probe,
      score: async (order) => (await thread.ask({ kind: 'score', order })) as Score,
      served: async (order) => (await thread.ask({ kind: 'served', order })) as TensorValues,
      liteRt: async (order) => (await thread.ask({ kind: 'liteRt', order })) as LiteRtAnswer,
    });
  } finally {
    thread.leave();
    await within(thread.gone, options.patience);
    thread.terminate();
  }
}
