/** One inspected run: what its net computes from one image, step by step, and with which parameters. */
import type { LabClient } from '../../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';
import type { Answers, Images, Inspected, Moment } from '../../../../shared/inspect/inspection.ts';
import type { TensorValues } from '../../../../shared/inspect/inspection.ts';
import type { TracedValues } from '../../../../shared/inspect/spellOut.ts';
import { type TraceStep, inputPlace, traceSteps } from '../../../../shared/inspect/trace.ts';
import type { RunDetail } from '../../../../shared/runs/runs.ts';
import { NewestWish } from '../../../app/newestWish.ts';
import { type NetPredictions, netPredictions } from './netPredictions.ts';
import { TestSetAnswer } from './testSetAnswer.svelte.ts';

export interface NetLook {
  readonly images: Images;
  readonly moment: Moment;
}

type TraceAnswer = Answers['trace'] & { readonly of: Inspected };

/** A trace of one image with the parameters that it was computed with. */
export class NetTrace implements TracedValues {
  readonly answer: TraceAnswer;
  /** All parameters and running statistics by name. */
  readonly parameters: ReadonlyMap<string, TensorValues>;
  readonly #outputs: ReadonlyMap<string, Float32Array>;

  constructor(answer: TraceAnswer, parameters: ReadonlyMap<string, TensorValues>) {
    this.answer = answer;
    this.parameters = parameters;
    this.#outputs = new Map([
      [inputPlace, answer.input.data],
      ...answer.outputs.map(({ place, output }) => [place, output.data] as const),
    ]);
  }

  values(place: string): Float32Array {
    const found = this.#outputs.get(place);
    if (!found) throw new Error(`the trace has no step ${place}`);
    return found;
  }

  parameter(name: string): Float32Array | null {
    return this.parameters.get(name)?.data ?? null;
  }
}

/**
 * Number of attempts until parameters and activations come from one checkpoint: a training run may have written another
 * one in between.
 */
const tries = 5;

export class InspectedNet {
  readonly run: number;
  detail = $state.raw<RunDetail | null>(null);
  trace = $state.raw<NetTrace | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly steps: readonly TraceStep[] = $derived(this.detail ? traceSteps(this.detail.network) : []);
  /** What its units do on the test set; computed only when a part of the screen shows it. */
  readonly units: TestSetAnswer<'testSet.units'>;
  readonly embedding: TestSetAnswer<'testSet.embedding'>;
  readonly robustness: TestSetAnswer<'testSet.robustness'>;
  readonly predictions: NetPredictions;
  readonly #lab: LabClient;
  #parameters: { readonly of: Inspected; readonly values: ReadonlyMap<string, TensorValues> } | null = null;

  constructor(lab: LabClient, run: number) {
    this.#lab = lab;
    this.run = run;
    this.embedding = new TestSetAnswer(lab, 'testSet.embedding');
    this.robustness = new TestSetAnswer(lab, 'testSet.robustness');
    this.predictions = netPredictions(lab, run);
    this.units = new TestSetAnswer(lab, 'testSet.units');
  }

  /** Loads the run, unless it is known already. Never throws. */
  async load(): Promise<void> {
    try {
      this.detail ??= await this.#lab.call('runs.get', { run: this.run });
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  /** Computes a look and returns the function that shows it, or the problem that there was. Never throws. */
  async prepare(look: NetLook): Promise<() => void> {
    try {
      const trace = await this.#trace(look);
      if (!trace) return () => undefined;
      return () => {
        this.trace = trace;
        this.problem = null;
      };
    } catch (error) {
      return () => {
        this.trace = null;
        this.problem = toProblemRecord(error);
      };
    }
  }

  /** Returns null if the run wrote checkpoints faster than they could be read. */
  async #trace({ images, moment }: NetLook): Promise<NetTrace | null> {
    const { run } = this;
    this.detail ??= await this.#lab.call('runs.get', { run });
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const traced = this.#lab.call('inspect.trace', { run, ...moment, images });
      // Another epoch has other parameters: they are asked for at the same time.
      if (!isOf(this.#parameters?.of, moment)) await Promise.all([traced, this.#readParameters(moment)]);
      const answer = await traced;
      if (!same(this.#parameters?.of, answer.of)) await this.#readParameters(moment);
      if (this.#parameters && same(this.#parameters.of, answer.of))
        return new NetTrace(answer, this.#parameters.values);
    }
    return null;
  }

  async #readParameters(moment: Moment): Promise<void> {
    const { of, parameters } = await this.#lab.call('inspect.filters', { run: this.run, ...moment });
    this.#parameters = { of, values: new Map(parameters.map(({ name, values }) => [name, values])) };
  }
}

/** Shows several nets in step: all of them at once, when the slowest is ready, and the newest look first. */
export class LooksInStep {
  readonly #wishes = new NewestWish<{ readonly nets: readonly InspectedNet[]; readonly look: NetLook }>(
    async ({ nets, look }) => {
      for (const show of await Promise.all(nets.map((net) => net.prepare(look)))) show();
    },
  );

  /** Never throws: a net's error is stored in its `problem`. */
  look(nets: readonly InspectedNet[], look: NetLook): Promise<void> {
    return this.#wishes.want({ nets, look });
  }
}

function same(a: Inspected | undefined, b: Inspected): boolean {
  return a !== undefined && a.checkpoint === b.checkpoint && a.step === b.step;
}

/** Returns whether these are probably the parameters of the moment: a checkpoint may have been replaced since. */
function isOf(of: Inspected | undefined, { checkpoint, epoch }: Moment): boolean {
  if (epoch === undefined) return of?.checkpoint === checkpoint;
  return of?.checkpoint === 'epoch' && of.epoch === epoch + 1;
}
