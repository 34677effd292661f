/** A run as it is added to history. */
import type { NewRun } from '../../src/main/history/tables/runWrites.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';

export function newRun(change: Partial<NewRun> = {}): NewRun {
  return {
    name: 'a run',
    network: {
      name: 'a network',
      input: { height: 4, width: 4, channels: 1 },
      layers: [{ type: 'flatten' }, { type: 'linear', units: 2 }],
    },
    settings: trainingSettingsSchema.parse({ epochs: 3 }),
    dataset: 'fake',
    datasetHash: 'f'.repeat(64),
    shards: 2,
    parameterCount: 34,
    stepsPerEpoch: 321,
    versions: { stride: '0.1.0', node: '24.0.0', tensorflow: '' },
    machine: { platform: 'linux', arch: 'x64', cpu: 'a cpu', cores: 2, memoryBytes: 1e9 },
    ...change,
  };
}
