/** Calls that return images of a data set. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { readImages } from '../../datasets/images.ts';

export function imageCalls(openDataset: (id: string) => Promise<Dataset>) {
  return {
    'datasets.images': async ({
      dataset,
      part,
      indices,
    }: CallRequest<'datasets.images'>): Promise<CallReply<'datasets.images'>> =>
      readImages(await openDataset(dataset), part, indices),
  };
}
