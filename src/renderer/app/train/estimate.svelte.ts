/**
 * Estimates how long training with the entered settings would take here, and how much memory. It is requested when
 * typing has rested, net by net, and again when the settings change; the lab remembers its measurements.
 */
import type { CallInput, CallReply, LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import { RestedQuestion } from './restedQuestion.ts';

export type Estimate = CallReply<'training.estimate'>;
type Request = CallInput<'training.estimate'>;

export interface EstimateQuestion {
  /** One request per run. */
  readonly runs: readonly Request[];
  /** Number of runs trained concurrently. */
  readonly places: number;
}

export interface EstimateOfAll {
  /** Seconds from the start of the first run to the end of the last. */
  readonly seconds: number;
  /** Memory of the runs that are trained concurrently. */
  readonly memoryBytes: number;
  /** The estimate of the first run. */
  readonly first: Estimate;
  readonly runs: number;
  /** Number of other runs that were training during the measurement. */
  readonly beside: number;
}

const pauseInTyping = 500;
const mostMeasured = 8;

export class EstimateState {
  /** Null until there is an estimate. The last one is kept while the next is being measured. */
  all = $state.raw<EstimateOfAll | null>(null);
  measuring = $state.raw(false);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: LabClient;
  readonly #question: RestedQuestion<EstimateQuestion>;

  constructor(lab: LabClient) {
    this.#lab = lab;
    this.#question = new RestedQuestion(pauseInTyping, (question, isCurrent) =>
      this.#measure(question, isCurrent),
    );
  }

  /** Requests an estimate; null means that nothing can be estimated now. The same question is not sent twice. */
  ask(question: EstimateQuestion | null): void {
    const asked = question && question.runs.length > 0 ? question : null;
    if (!this.#question.ask(asked) || asked) return;
    this.measuring = false;
    this.all = null;
  }

  async #measure(question: EstimateQuestion, isCurrent: () => boolean): Promise<void> {
    const { runs, places } = question;
    this.measuring = true;
    this.problem = null;
    try {
      const known = new Map<string, Measured>();
      const each: Estimate[] = [];
      let latest: Measured | undefined;
      for (const run of runs) {
        const key = costOf(run);
        const { epochs = 10 } = run.settings;
        // In a grid over many batch sizes, those beyond the first few take about as long as the one before.
        const before = known.get(key) ?? (known.size >= mostMeasured ? latest : undefined);
        const measured = before ?? { estimate: await this.#lab.call('training.estimate', run), epochs };
        if (!isCurrent()) return;
        known.set(key, measured);
        latest = measured;
        each.push(lasting(measured, epochs));
      }
      this.all = together(each, places);
    } catch (error) {
      if (!isCurrent()) return;
      const problem = toProblemRecord(error);
      if (problem.code === 'estimate.given-up') {
        // Another window has asked meanwhile.
        this.#question.retry(question);
        return;
      }
      this.problem = problem;
      this.all = null;
    }
    if (isCurrent()) this.measuring = false;
  }
}

/** Runs with the same text take the same time for an epoch: seeds, rates and the number of epochs do not affect it. */
function costOf({ network, settings, dataset, threads }: Request): string {
  const { batchSize, optimizer, clipping, augmentation, validation, measure, labelSmoothing } = settings;
  const kinds = {
    optimizer: optimizer?.type,
    clipping: clipping?.type,
    augmentation: augmentation && Object.entries(augmentation).map(([name, value]) => [name, Boolean(value)]),
    smoothed: Boolean(labelSmoothing),
    validation: validation?.fraction,
  };
  return JSON.stringify({ network, dataset, threads, batchSize, measure, ...kinds });
}

/** An estimate, and the number of epochs that it was made for. */
interface Measured {
  readonly estimate: Estimate;
  readonly epochs: number;
}

/** Returns the estimate for another number of epochs. */
function lasting({ estimate, epochs }: Measured, wanted: number): Estimate {
  const { trainSeconds, testSeconds, totalSeconds } = estimate;
  return { ...estimate, totalSeconds: totalSeconds + (wanted - epochs) * (trainSeconds + testSeconds) };
}

/** Schedules the runs as the lab's queue does: each run takes the first place that becomes free. */
export function together(each: readonly Estimate[], places: number): EstimateOfAll | null {
  const [first] = each;
  if (!first) return null;
  const ends = new Array<number>(Math.max(1, Math.min(places, each.length))).fill(0);
  for (const { totalSeconds } of each) {
    const free = ends.indexOf(Math.min(...ends));
    ends[free] = (ends[free] as number) + totalSeconds;
  }
  const memory = each.map(({ memoryBytes }) => memoryBytes).sort((a, b) => b - a);
  return {
    seconds: Math.max(...ends),
    memoryBytes: memory.slice(0, ends.length).reduce((sum, bytes) => sum + bytes, 0),
    first,
    runs: each.length,
    beside: Math.max(...each.map(({ beside }) => beside)),
  };
}
