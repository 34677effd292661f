/** Calls that list presets and data sets. */
import type { CallReply } from '../../../shared/api/api.ts';
import type { DatasetSummary } from '../../../shared/datasets/dataset.ts';
import { presets } from '../../../shared/network/presets.ts';
import { summarize } from '../../../shared/network/shapes.ts';

export function catalogCalls(listDatasets: () => Promise<DatasetSummary[]>) {
  return {
    'presets.list': (): CallReply<'presets.list'> =>
      presets.map(({ network, settings }) => ({
        network,
        settings,
        parameterCount: summarize(network).parameterCount,
      })),
    'datasets.list': (): Promise<CallReply<'datasets.list'>> => listDatasets(),
  };
}
