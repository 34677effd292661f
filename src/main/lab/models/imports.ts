/**
 * Imports weights as a run that is stopped before its first step, with a checkpoint that holds them.
 * Everything that works on runs works on it, and when resumed it trains these weights further, with a fresh
 * optimizer state.
 */
import { createHash } from 'node:crypto';
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { Problem, toProblemRecord } from '../../../shared/base/problem.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import { type Checkpoint, type NamedTensor, parameterKey } from '../../../shared/runs/checkpoint.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { kernelSource } from '../../engine/native/kernels.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import { compile } from '../../engine/compile/compile.ts';
import { initialParameters } from '../../engine/compile/parameters.ts';
import { Generator } from '../../engine/random/generator.ts';
import type { ReadModel } from '../../export/read/model.ts';
import { type MadeRun, checkNetwork, insertRuns } from '../runs/newRun.ts';
import type { RunBook } from '../runs/runBook.ts';

export interface ImportsOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly cores: number;
  readonly openDataset: (id: string) => Promise<Dataset>;
}

export class LabImports {
  readonly #options: ImportsOptions;

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /**
   * Imports a file, or refuses before anything is created if the file, the net and the data set do not fit
   * each other.
   */
  async import(request: CallRequest<'models.import'>): Promise<CallReply<'models.import'>> {
    const { book, files, cores, openDataset } = this.#options;
    const { file, name = nameOf(file.name) } = request;
    const beside = new Map(request.beside.map((each) => [each.name, each.bytes]));
    // The formats' libraries take a third of a second to load, which a start should not wait for.
    const { readModelFile } = await import('../../export/read/model.ts');
    const model = readModelFile(file.bytes, file.name, { ...request, beside });
    const settings = {
      ...request.settings,
      normalisation: model.normalisation ?? request.settings.normalisation,
    };
    const dataset = await openDataset(request.dataset);
    const { parameterCount } = checkNetwork(model.network, dataset);
    const checkpoint = beginning(model, settings, Math.min(cores, settings.batchSize));
    const [{ run }] = insertRuns(
      { history: book.history, files },
      [{ name, network: model.network, settings, dataset, parameterCount, tags: ['imported'] }],
      { shards: checkpoint.progress.shards, cores, tensorflow: '' },
    ) as [MadeRun];
    const hash = createHash('sha256').update(file.bytes).digest('hex');
    const detail = { file: file.name, hash, network: model.network.name };
    book.log(run, { kind: 'imported', detail });
    try {
      const bytes = await files.write(run, { checkpoint, epoch: null });
      const { step, epoch, batch } = checkpoint.progress;
      book.history.checkpoints.put(run, { kind: 'last', file: files.names.last, step, epoch, batch, bytes });
    } catch (error) {
      book.setStatus(run, 'failed', toProblemRecord(error));
      book.history.organisation.delete([run], new Date().toISOString());
      throw error;
    }
    return { run: book.setStatus(run, 'stopped'), notes: [...model.notes] };
  }
}

/** Returns the file's name without its extension. */
function nameOf(file: string): string {
  const name = file.replace(/^.*[/\\]/, '').replace(/\.[a-z]+$/i, '');
  return (name || file).slice(0, 120);
}

/**
 * Returns a checkpoint before the first step. The generator has made the draws of a new run, so that the
 * order of the images is that of a run with this seed.
 */
function beginning({ network, tensors }: ReadModel, settings: TrainingSettings, shards: number): Checkpoint {
  const compiled = compile({ network, settings, dataset: null, shards: 1, constants: null });
  const generator = new Generator(settings.seed);
  initialParameters(compiled.parameters, generator, settings.initialisation);
  const given = new Map(tensors.map((tensor) => [parameterKey(tensor.name), tensor.data]));
  const state: NamedTensor[] = compiled.state.map(({ name, shape }) => ({
    name,
    shape,
    data: given.get(name) ?? new Float32Array(shape.reduce((a, b) => a * b, 1)),
  }));
  requireNumbers(network, tensors);
  return {
    tensors: state,
    progress: {
      format: 1,
      step: 0,
      epoch: 1,
      batch: 0,
      random: generator.state(),
      orderSeed: '',
      runningSum: 0,
      epochLossSum: 0,
      epochImages: 0,
      epochSeconds: 0,
      layers: [],
      stopping: { best: null, waited: 0 },
      learningRates: [],
      shards,
      kernels: kernelSource(),
    },
  };
}

/** Throws if a weight is not a finite number, because the net could then classify no image. */
function requireNumbers({ name: network }: Network, tensors: readonly NamedTensor[]): void {
  for (const { name, data } of tensors) {
    const place = data.findIndex((value) => !Number.isFinite(value));
    if (place < 0) continue;
    throw new Problem(
      'import.not-finite',
      `the weights for "${network}" have ${data[place]} in "${name}" (element ${place}), so the net would give no numbers; save it before it diverged`,
      { network, name, place, value: String(data[place]) },
    );
  }
}
