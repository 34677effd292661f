/**
 * Prepares a sweep's runs: all are expanded and checked against their data sets before the first one starts.
 */
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { type ExpandedCombination, expandSweep, named } from '../../../shared/sweeps/expandSweep.ts';
import type { Network } from '../../../shared/network/network.ts';
import { axisLabels } from '../../../shared/sweeps/sweepAxes.ts';
import type { Sweep } from '../../../shared/sweeps/sweeps.ts';
import type { NetworkSummary } from '../../../shared/network/shapes.ts';
import { requireAffordable } from '../../../shared/training/affordable.ts';
import type { Memory } from '../../engine/native/memory.ts';
import { type CheckedRun, checkNetwork, requireBatch } from '../runs/newRun.ts';

export interface SweepPlan {
  readonly combinations: readonly ExpandedCombination[];
  /** Checked runs by position. */
  readonly runs: readonly CheckedRun[];
  readonly datasets: readonly Dataset[];
}

/** Throws a `Problem` that names the combination at fault. */
export async function planSweep(
  sweep: Sweep,
  openDataset: (id: string) => Promise<Dataset>,
  /** Memory that the runs must fit into, if they are to be started. */
  memory?: Memory,
): Promise<SweepPlan> {
  const combinations = expandSweep(sweep);
  const ids = new Set(combinations.flatMap(({ runs }) => runs.map(({ dataset }) => dataset)));
  const datasets = new Map<string, Dataset>();
  for (const id of ids) datasets.set(id, await openDataset(id));

  // Most sweeps have one net, which is summarised only once.
  const known = new Map<Dataset, Map<Network, NetworkSummary>>();
  const runs = combinations.flatMap(({ label, runs }) =>
    runs.map(({ name, network, settings, dataset: id }): CheckedRun => {
      const dataset = datasets.get(id) as Dataset;
      const nets = known.get(dataset) ?? new Map<Network, NetworkSummary>();
      known.set(dataset, nets);
      const summary = nets.get(network) ?? named(label, () => checkNetwork(network, dataset));
      nets.set(network, summary);
      named(label, () => {
        requireBatch(settings.batchSize, dataset);
      });
      if (memory) {
        // The number of shards is not known yet; one is the worst case.
        const of = { summary, dataset: dataset.summary, settings, shards: 1 };
        named(label, () => {
          requireAffordable(of, memory.totalBytes);
        });
      }
      return { name, network, settings, dataset, parameterCount: summary.parameterCount };
    }),
  );
  return { combinations, runs, datasets: [...datasets.values()] };
}

/** Returns a sweep's default name: its net and the varied fields. */
export function sweepName({ name, network, axes }: Sweep): string {
  const labels = axisLabels(axes).join(' × ');
  return name ?? `${network.name}${labels && `: ${labels}`}`.slice(0, 120);
}
