/** What there is to train, and to train on. */
import type { CallReply } from '../../../shared/api.ts';
import type { DatasetSummary } from '../../../shared/dataset.ts';
import { presets } from '../../../shared/presets.ts';
import { summarize } from '../../../shared/shapes.ts';

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
