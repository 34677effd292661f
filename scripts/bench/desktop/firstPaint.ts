/**
 * Measures the time from a program's start to the first paint of its window's page, as Chromium records it,
 * for Stride or for an empty window.
 */
import { toWhole } from '../hosts.ts';
import type { Extent } from '../messages.ts';
import { serve } from '../serve.ts';
import { openElectron } from './electron.ts';

export interface FirstPaintOptions extends Extent {
  readonly what: 'stride' | 'empty';
}

await serve<FirstPaintOptions>(async ({ what, trainImages }) => {
  const start = await openElectron(what);
  const firstPaint = async () => {
    const begun = Date.now();
    const program = await start();
    const painted = await program.page.waitForFunction(() => {
      const [first] = performance.getEntriesByName('first-paint');
      return first && performance.timeOrigin + first.startTime;
    });
    const at = (await painted.jsonValue()) ?? NaN;
    await program.end('SIGTERM');
    return (at - begun) / 1000;
  };
  // The first start fills the code caches.
  await firstPaint();
  return {
    ready: { versions: {} },
    epoch: async () => ({ seconds: toWhole(await firstPaint(), trainImages) }),
  };
});
