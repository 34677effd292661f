/** Calls that inspect a run. */
import { parameterKey } from '../../../shared/runs/checkpoint.ts';
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { correctCount } from '../../../shared/compare/predictions.ts';
import { walkNetwork } from '../../../shared/network/shapes.ts';
import type { InspectedRun, LabInspection } from '../inspect/inspection.ts';
import type { LabPredictions, RunPredictions } from '../inspect/predictions.ts';
import type { PastStates } from '../runs/pastStates.ts';

export function inspectCalls(inspection: LabInspection, states: PastStates, predictions: LabPredictions) {
  return {
    'inspect.trace': ({ run, checkpoint, epoch, ...rest }: CallRequest<'inspect.trace'>) =>
      inspection.ask(run, { checkpoint, epoch }, { kind: 'trace', ...rest }),
    'inspect.classify': ({ run, checkpoint, epoch, ...rest }: CallRequest<'inspect.classify'>) =>
      inspection.ask(run, { checkpoint, epoch }, { kind: 'classify', ...rest }),
    'inspect.backward': ({ run, checkpoint, epoch, ...rest }: CallRequest<'inspect.backward'>) =>
      inspection.ask(run, { checkpoint, epoch }, { kind: 'backward', ...rest }),
    'inspect.activations': ({ run, checkpoint, epoch, ...rest }: CallRequest<'inspect.activations'>) =>
      inspection.ask(run, { checkpoint, epoch }, { kind: 'activations', ...rest }),
    'inspect.saliency': ({ run, checkpoint, epoch, ...rest }: CallRequest<'inspect.saliency'>) =>
      inspection.ask(run, { checkpoint, epoch }, { kind: 'saliency', ...rest }),
    'inspect.occlusion': ({ run, checkpoint, epoch, ...rest }: CallRequest<'inspect.occlusion'>) =>
      inspection.ask(run, { checkpoint, epoch }, { kind: 'occlusion', ...rest }),
    'inspect.predictions': async ({ run, checkpoint, epoch }: CallRequest<'inspect.predictions'>) =>
      epoch === undefined
        ? predictedBy(await predictions.of(run, checkpoint))
        : inspection.ask(run, { checkpoint, epoch }, { kind: 'predictions' }),
    'inspect.confidentErrors': ({
      run,
      checkpoint,
      epoch,
      ...rest
    }: CallRequest<'inspect.confidentErrors'>) =>
      inspection.ask(run, { checkpoint, epoch }, { kind: 'confidentErrors', ...rest }),
    'inspect.filters': async ({ run, checkpoint, epoch }: CallRequest<'inspect.filters'>) =>
      filtersOf(await inspection.numbers(run, { checkpoint, epoch })),
    'inspect.epochs': ({ run }: CallRequest<'inspect.epochs'>) => states.list(run),
  };
}

function predictedBy({ of, predictions: found }: RunPredictions): CallReply<'inspect.predictions'> {
  const { labels, predictions, probabilities, classes } = found;
  return {
    of,
    labels: [...labels],
    predictions: [...predictions],
    probabilities: { shape: [labels.length, classes], data: probabilities },
    correct: correctCount(found),
  };
}

function filtersOf({ run, of, tensors }: InspectedRun): CallReply<'inspect.filters'> {
  const values = new Map(tensors.map(({ name, shape, data }) => [name, { shape: [...shape], data }]));
  const parameters = walkNetwork(run.network).layers.flatMap(({ index, position, layer, parameters }) =>
    parameters.flatMap((spec) => {
      const name = `${index}.${spec.name}`;
      const found = values.get(parameterKey(name));
      if (!found) return [];
      return [{ name, index, position, type: layer.type, trainable: spec.trainable, values: found }];
    }),
  );
  return { of, parameters };
}
