/**
 * Finds the runs that have trained a net. The lab's history is queried, because a window knows only the newest runs.
 */
import type { LabClient } from '../../../shared/api/api.ts';
import { sameNetwork } from '../../../shared/network/networkDiff.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { summarize, walkNetwork } from '../../../shared/network/shapes.ts';

/** Number of runs with this parameter count that are searched, and the largest number returned. */
const searched = 200;
const most = 12;

/**
 * Returns, newest first, the runs of exactly these layers and this input, whatever the net was called, that have
 * finished an epoch and therefore have a checkpoint. Returns none for a net whose layers do not fit.
 */
export async function runsOfNetwork(lab: LabClient, network: Network): Promise<readonly RunSummary[]> {
  if (walkNetwork(network).problem) return [];
  const { parameterCount } = summarize(network);
  const { rows } = await lab.call('runs.query', { filter: `parameters:${parameterCount}`, rows: searched });
  return rows
    .filter((run) => run.epochsDone > 0 && sameNetwork({ ...run.network, name: network.name }, network))
    .slice(0, most);
}
