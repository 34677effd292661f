/** `stride train`: trains new runs, one per net, with the net's settings and the command line's changes. */
import type { CallInput, LabClient } from '../../../shared/api/api.ts';
import type { DatasetSummary } from '../../../shared/datasets/dataset.ts';
import { forDataset } from '../../../shared/network/forDataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import {
  type Optimizer,
  type TrainingSettings,
  normalisationFor,
} from '../../../shared/training/training.ts';
import { UsageProblem } from '../../host/commandLine.ts';
import { follow } from '../reports/follow.ts';
import { type Io, note } from '../io.ts';
import { jsonReport } from '../reports/jsonReport.ts';
import { say } from '../../host/language.ts';
import type { NamedNetwork } from './networks.ts';
import { suggest } from '../suggest.ts';
import { TextReport } from '../reports/textReport.ts';

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
  const set = await requireDataset(lab, options.dataset);
  const dataset = set.id;
  const runs = networks.map(({ network, settings, asWritten = false }) => ({
    network: asWritten ? network : fitted(io, network, set),
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
    options.json ? jsonReport(io) : new TextReport(io),
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

/** Returns the net with the data set's size of images and number of classes, and says so if they differ. */
function fitted(io: Io, network: Network, set: DatasetSummary): Network {
  const net = forDataset(network, set);
  if (net !== network) {
    const { height, width, channels } = net.input;
    note(
      io,
      say('"{net}" is trained with an input of {size} and {classes} classes, as {dataset} has them.', {
        net: network.name,
        size: `${channels}×${height}×${width}`,
        classes: set.classes.length,
        dataset: set.name,
      }),
    );
  }
  return net;
}

/** Finds a data set by id or name. */
async function requireDataset(lab: LabClient, wanted: string): Promise<DatasetSummary> {
  const sets = await lab.call('datasets.list', {});
  const found =
    sets.find(({ id }) => id === wanted) ??
    sets.find(({ name }) => name?.toLowerCase() === wanted.toLowerCase());
  if (found) return found;
  const known = sets.map(({ id }) => id);
  throw new UsageProblem(
    'terminal.dataset',
    say('there is no data set "{dataset}".', { dataset: wanted }) +
      suggest(wanted, known) +
      say(' There is {names}', { names: known.join(', ') }),
    { dataset: wanted },
  );
}
