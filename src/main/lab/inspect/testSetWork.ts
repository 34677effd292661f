/**
 * Work on the whole test set with a run's parameters. A thread of its own does it, so that Inspect's slider and
 * drawing need not wait for it. An answer is kept beside the run's checkpoints, and belongs to the parameters and the
 * data set that it was computed from.
 */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { Inspected, Moment } from '../../../shared/inspect/inspection.ts';
import { type NamedTensor, parametersIn } from '../../../shared/runs/checkpoint.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import { type AnswerSource, type KeptAnswers, keptAnswers } from '../../checkpoints/keptAnswers.ts';
import type { InspectionOrder } from '../../engine/inspect/openNet.ts';
import { workCancelled } from '../../engine/inspect/longWork.ts';
import type { TestSetResult, TestSetOrder } from '../../engine/inspect/testSetWork.ts';
import type { Events } from '../base/events.ts';
import { IdleThread, type IdleThreadOptions } from '../threads/idleThread.ts';
import type { LabInspection } from './inspection.ts';
import { requireSameData } from '../runs/resume.ts';
import { requireTraining } from '../runs/trainingProblem.ts';

export interface TestSetWorkOptions extends IdleThreadOptions {
  readonly inspection: LabInspection;
  readonly files: CheckpointFiles;
  readonly events: Events;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem: () => ProblemRecord | null;
}

type WithoutNet<T> = T extends unknown ? Omit<T, 'net'> : never;

interface Asked<T> {
  readonly ticket: string;
  readonly run: number;
  readonly moment: Moment;
  /** Distinguishes this answer from others about the same parameters; a part of a file's name. */
  readonly name: string;
  /** The shape of a kept answer. An answer that does not fit, such as one of an older Stride, is computed again. */
  readonly schema: z.ZodType<T>;
  readonly work: WithoutNet<TestSetOrder>;
}

interface UnderWay {
  readonly tickets: Set<string>;
  readonly cancel: AbortController;
  readonly answer: Promise<TestSetResult>;
}

export class LabTestSetWork {
  readonly #options: TestSetWorkOptions;
  readonly #thread: IdleThread;
  readonly #kept: KeptAnswers;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(options: TestSetWorkOptions) {
    this.#options = options;
    this.#thread = new IdleThread(options);
    this.#kept = keptAnswers((run) => options.files.folder(run));
  }

  /** Throws a `Problem` if the run has no such state, its data set has changed since, or the work was cancelled. */
  async ask<T extends TestSetResult>(asked: Asked<T>): Promise<T & { of: Inspected }> {
    const { run, moment, name, schema } = asked;
    const { run: detail, of, tensors: all } = await this.#options.inspection.numbers(run, moment);
    const tensors = parametersIn(all);
    const source = { parameters: hashOf(tensors), dataset: detail.datasetHash };
    const kept = schema.safeParse(await this.#kept.read(run, name, source));
    if (kept.success) return { ...kept.data, of };
    requireTraining(this.#options.findTrainingProblem);
    const dataset = await this.#options.openDataset(detail.dataset);
    requireSameData(detail, dataset);
    const { network, settings } = detail;
    const answer = await this.#compute(asked, source, { network, settings, dataset, tensors });
    return { ...(answer as T), of };
  }

  cancel(ticket: string): void {
    for (const { tickets, cancel } of this.#underWay.values()) {
      // Another window may wait for the same answer.
      if (tickets.delete(ticket) && tickets.size === 0) cancel.abort();
    }
  }

  async close(): Promise<void> {
    for (const { cancel } of this.#underWay.values()) cancel.abort();
    await this.#thread.close();
  }

  #compute(
    { ticket, run, name, work }: Asked<unknown>,
    source: AnswerSource,
    net: InspectionOrder,
  ): Promise<TestSetResult> {
    const key = `${run}/${name}/${source.parameters}`;
    const before = this.#underWay.get(key);
    if (before && !before.cancel.signal.aborted) {
      before.tickets.add(ticket);
      return before.answer;
    }
    const tickets = new Set([ticket]);
    const cancel = new AbortController();
    const progress = (done: number, total: number) => {
      for (const each of tickets)
        this.#options.events.emit('testSet.progress', { ticket: each, done, total });
    };
    const following = { progress, signal: cancel.signal };
    const answer = this.#thread
      .ask({ kind: 'testSet', order: { ...work, net } }, following)
      .then(async (found) => {
        if (cancel.signal.aborted) throw workCancelled();
        // An answer that cannot be kept, as on a full disk, is computed again the next time.
        await this.#kept.write(run, name, source, found).catch(() => undefined);
        return found as TestSetResult;
      })
      .finally(() => {
        if (this.#underWay.get(key)?.cancel === cancel) this.#underWay.delete(key);
      });
    this.#underWay.set(key, { tickets, cancel, answer });
    return answer;
  }
}

/** Returns the SHA-256 of the tensors' names, shapes and values. */
function hashOf(tensors: readonly NamedTensor[]): string {
  const hash = createHash('sha256');
  for (const { name, shape, data } of tensors) {
    hash.update(`${name} ${shape.join('x')}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
