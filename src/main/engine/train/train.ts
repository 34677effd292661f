/**
 * Prepares a run's training: checks that its memory suffices, compiles the net, and loads the data set into
 * the session.
 */
import { requireWatchable } from '../../../shared/runs/bestEpoch.ts';
import { requireTrainable } from '../../../shared/network/shapes.ts';
import { requireAffordable } from '../../../shared/training/affordable.ts';
import { trainingMemory } from '../../../shared/training/memory.ts';
import type { Control } from './control.ts';
import { readLabels } from '../data/images.ts';
import type { FromWorker, TrainingOrder } from './messages.ts';
import { pixelConstants } from '../data/normalisation.ts';
import { kernelSource } from '../native/kernels.ts';
import { readMemory } from '../native/memory.ts';
import { prepareNet } from './preparedNet.ts';
import { splitTraining } from './split.ts';

import { Trainer } from './trainer.ts';

/**
 * Trains until the run is finished, stopped or failed; the last message says which. Throws the error that
 * ends the run with a problem.
 */
export async function train(
  order: TrainingOrder,
  control: Control,
  post: (message: FromWorker) => void,
): Promise<void> {
  const { network, settings, dataset, from } = order;
  const summary = requireTrainable(network, dataset.summary.classes.length);
  requireWatchable(settings);
  const labels = {
    train: await readLabels(dataset.files.train.labels),
    test: await readLabels(dataset.files.test.labels),
  };
  const split = splitTraining(labels.train, settings.validation);
  const shards = from?.progress.shards ?? Math.min(order.shards, settings.batchSize);
  const { freeBytes } = readMemory();
  requireAffordable({ summary, dataset: dataset.summary, settings, shards }, freeBytes);
  const lastBatch = split.train.length % settings.batchSize;
  const constants = await pixelConstants(settings.normalisation, dataset);
  const plan = { network, settings, dataset, shards, lastBatch, constants };
  const { batchSize, optimizer } = settings;
  const bytes = trainingMemory({ summary, dataset: dataset.summary, batchSize, optimizer: optimizer.type });
  // A measurement has the net in memory twice.
  const unmeasured = freeBytes < 2 * bytes ? kernelSource() : undefined;
  const net = await prepareNet(plan, from?.progress.kernels ?? order.kernels ?? unmeasured);
  try {
    await new Trainer({ order, ...net, labels, split, shards, control, post }).run();
  } finally {
    net.session.close();
  }
}
