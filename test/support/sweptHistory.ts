/** A finished sweep in a history, two learning rates × two batch sizes × two seeds, whose runs were not trained. */
import { addLongRuns } from '../../scripts/benchWindow/longRuns.ts';
import { openHistory } from '../../src/main/history/open.ts';
import { findPreset } from '../../src/shared/network/presets.ts';

/** Gives the sweep's number. */
export function addSweep(home: string): number {
  const { network, settings } = findPreset('course')!;
  const before = countRuns(home);
  addLongRuns(home, 8, 1000);
  const history = openHistory(home);
  try {
    const axes = [
      { path: 'optimizer.learningRate', values: [0.01, 0.1] },
      { path: 'batchSize', values: [64, 512] },
    ];
    const definition = {
      ...{ network, settings, dataset: 'mnist', axes, mode: 'grid' as const, seeds: [0, 1] },
    };
    const sweep = history.sweeps.insert(
      { name: 'course', definition, workers: 1, shards: 2, combinations: 4 },
      history.owner,
    );
    for (let position = 0; position < 8; position++)
      history.sweeps.join(sweep, position, before + 1 + position);
    history.sweeps.setStatus(sweep, 'finished', null);
    return sweep;
  } finally {
    history.close();
  }
}

function countRuns(home: string): number {
  const history = openHistory(home);
  try {
    return history.runs.count();
  } finally {
    history.close();
  }
}
