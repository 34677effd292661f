/** Finds the best epoch of a run by its deciding metric: the epoch that its best checkpoint was written after. */
import { BestEpoch } from '../../shared/runs/bestEpoch.ts';
import type { EpochRecord } from '../../shared/runs/runs.ts';
import type { Trace } from '../plot/data/trace.ts';

const known = new WeakMap<readonly EpochRecord[], number>();

/**
 * Returns the best epoch, from 1, or 0 if none has finished. A series replaces its list of epochs at each epoch, which
 * makes the list a key for the cache.
 */
export function bestEpochOf({ series: { epochs }, settings }: Pick<Trace, 'series' | 'settings'>): number {
  let best = known.get(epochs);
  if (best === undefined) {
    best = new BestEpoch(settings, epochs).epoch ?? 0;
    known.set(epochs, best);
  }
  return best;
}
