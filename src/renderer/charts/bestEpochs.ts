/** The best epoch of a run, by what decides in it: the same one that its best checkpoint is of. */
import { BestEpoch } from '../../shared/runs/bestEpoch.ts';
import type { EpochRecord } from '../../shared/runs/runs.ts';
import type { Trace } from '../plot/data/trace.ts';

const known = new WeakMap<readonly EpochRecord[], number>();

/** From 1; 0 where no epoch is finished. A series' list of epochs is another one with each epoch. */
export function bestEpochOf({ series: { epochs }, settings }: Pick<Trace, 'series' | 'settings'>): number {
  let best = known.get(epochs);
  if (best === undefined) {
    best = new BestEpoch(settings, epochs).epoch ?? 0;
    known.set(epochs, best);
  }
  return best;
}
