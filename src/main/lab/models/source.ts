/** Reads a run's checkpoint as a model, from which all formats are written. */
import type { CheckpointChoice } from '../../../shared/api/calls/models.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { type TrainedModel, trainedModel } from '../../../shared/models/trainedModel.ts';
import { type NamedTensor, parameterKey, parametersIn } from '../../../shared/runs/checkpoint.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import type { CheckpointFiles, SavedCheckpoint } from '../../checkpoints/files.ts';
import { pixelConstants } from '../../engine/data/normalisation.ts';
import { noCheckpoint } from '../runs/noCheckpoint.ts';
import { requireSameData } from '../runs/resume.ts';

export interface ModelOfRun {
  readonly run: RunDetail;
  readonly dataset: Dataset;
  readonly model: TrainedModel;
  /** Tensors of the checkpoint, named `parameter/0.weight`. */
  readonly tensors: readonly NamedTensor[];
}

export interface ChosenCheckpoint {
  readonly saved: SavedCheckpoint;
  /** Number of finished epochs. */
  readonly epoch: number;
}

const epochsDone = ({ checkpoint: { progress } }: SavedCheckpoint): number => progress.epoch - 1;

/** Throws a `Problem` that lists the run's checkpoints if it has none of that kind. */
export async function chosenCheckpoint(
  files: CheckpointFiles,
  run: number,
  choice: CheckpointChoice,
): Promise<ChosenCheckpoint> {
  const saved: SavedCheckpoint[] = [];
  for (const kind of typeof choice === 'number' ? (['last', 'best', 'previous'] as const) : [choice]) {
    const found = await files.peek(run, kind);
    if (found) saved.push(found);
  }
  if (saved.length === 0) throw noCheckpoint(run);
  const chosen =
    typeof choice === 'number'
      ? saved.find((each) => epochsDone(each) === choice && each.checkpoint.progress.batch === 0)
      : saved[0];
  if (!chosen) {
    const kept = [...new Set(saved.filter((each) => each.checkpoint.progress.batch === 0).map(epochsDone))];
    throw new Problem(
      'model.no-epoch',
      `run ${run} keeps no checkpoint of epoch ${choice}; it keeps those of epoch ${kept.join(' and ') || 'none'}`,
      { run, epoch: choice, kept: kept.join(', ') },
    );
  }
  return { saved: chosen, epoch: epochsDone(chosen) };
}

export async function modelSource(
  run: RunDetail,
  { saved, epoch }: ChosenCheckpoint,
  dataset: Dataset,
): Promise<ModelOfRun> {
  requireSameData(run, dataset);
  const tensors = parametersIn(saved.checkpoint.tensors);
  const model = trainedModel({
    network: run.network,
    classes: dataset.summary.classes,
    normalisation: await pixelConstants(run.settings.normalisation, dataset),
    dataset: dataset.summary.name,
    run: { id: run.id, name: run.name, step: saved.checkpoint.progress.step, epoch },
    tensors: tensors.map((tensor) => ({ ...tensor, name: tensor.name.slice(parameterKey('').length) })),
  });
  return { run, dataset, model, tensors };
}
