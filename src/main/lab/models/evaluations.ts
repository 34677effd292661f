/**
 * Evaluates runs on a whole test set: their own, another one with images of the same size, or the drawings that are
 * kept for nets of their data set.
 */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { parametersIn } from '../../../shared/runs/checkpoint.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import { drawingsId } from '../../../shared/inspect/drawing/drawings.ts';
import { checkNetwork } from '../runs/newRun.ts';
import { requireSameData } from '../runs/resume.ts';
import type { RunBook } from '../runs/runBook.ts';
import { withDrawnSet } from './drawnSet.ts';
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

  async evaluate(request: CallRequest<'models.evaluate'>): Promise<CallReply<'models.evaluate'>> {
    const { book, openDataset } = this.#options;
    const detail = book.detail(request.run);
    const drawn = request.dataset === drawingsId;
    const dataset = await openDataset(drawn ? detail.dataset : (request.dataset ?? detail.dataset));
    if (dataset.summary.id === detail.dataset) requireSameData(detail, dataset);
    if (!drawn) return this.#evaluateOn(dataset, detail, request);
    const drawings = book.history.drawings.list(detail.dataset);
    return withDrawnSet(dataset, drawings, (set) => this.#evaluateOn(set, detail, request));
  }

  async #evaluateOn(
    dataset: Dataset,
    detail: RunDetail,
    { run, checkpoint }: CallRequest<'models.evaluate'>,
  ): Promise<CallReply<'models.evaluate'>> {
    const { book, files } = this.#options;
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
