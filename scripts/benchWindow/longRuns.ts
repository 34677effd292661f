/** Adds long finished runs to a history with history's own code: realistic losses, and their epochs. */
import { openHistory } from '../../src/main/history/open.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import { summarize } from '../../src/shared/network/shapes.ts';

const images = 64_000;
const batchSize = 64;
const stepsPerEpoch = images / batchSize;

/**
 * Adds `count` runs of `steps` steps, a multiple of 1,000, all created at the same time; `lossesOf` returns a
 * run's losses by its number, counted from 0.
 */
export function addLongRuns(
  home: string,
  count: number,
  steps: number,
  {
    lossesOf = noisyLosses,
    datasetHash = 'f'.repeat(64),
  }: { lossesOf?: (number: number, steps: number) => Float32Array; datasetHash?: string } = {},
): void {
  const { network, settings } = findPreset('course')!;
  const epochs = steps / stepsPerEpoch;
  const history = openHistory(home);
  history.transaction(() => {
    for (let number = 0; number < count; number++) {
      const run = history.runs.insert(
        {
          name: 'course',
          network,
          settings: { ...settings, epochs, seed: number },
          dataset: 'mnist',
          datasetHash,
          shards: 2,
          parameterCount: summarize(network).parameterCount,
          stepsPerEpoch,
          versions: { stride: '0.1.0', node: process.versions.node, tensorflow: '' },
          machine: { platform: process.platform, arch: process.arch, cpu: '', cores: 2, memoryBytes: 1e9 },
        },
        history.owner,
      );
      history.runs.setStatus(run, 'running', null);
      const losses = lossesOf(number, steps);
      for (let from = 0; from < steps; from += 1000)
        history.batchLosses.append(run, from, losses.subarray(from, from + 1000), (from + 1000) / 500);
      for (let epoch = 1; epoch <= epochs; epoch++) {
        history.epochs.insert(run, {
          epoch,
          trainLoss: 0.3 / epoch,
          testLoss: 0.25 / epoch,
          testCorrect: Math.round(9900 - 900 / epoch - 10 * number),
          testTotal: 10_000,
          confusion: Array.from({ length: 100 }, (_, cell) => (cell % 11 === 0 ? 990 : 1)),
          trainSeconds: stepsPerEpoch / 500,
          testSeconds: 0.2,
          details: null,
        });
      }
      history.runs.refreshResults(run);
      history.runs.setProgress(run, steps, steps / 500);
      history.runs.setStatus(run, 'finished', null);
    }
  });
  history.close();
}

/** Returns falling, noisy losses with spikes, always the same for a number. */
export function noisyLosses(number: number, steps: number): Float32Array {
  let state = number + 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: steps }, (_, step) => {
    const level = 0.03 + 2.2 * Math.exp(-step / 400) + (0.2 * number) / 10;
    return level * (0.4 + 1.2 * random()) + (random() < 0.002 ? random() : 0);
  });
}
