/** The call that lists the nets and settings that come with Stride. */
import type { CallReply } from '../../../shared/api/api.ts';
import { presets } from '../../../shared/network/presets.ts';
import { summarize } from '../../../shared/network/shapes.ts';

export const presetCalls = {
  'presets.list': (): CallReply<'presets.list'> =>
    presets.map(({ network, settings }) => ({
      network,
      settings,
      parameterCount: summarize(network).parameterCount,
    })),
};
