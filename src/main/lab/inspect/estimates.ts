/**
 * Answers the Train screen's questions before a start: how long training would take, and what augmentation
 * does. A separate process answers them because it tries nets that have never been run: if one ends the
 * process, no run is affected. The process is closed after a while without questions.
 *
 * A pace that was measured while no run was training is stored in history under a hash of everything that it
 * depends on. Only the newest of several questions is answered; the earlier ones are cancelled.
 */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { trainingMemory } from '../../../shared/training/memory.ts';
import { Problem, type ProblemRecord } from '../../../shared/base/problem.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import type { Memory } from '../../engine/native/memory.ts';
import type { AugmentationPreview } from '../../engine/inspect/augmentPreview.ts';
import type { Pace } from '../../engine/inspect/pace.ts';
import type { History } from '../../history/open.ts';
import { IdleThread, type IdleThreadOptions } from '../threads/idleThread.ts';
import type { Answer, Request, StartLine } from '../threads/inspectionThread.ts';
import { paceKey } from '../base/paceKey.ts';
import { knownKernels } from '../base/knownKernels.ts';
import { checkRun } from '../runs/newRun.ts';
import type { LabRuns } from '../runs/runs.ts';
import { requireTraining } from '../runs/trainingProblem.ts';

export interface EstimatesOptions extends IdleThreadOptions {
  readonly history: History;
  readonly runs: LabRuns;
  /** Starts the process that tries nets, given the path of the worker. */
  readonly startProcess: (path: string | URL) => StartLine;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem: () => ProblemRecord | null;
  readonly readMemory: () => Memory;
}

type EstimateRequest = CallRequest<'training.estimate'>;

export class LabEstimates {
  readonly #options: EstimatesOptions;
  readonly #thread: IdleThread;
  #newest = 0;

  constructor(options: EstimatesOptions) {
    this.#options = options;
    this.#thread = new IdleThread(options, options.startProcess(options.workerPath));
  }

  async estimate(request: EstimateRequest): Promise<CallReply<'training.estimate'>> {
    const mine = ++this.#newest;
    this.#thread.giveUp();
    const { history, runs, openDataset } = this.#options;
    runs.requireCores(request.threads);
    const dataset = await openDataset(request.dataset);
    const { network, settings, threads: shards } = request;
    checkRun(network, dataset, { settings, shards, memory: this.#options.readMemory() });
    if (mine !== this.#newest) throw new Problem('estimate.given-up', 'the settings have changed meanwhile');
    const order = { network, settings, dataset, shards };
    const kernels = knownKernels(order, history);
    const key = paceKey(order, kernels);
    const known = history.paces.get(key);
    if (known) return this.#reply(request, dataset, known, 0);

    const before = runs.atWork;
    const pace = (await this.#ask({ kind: 'pace', order: { ...order, kernels } })) as Pace;
    const beside = Math.max(before, runs.atWork);
    if (beside === 0) history.paces.put(key, pace);
    return this.#reply(request, dataset, pace, beside);
  }

  async preview(request: CallRequest<'augmentation.preview'>): Promise<AugmentationPreview> {
    const { dataset: id, ...order } = request;
    const dataset = await this.#options.openDataset(id);
    return (await this.#ask({ kind: 'augment', order: { ...order, dataset } })) as AugmentationPreview;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#thread.giveUp();
    await this.#thread.close();
  }

  #reply(
    { network, settings }: EstimateRequest,
    { summary }: Dataset,
    { secondsPerStep, secondsPerTestImage, startSeconds }: Pace,
    beside: number,
  ): CallReply<'training.estimate'> {
    // Each class is rounded separately when images are held out, so this may be off by a few images.
    const validation = Math.round(summary.trainCount * (settings.validation?.fraction ?? 0));
    const stepsPerEpoch = Math.ceil((summary.trainCount - validation) / settings.batchSize);
    const trainSeconds = stepsPerEpoch * secondsPerStep;
    const testSeconds = (summary.testCount + validation) * secondsPerTestImage;
    return {
      stepsPerEpoch,
      trainSeconds,
      testSeconds,
      startSeconds,
      totalSeconds: startSeconds + settings.epochs * (trainSeconds + testSeconds),
      memoryBytes: trainingMemory({
        summary: summarize(network),
        dataset: summary,
        batchSize: settings.batchSize,
        optimizer: settings.optimizer.type,
      }),
      beside,
    };
  }

  #ask(request: Request): Promise<Answer> {
    return this.#thread.keep(async () => {
      requireTraining(this.#options.findTrainingProblem);
      return this.#thread.current().ask(request);
    });
  }
}
