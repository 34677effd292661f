/**
 * The built-in data sets. Opening one checks and hashes all of its files, so an opened set is kept for the
 * life of the process; a failure is tried again.
 */
import type { Dataset } from '../../shared/datasets/dataset.ts';
import { Problem } from '../../shared/base/problem.ts';
import { openMnist } from './mnist.ts';

const openers: Readonly<Record<string, () => Promise<Dataset>>> = { mnist: openMnist };
const opened = new Map<string, Promise<Dataset>>();

export const datasetIds: readonly string[] = Object.keys(openers);

/** Throws a `Problem` for an unknown id and for invalid files. */
export function openDataset(id: string): Promise<Dataset> {
  const known = opened.get(id);
  if (known) return known;
  const opener = Object.hasOwn(openers, id) ? openers[id] : undefined;
  if (!opener) {
    return Promise.reject(
      new Problem('dataset.unknown', `there is no data set "${id}"; there is ${datasetIds.join(', ')}`, {
        id,
        known: datasetIds.join(', '),
      }),
    );
  }
  const opening = opener();
  opened.set(id, opening);
  opening.catch(() => opened.delete(id));
  return opening;
}
