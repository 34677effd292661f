/** Reads the settings of one training. */
import type { Reading } from '../reading.ts';
import { allModules } from '../torch/modules.ts';
import type { DatasetValue, Module, Value } from '../values.ts';
import {
  type FoundSettings,
  type SettingsReading,
  attempt,
  conditionOf,
  keep,
  nameCondition,
} from './found.ts';
import type { DatasetImageSize } from '../../../network/forDataset.ts';
import { readTransforms, torchvisionSets } from './images.ts';
import { readInitialisations } from './initialisations.ts';
import { readLoader, trainingDataset, trainingLoader } from './loaders.ts';
import { type LossKind, readLoss } from './losses.ts';
import { readClipping, readOptimizer, readScheduler } from './optimizers.ts';
import { consume, consumeAll } from './script.ts';
import type { EpochCount, ScriptTraining } from './trainings.ts';

export interface TrainingReading {
  readonly found: FoundSettings;
  readonly loss: LossKind | null;
  /** Number of training images, where the code states it. */
  readonly images: DatasetImageSize | null;
}

/** Adds its findings to `reading.findings`. */
export function readTraining(
  reading: Reading,
  training: ScriptTraining | null,
  net: Module,
): TrainingReading {
  const { script, findings } = reading;
  const into: SettingsReading = { found: {}, findings };
  readEpochs(reading, into, training);
  readSeed(into, training?.seed ?? script.seed);
  if (training) {
    nameCondition(into, training.optimizer);
    attempt(into, training.optimizer.place, () => readOptimizer(into, training.optimizer));
    // Stride gives all parameters the same settings.
    for (const group of groupsOf(training)) findings.add('warning', 'parameter-groups', group.place);
  }
  for (const scheduler of [...(training?.schedulers ?? []), ...script.looseSchedulers]) {
    nameCondition(into, scheduler);
    attempt(into, scheduler.place, () => readScheduler(into, scheduler, training?.stepped ?? false));
  }
  const schedules = [...(training?.schedulers ?? []), ...script.looseSchedulers];
  if (schedules.length > 1) findings.add('error', 'several-schedules', schedules[1]?.place ?? null);
  for (const clip of [...(training?.clips ?? []), ...script.looseClips]) {
    nameCondition(into, clip);
    attempt(into, clip.place, () => readClipping(into, clip));
  }
  const loader = trainingLoader(reading, training);
  if (loader) {
    consumeAll(reading, loader.call, loader.place);
    attempt(into, loader.place, () => readLoader(into, loader));
  }
  if (!loader && training?.sliceSize) keep(into, 'batchSize', training.sliceSize, 'range');
  const images = readImages(reading, into, trainingDataset(reading, loader));
  readInitialisations(into, script.initialisations, allModules(net));
  const loss = readLoss(into, reading);
  readConstants(reading, into);
  return { found: into.found, loss, images };
}

/** Returns the groups of parameters that have settings of their own. */
function groupsOf({ optimizer }: ScriptTraining) {
  const given = optimizer.call.positional[0] ?? optimizer.call.named.get('params');
  if (given?.kind !== 'list') return [];
  const own = given.items.some(
    (item) => item.kind === 'dict' && [...item.entries.keys()].some((key) => key !== 'params'),
  );
  return own ? [optimizer] : [];
}

function readSeed(into: SettingsReading, seed: Value | null): void {
  if (seed?.kind === 'number' && Number.isSafeInteger(seed.value) && seed.value >= 0)
    into.found.seed = seed.value;
}

function readEpochs(reading: Reading, into: SettingsReading, training: ScriptTraining | null): void {
  const { script, findings } = reading;
  const own = training?.epochs.length ? training.epochs : script.trainerEpochs ? [script.trainerEpochs] : [];
  const all: readonly EpochCount[] = own.length > 0 ? own : script.looseEpochs.slice(0, 1);
  const [first] = all;
  if (first) {
    const unknown = all.find(({ count }) => count === null);
    if (unknown) {
      findings.add('error', 'epochs-unreadable', unknown.place);
      return;
    }
    const count = all.reduce((sum, each) => sum + (each.count ?? 0), 0);
    for (const { origin, place } of all) {
      const condition = conditionOf(origin);
      if (condition) findings.add('warning', 'condition-setting', place, { condition: condition.what });
      else if (origin) consume(reading, { kind: 'number', value: count, origin });
    }
    if (count > 0) attempt(into, first.place, () => keep(into, 'epochs', count, 'epochs'));
  } else if (training?.steps)
    findings.add('error', 'steps-not-epochs', training.steps.place, { steps: training.steps.count ?? '?' });
}

/** Determines the data set's images as the transforms leave them. */
function readImages(
  reading: Reading,
  into: SettingsReading,
  dataset: DatasetValue | null,
): DatasetImageSize | null {
  const known = dataset ? torchvisionSets[dataset.name] : undefined;
  if (dataset?.known && !known)
    into.findings.add('warning', 'dataset-unknown', dataset.place, { what: dataset.name });
  if (dataset && known && dataset.name !== 'MNIST')
    into.findings.add('warning', 'dataset-other', dataset.place, { what: dataset.name });
  // Without a data set, the transforms composed first are those of the training.
  const transform = dataset?.transform ?? (dataset ? undefined : reading.script.transforms[0]);
  const { size, grayscale } = readTransforms(into, transform, known?.width ?? 28);
  if (dataset?.heldOut && dataset.heldOut >= 0.001 && dataset.heldOut <= 0.9) {
    const fraction = Math.round(dataset.heldOut * 1e6) / 1e6;
    keep(into, 'validation', { fraction, seed: 0 }, 'random_split');
  }
  if (!known) return null;
  if (size && (size.height !== known.height || size.width !== known.width))
    into.findings.add('warning', 'images-resized', dataset?.place ?? null, {
      size: `${size.height}×${size.width}`,
      original: `${known.height}×${known.width}`,
    });
  return {
    ...(size ?? { height: known.height, width: known.width }),
    channels: grayscale ? 1 : known.channels,
  };
}

/** Reads `epochs = 10` and `batch_size = 64` if no loop and no loader contains them. */
function readConstants(reading: Reading, { found, findings }: SettingsReading): void {
  const unread = (code: string) => findings.all.some((finding) => finding.code === code);
  for (const [name, value] of reading.globals.names) {
    if (value.kind !== 'number' || !Number.isInteger(value.value) || value.value < 1) continue;
    if (/^(n|num|max)?_?epochs?$/i.test(name) && found.epochs === undefined && !unread('epochs-unreadable')) {
      consume(reading, value);
      if (value.value <= 10_000) found.epochs = value.value;
    }
    if (/^batch_?size$/i.test(name) && found.batchSize === undefined && reading.script.loaders.length === 0) {
      consume(reading, value);
      if (value.value <= 8192) found.batchSize = value.value;
    }
  }
}
