/** Which runs have trained a net: the lab's history is asked, for a window knows only the newest runs. */
import type { LabClient } from '../../../shared/api/api.ts';
import { sameNetwork } from '../../../shared/network/networkDiff.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { summarize, walkNetwork } from '../../../shared/network/shapes.ts';

/** Runs with as many parameters that are looked through, and how many of the net's own are given at most. */
const searched = 200;
const most = 12;

/**
 * Newest first: runs of just these layers and this input, whatever the net was called, with an epoch behind them and so
 * with a checkpoint. None for a net whose layers do not fit.
 */
export async function runsOfNetwork(lab: LabClient, network: Network): Promise<readonly RunSummary[]> {
  if (walkNetwork(network).problem) return [];
  const { parameterCount } = summarize(network);
  const { rows } = await lab.call('runs.query', { filter: `parameters:${parameterCount}`, rows: searched });
  return rows
    .filter((run) => run.epochsDone > 0 && sameNetwork({ ...run.network, name: network.name }, network))
    .slice(0, most);
}
