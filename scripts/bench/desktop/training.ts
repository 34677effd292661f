/** The desktop program as a contestant: runs with their charts in sight. */
import { ask, startRuns } from '../../../test/desktop/lab.ts';
import { findPreset } from '../../../src/shared/network/presets.ts';
import type { HostOptions } from '../hosts.ts';
import { epochsOfRun, hostEpoch } from '../hosts.ts';
import { serve } from '../serve.ts';
import { openElectron } from './electron.ts';

await serve<HostOptions>(async ({ network, trainImages }) => {
  const preset = findPreset(network);
  if (!preset) throw new Error(`there is no preset ${network}`);
  const { page } = await (await openElectron('stride'))();
  return {
    ready: { versions: { Chromium: page.context().browser()?.version() ?? '' } },
    async epoch() {
      const settings = { ...preset.settings, seed: 0, epochs: epochsOfRun };
      const [run] = (await startRuns(page, { network: preset.network, settings })) as [number];
      await page.evaluate((run) => {
        location.hash = `#/runs/${run}`;
      }, run);
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        const { status, problem, epochs } = await ask(page, 'runs.get', { run });
        if (status === 'finished') return hostEpoch(epochs, trainImages);
        if (status === 'failed') throw new Error(problem?.message ?? 'the run failed');
      }
    },
  };
});
