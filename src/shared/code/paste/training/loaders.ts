/** Finds the loader of the training images, and its batch size. */
import { bind, booleanOf } from '../torch/arguments.ts';
import type { Reading } from '../reading.ts';
import type { DatasetValue, Value } from '../values.ts';
import { type SettingsReading, keep, nameCondition } from './found.ts';
import type { Loader, ScriptTraining } from './trainings.ts';

const signature = ['dataset', 'batch_size', 'shuffle', 'sampler', 'batch_sampler', 'num_workers'];
const others = [
  'collate_fn',
  'pin_memory',
  'drop_last',
  'timeout',
  'worker_init_fn',
  'multiprocessing_context',
  'generator',
  'prefetch_factor',
  'persistent_workers',
  'pin_memory_device',
];

const speaksOfTests = /test|val|eval|dev\b|测试|验证/i;

/** Returns a score for the loader being that of the training. */
function score({ dataset, variable, call }: Loader): number {
  const shuffled = call.named.get('shuffle') ?? call.positional[2];
  let points = 0;
  if (dataset?.train === true) points += 4;
  if (dataset?.train === false) points -= 4;
  if (variable && /train|训练/i.test(variable)) points += 3;
  if (variable && speaksOfTests.test(variable)) points -= 3;
  if (shuffled?.kind === 'boolean' && shuffled.value) points += 1;
  return points;
}

/** Returns the loader that the training iterates over, or else the most plausible one. */
export function trainingLoader({ script }: Reading, training: ScriptTraining | null): Loader | null {
  if (training?.loader) return training.loader;
  let best: Loader | null = null;
  for (const loader of script.loaders) if (best === null || score(loader) > score(best)) best = loader;
  return best && score(best) > -3 ? best : null;
}

export function trainingDataset({ script }: Reading, loader: Loader | null): DatasetValue | null {
  if (loader?.dataset) return loader.dataset;
  return script.datasets.find(({ train }) => train === true) ?? script.datasets[0] ?? null;
}

export function readLoader(into: SettingsReading, loader: Loader): void {
  const { call, place } = loader;
  nameCondition(into, loader);
  const bound = bind('DataLoader', [...signature, ...others], call);
  const size = bound.get('batch_size');
  if (size?.kind === 'number') keep(into, 'batchSize', size.value, 'batch_size');
  else if (size && !bound.has('batch_sampler'))
    into.findings.add('error', 'argument-unreadable', place, { what: 'DataLoader', argument: 'batch_size' });
  else if (!bound.has('batch_sampler')) keep(into, 'batchSize', 1, 'batch_size');
  for (const key of ['sampler', 'batch_sampler', 'drop_last'] as const) {
    const given = bound.get(key);
    if (given && given.kind !== 'none' && !(given.kind === 'boolean' && !given.value))
      into.findings.add('warning', 'loader', place, { argument: key });
  }
  const shuffle: Value | undefined = bound.get('shuffle');
  const ordered = !bound.has('sampler') && !bound.has('batch_sampler');
  if (
    ordered &&
    (shuffle === undefined || isKnown(shuffle)) &&
    !booleanOf(bound, 'shuffle', 'DataLoader', false)
  )
    into.findings.add('warning', 'not-shuffled', place);
  else if (ordered && shuffle && !isKnown(shuffle))
    into.findings.add('warning', 'argument-unreadable', place, { what: 'DataLoader', argument: 'shuffle' });
}

const isKnown = ({ kind }: Value) => kind === 'boolean' || kind === 'number' || kind === 'none';
