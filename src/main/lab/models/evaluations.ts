/** Evaluates runs on a whole test set: their own, or another one with images of the same size. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { parametersIn } from '../../../shared/runs/checkpoint.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import { checkNetwork } from '../runs/newRun.ts';
import { requireSameData } from '../runs/resume.ts';
import type { RunBook } from '../runs/runBook.ts';
import { type EngineThreadOptions, withEngine } from './engineThread.ts';
import { chosenCheckpoint } from './source.ts';

export interface EvaluationsOptions extends EngineThreadOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly openDataset: (id: string) => Promise<Dataset>;
}

export class LabEvaluations {
  readonly #options: EvaluationsOptions;

  constructor(options: EvaluationsOptions) {
    this.#options = options;
  }

  async evaluate({
    run,
    checkpoint,
    dataset: id,
  }: CallRequest<'models.evaluate'>): Promise<CallReply<'models.evaluate'>> {
    const { book, files, openDataset } = this.#options;
    const detail = book.detail(run);
    const dataset = await openDataset(id ?? detail.dataset);
    const own = id === undefined || dataset.summary.id === detail.dataset;
    if (own) requireSameData(detail, dataset);
    checkNetwork(detail.network, dataset);
    const trainedOn = await this.#normalisedBy(detail, dataset);
    const { saved, epoch } = await chosenCheckpoint(files, run, checkpoint);
    const { network, settings } = detail;
    const order = { network, settings, dataset, trainedOn, tensors: parametersIn(saved.checkpoint.tensors) };
    const { correct, total, loss } = await withEngine(this.#options, (engine) => engine.score(order));
    const result = { testCorrect: correct, testTotal: total, testLoss: loss, dataset: dataset.summary.id };
    const testLoss = Number.isFinite(loss) ? loss : null;
    book.log(run, { kind: 'evaluated', detail: { ...result, testLoss, epoch } });
    return { ...result, epoch, step: saved.checkpoint.progress.step };
  }

  /**
   * Returns the data set with the mean and deviation of the run's own one if the net was trained with those.
   */
  async #normalisedBy(run: RunDetail, dataset: Dataset): Promise<Dataset> {
    if (run.settings.normalisation !== 'dataset' || dataset.summary.hash === run.datasetHash) return dataset;
    const own = await this.#options.openDataset(run.dataset);
    requireSameData(run, own);
    return own;
  }
}
