/** A small sweep for real: threads that train run after run come to what a thread of its own comes to. */
import { expect, it } from 'vitest';
import { openDataset } from '../../src/main/datasets/index.ts';
import { createLab } from '../../src/main/lab/lab.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import { nextEvent, reached, removeFolder, temporaryFolder, importerPath } from '../support/lab.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';

it('trains two combinations with two seeds, and each run as it is trained alone', async () => {
  const home = temporaryFolder();
  const dataset = shortened(await openDataset('mnist'), 1280, 200);
  const workerPath = new URL('../../src/main/engine/worker.ts', import.meta.url);
  const lab = await createLab(
    { home, host: 'terminal', workerPath, importerPath },
    { cores: 2, openDataset: async () => dataset },
  );
  try {
    const { network, settings } = findPreset('course')!;
    const sweep = {
      network,
      settings: { ...settings, epochs: 2 },
      axes: [{ path: 'optimizer.learningRate', values: [0.02, 0.1] }],
      seeds: [0, 1],
    };
    const ended = nextEvent(lab, 'sweep.changed', ({ status }) => status === 'finished');
    expect(await lab.call('sweeps.start', { sweep })).toMatchObject({ workers: 2, shards: 1 });
    await ended;
    const { results } = await lab.call('sweeps.get', { sweep: 1 });
    expect(results.map(({ label, count }) => [label, count])).toEqual([
      ['lr=0.02', 2],
      ['lr=0.1', 2],
    ]);
    expect(results[1]?.lastAccuracy?.mean).toBeGreaterThan(results[0]?.lastAccuracy?.mean ?? NaN);

    const last = await lab.call('runs.get', { run: 4 });
    const { settings: same, best } = last;
    // Two at once: one shard each, as in the sweep.
    await lab.call('runs.start', {
      runs: [
        { network, settings: same },
        { network, settings },
      ],
    });
    await lab.call('runs.stop', { run: 6 });
    expect(await reached(lab, 5, 'finished', 'failed')).toMatchObject({ status: 'finished', best });
    const losses = async (run: number) => [...(await lab.call('runs.batchLosses', { run })).losses];
    expect(await losses(5)).toEqual(await losses(4));
  } finally {
    await lab.close();
    removeFolder(home);
  }
});
