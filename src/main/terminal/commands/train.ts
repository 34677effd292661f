/** `stride train`: trains new runs, one per net, with the net's settings and the command line's changes. */
import type { CallInput, LabClient } from '../../../shared/api/api.ts';
import type { Network } from '../../../shared/network/network.ts';
import {
  type Optimizer,
  type TrainingSettings,
  normalisationFor,
} from '../../../shared/training/training.ts';
import { UsageProblem } from '../../host/commandLine.ts';
import { follow } from '../reports/follow.ts';
import type { Io } from '../io.ts';
import { jsonReport } from '../reports/jsonReport.ts';
import { say } from '../../host/language.ts';
import type { NamedNetwork } from './networks.ts';
import { suggest } from '../suggest.ts';
import { textReport } from '../reports/textReport.ts';

export interface TrainOptions {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly seed?: number;
  readonly name?: string;
  readonly dataset: string;
  readonly oneAtATime?: boolean;
  readonly json?: boolean;
}

/** Longest name that the API accepts. */
export const longestName = 120;

/** Returns the exit code. */
export async function train(
  io: Io,
  lab: LabClient,
  networks: readonly NamedNetwork[],
  options: TrainOptions,
  stop: AbortSignal,
): Promise<number> {
  const dataset = await requireDataset(lab, options.dataset);
  const runs = networks.map(({ network, settings, asWritten = false }) => ({
    network,
    settings: withChanges(
      asWritten
        ? settings
        : { ...settings, normalisation: normalisationFor(settings.normalisation, dataset) },
      options,
    ),
    dataset,
    ...named(options.name, network, networks.length),
  }));
  const request: CallInput<'runs.start'> = { runs, together: !options.oneAtATime };
  return follow(
    lab,
    () => lab.call('runs.start', request),
    options.json ? jsonReport(io) : textReport(io),
    stop,
  );
}

function withChanges(
  settings: TrainingSettings,
  { epochs, batchSize, seed, ...optimizer }: TrainOptions,
): TrainingSettings {
  return {
    ...settings,
    epochs: epochs ?? settings.epochs,
    batchSize: batchSize ?? settings.batchSize,
    seed: seed ?? settings.seed,
    optimizer: withOptimizerChanges(settings.optimizer, optimizer),
  };
}

type OptimizerChanges = Pick<TrainOptions, 'learningRate' | 'momentum'>;

function withOptimizerChanges(optimizer: Optimizer, { learningRate, momentum }: OptimizerChanges): Optimizer {
  if (momentum !== undefined && !('momentum' in optimizer)) {
    throw new UsageProblem(
      'terminal.momentum',
      say('--momentum: the optimizer {type} has none', { type: optimizer.type }),
      {
        optimizer: optimizer.type,
      },
    );
  }
  return {
    ...optimizer,
    ...(learningRate !== undefined && { learningRate }),
    ...(momentum !== undefined && { momentum }),
  };
}

/**
 * Returns the name for the run. One name is refused for several runs, because it would not distinguish them;
 * without a name the lab names a run after its net.
 */
function named(name: string | undefined, network: Network, runs: number): { name?: string } {
  if (name === undefined) return {};
  return { name: (runs > 1 ? `${name} (${network.name})` : name).slice(0, longestName) };
}

/** Finds a data set by id or name and returns its id. */
async function requireDataset(lab: LabClient, wanted: string): Promise<string> {
  const sets = await lab.call('datasets.list', {});
  const found =
    sets.find(({ id }) => id === wanted) ??
    sets.find(({ name }) => name?.toLowerCase() === wanted.toLowerCase());
  if (found) return found.id;
  const known = sets.map(({ id }) => id);
  throw new UsageProblem(
    'terminal.dataset',
    say('there is no data set "{dataset}".', { dataset: wanted }) +
      suggest(wanted, known) +
      say(' There is {names}', { names: known.join(', ') }),
    { dataset: wanted },
  );
}
