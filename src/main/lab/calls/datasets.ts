/** Calls that list, show, import, rename and delete data sets. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { readImages } from '../../datasets/images.ts';
import type { DatasetLibrary } from '../../datasets/library.ts';
import type { LabDatasets } from '../datasets/datasets.ts';

export function datasetCalls(library: DatasetLibrary, datasets: LabDatasets) {
  return {
    'datasets.list': (): Promise<CallReply<'datasets.list'>> => library.list(),
    'datasets.images': async ({
      dataset,
      part,
      indices,
    }: CallRequest<'datasets.images'>): Promise<CallReply<'datasets.images'>> =>
      readImages(await library.open(dataset), part, indices),
    'datasets.entries': () => datasets.entries(),
    'datasets.uses': ({ dataset }: CallRequest<'datasets.uses'>) => datasets.uses(dataset),
    'datasets.import': (request: CallRequest<'datasets.import'>) => datasets.import(request),
    'datasets.cancelImport': ({ ticket }: CallRequest<'datasets.cancelImport'>) => {
      datasets.cancel(ticket);
      return {};
    },
    'datasets.preview': (request: CallRequest<'datasets.preview'>) => datasets.preview(request),
    'datasets.upload': async (request: CallRequest<'datasets.upload'>) => {
      await datasets.upload(request);
      return {};
    },
    'datasets.forgetUpload': async ({ ticket }: CallRequest<'datasets.forgetUpload'>) => {
      await datasets.forgetUpload(ticket);
      return {};
    },
    'datasets.statistics': ({ dataset }: CallRequest<'datasets.statistics'>) => datasets.statistics(dataset),
    'datasets.rename': async (request: CallRequest<'datasets.rename'>) => {
      await datasets.rename(request);
      return {};
    },
    'datasets.delete': async (request: CallRequest<'datasets.delete'>) => {
      await datasets.delete(request);
      return {};
    },
  };
}
