/** A sweep's runs, ready to be made: expanded, and each held against its data set, before the first of them starts. */
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { type ExpandedCombination, expandSweep, named } from '../../../shared/sweeps/expandSweep.ts';
import type { Network } from '../../../shared/network/network.ts';
import { axisLabels } from '../../../shared/sweeps/sweepAxes.ts';
import type { Sweep } from '../../../shared/sweeps/sweeps.ts';
import { type CheckedRun, checkRun } from '../runs/newRun.ts';

export interface SweepPlan {
  readonly combinations: readonly ExpandedCombination[];
  /** By position. */
  readonly runs: readonly CheckedRun[];
  readonly datasets: readonly Dataset[];
}

/** Throws a `Problem` that names the combination which it is about. */
export async function planSweep(
  sweep: Sweep,
  openDataset: (id: string) => Promise<Dataset>,
): Promise<SweepPlan> {
  const combinations = expandSweep(sweep);
  const ids = new Set(combinations.flatMap(({ runs }) => runs.map(({ dataset }) => dataset)));
  const datasets = new Map<string, Dataset>();
  for (const id of ids) datasets.set(id, await openDataset(id));

  // Most sweeps have one net, which need not be looked at ten thousand times.
  const known = new Map<Dataset, Map<Network, number>>();
  const runs = combinations.flatMap(({ label, runs }) =>
    runs.map(({ name, network, settings, dataset: id }): CheckedRun => {
      const dataset = datasets.get(id) as Dataset;
      const nets = known.get(dataset) ?? new Map<Network, number>();
      known.set(dataset, nets);
      const parameterCount = nets.get(network) ?? named(label, () => checkRun(network, dataset));
      nets.set(network, parameterCount);
      return { name, network, settings, dataset, parameterCount };
    }),
  );
  return { combinations, runs, datasets: [...datasets.values()] };
}

/** What a sweep is called where nobody says: its net and what is varied. */
export function sweepName({ name, network, axes }: Sweep): string {
  const labels = axisLabels(axes).join(' × ');
  return name ?? `${network.name}${labels && `: ${labels}`}`.slice(0, 120);
}
