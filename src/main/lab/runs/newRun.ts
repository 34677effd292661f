/** Creates a run: checks that it can be trained, and creates its row in history and its worker's order. */
import { rmSync } from 'node:fs';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { KnownRun } from '../../../shared/runs/manifest.ts';
import type { RunOrigin } from '../../../shared/runs/runs.ts';
import { baseAt } from '../../../shared/training/schedule.ts';
import { type NetworkSummary, requireTrainable } from '../../../shared/network/shapes.ts';
import { requireAffordable } from '../../../shared/training/affordable.ts';
import type { LearningRateChange, TrainingSettings } from '../../../shared/training/training.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import type { Memory } from '../../engine/native/memory.ts';
import type { TrainingOrder } from '../../engine/train/messages.ts';
import type { History } from '../../history/open.ts';
import { describeMachine, describeVersions } from '../base/machine.ts';

export interface CheckedRun {
  readonly name: string;
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset: Dataset;
  readonly parameterCount: number;
  /** Changes of the base learning rate to be made at these steps. */
  readonly learningRates?: readonly LearningRateChange[];
  readonly origin?: RunOrigin | undefined;
  readonly tags?: readonly string[];
}

/** Throws a `Problem` if the net cannot be trained on that data set. */
export function checkNetwork(network: Network, dataset: Dataset): NetworkSummary {
  requireInput(network, dataset);
  return requireTrainable(network, dataset.summary.classes.length);
}

/**
 * Returns the number of parameters. Throws a `Problem` if the net cannot be trained on that data set or needs
 * more memory than this machine has in total; free memory is checked when the run starts.
 */
export function checkRun(
  network: Network,
  dataset: Dataset,
  { settings, shards, memory }: { settings: TrainingSettings; shards: number; memory: Memory },
): number {
  const summary = checkNetwork(network, dataset);
  requireBatch(settings.batchSize, dataset);
  requireAffordable({ summary, dataset: dataset.summary, settings, shards }, memory.totalBytes);
  return summary.parameterCount;
}

export interface Circumstances {
  readonly shards: number;
  readonly cores: number;
  /** Version of libtensorflow; empty if it is not known. */
  readonly tensorflow: string;
}

export interface MadeRun {
  readonly run: number;
  readonly order: TrainingOrder;
}

/**
 * Adds queued runs to history and creates their folders: all of them or none. `join` is part of the same
 * transaction. Their numbers are larger than that of any existing folder, because such a folder belongs to
 * another run.
 */
export function insertRuns(
  { history, files }: { readonly history: History; readonly files: CheckpointFiles },
  runs: readonly CheckedRun[],
  circumstances: Circumstances,
  join: (made: readonly MadeRun[]) => void = () => undefined,
): MadeRun[] {
  const claimed: string[] = [];
  try {
    return history.transaction(() => {
      history.runs.reserve(files.highest());
      const made = runs.map((run) => insertRun(history, run, circumstances));
      for (const { run } of made) {
        const { manifest } = history.runs.known(run) as KnownRun;
        files.claim(manifest);
        claimed.push(files.folder(run));
      }
      join(made);
      return made;
    });
  } catch (error) {
    for (const folder of claimed) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Adds the run to history and returns its number and the order to start it with. */
function insertRun(
  history: History,
  { name, network, settings, dataset, parameterCount, learningRates = [], origin, tags = [] }: CheckedRun,
  { shards: free, cores, tensorflow }: Circumstances,
): MadeRun {
  const shards = Math.min(free, settings.batchSize);
  const run = history.runs.insert(
    {
      name,
      network,
      settings,
      dataset: dataset.summary.id,
      datasetHash: dataset.summary.hash,
      shards,
      parameterCount,
      stepsPerEpoch: Math.ceil(dataset.summary.trainCount / settings.batchSize),
      versions: describeVersions(tensorflow),
      machine: describeMachine(cores),
      origin,
    },
    history.owner,
  );
  if (tags.length > 0) history.organisation.update([run], { tags });
  const changes = learningRates.toSorted((a, b) => a.step - b.step);
  const stepsPerEpoch = Math.ceil(dataset.summary.trainCount / settings.batchSize);
  for (const { step, learningRate } of changes) {
    const before = baseAt(
      settings,
      step - 1,
      changes.filter((change) => change.step < step),
    );
    const place = { step: step - 1, epoch: Math.floor((step - 1) / stepsPerEpoch) + 1 };
    history.runEvents.append(run, { kind: 'learningRate', detail: { learningRate, before } }, place);
  }
  return { run, order: { network, settings, dataset, shards, from: null, learningRates: changes } };
}

/** Throws if a batch is larger than the training set. */
export function requireBatch(batchSize: number, { summary }: Dataset): void {
  if (batchSize <= summary.trainCount) return;
  throw new Problem(
    'run.batch-size',
    `a batch of ${batchSize} images is more than ${summary.name} has to train with; 1 to ${summary.trainCount} would be right`,
    { batchSize, most: summary.trainCount, dataset: summary.name },
  );
}

function requireInput(network: Network, { summary }: Dataset): void {
  const { height, width, channels } = network.input;
  if (height === summary.height && width === summary.width && channels === summary.channels) return;
  throw new Problem(
    'network.input-size',
    `"${network.name}" takes images of ${height}×${width}×${channels}, but those of ${summary.name} are ` +
      `${summary.height}×${summary.width}×${summary.channels} (height × width × channels); change the network's input`,
    { height, width, channels, dataset: summary.name },
  );
}
