/** A run, looked into. */
import { parameterKey } from '../../../shared/runs/checkpoint.ts';
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { walkNetwork } from '../../../shared/network/shapes.ts';
import type { InspectedRun, LabInspection } from '../runs/inspection.ts';

export function inspectCalls(inspection: LabInspection) {
  return {
    'inspect.trace': ({ run, checkpoint, ...rest }: CallRequest<'inspect.trace'>) =>
      inspection.ask(run, checkpoint, { kind: 'trace', ...rest }),
    'inspect.classify': ({ run, checkpoint, ...rest }: CallRequest<'inspect.classify'>) =>
      inspection.ask(run, checkpoint, { kind: 'classify', ...rest }),
    'inspect.activations': ({ run, checkpoint, ...rest }: CallRequest<'inspect.activations'>) =>
      inspection.ask(run, checkpoint, { kind: 'activations', ...rest }),
    'inspect.saliency': ({ run, checkpoint, ...rest }: CallRequest<'inspect.saliency'>) =>
      inspection.ask(run, checkpoint, { kind: 'saliency', ...rest }),
    'inspect.occlusion': ({ run, checkpoint, ...rest }: CallRequest<'inspect.occlusion'>) =>
      inspection.ask(run, checkpoint, { kind: 'occlusion', ...rest }),
    'inspect.predictions': ({ run, checkpoint, ...rest }: CallRequest<'inspect.predictions'>) =>
      inspection.ask(run, checkpoint, { kind: 'predictions', ...rest }),
    'inspect.confidentErrors': ({ run, checkpoint, ...rest }: CallRequest<'inspect.confidentErrors'>) =>
      inspection.ask(run, checkpoint, { kind: 'confidentErrors', ...rest }),
    'inspect.filters': async ({ run, checkpoint }: CallRequest<'inspect.filters'>) =>
      filtersOf(await inspection.numbers(run, checkpoint)),
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
