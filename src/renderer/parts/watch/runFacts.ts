/** The settings that distinguish a run for people, each with its name. */
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { formatTick } from '../../i18n/format.ts';
import { optimizerNames, settingLabel } from '../../i18n/settings.ts';
import { baseAt } from '../../../shared/training/schedule.ts';

/**
 * Returns the facts in the order of their usefulness. A network's name is no fact here, because it is part of the run's
 * name.
 */
export function runFacts({ settings, dataset }: RunSummary): Record<string, string> {
  const { optimizer } = settings;
  const said = (field: 'learningRate' | 'batchSize' | 'epochs' | 'momentum' | 'seed', value: number) =>
    `${settingLabel(field)} ${field === 'seed' ? String(value) : formatTick(value)}`;
  return {
    learningRate: said('learningRate', baseAt(settings, 1)),
    batchSize: said('batchSize', settings.batchSize),
    seed: said('seed', settings.seed),
    optimizer: optimizerNames[optimizer.type],
    ...('momentum' in optimizer && { momentum: said('momentum', optimizer.momentum) }),
    epochs: said('epochs', settings.epochs),
    dataset,
  };
}
