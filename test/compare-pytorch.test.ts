/** The course net (10 epochs) against the homework net (2 epochs), seed 0: held against PyTorch's two nets of that seed. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type { Lab } from '../src/main/lab/lab.ts';
import { openDataset } from '../src/main/datasets/index.ts';
import { findPreset } from '../src/shared/network/presets.ts';
import { openLab, reached, removeFolder, temporaryFolder } from './support/lab.ts';

const home = temporaryFolder();
let lab: Lab | undefined;
afterAll(async () => {
  await lab?.close();
  removeFolder(home);
});

test('each of the four counts is within 25 of PyTorch, and they add up', { timeout: 600_000 }, async () => {
  const path = new URL('vectors/statistics/pytorchPair.json', import.meta.url);
  const pytorch = JSON.parse(readFileSync(path, 'utf8')) as { counts: Record<string, number> };
  lab = await openLab(home, { openDataset }, new URL('../src/main/engine/worker.ts', import.meta.url));
  const runs = (['course', 'homework'] as const).map((name) => {
    const { network, settings } = findPreset(name)!;
    return { network, settings: { ...settings, seed: 0, epochs: name === 'course' ? 10 : 2 } };
  });
  const started = await lab.call('runs.start', { runs });
  const ended = await Promise.all(started.map(({ id }) => reached(lab!, id, 'finished', 'failed')));
  const { pairs } = await lab.call('compare.runs', { runs: started.map(({ id }) => id) });
  const { counts, verdict } = pairs[0]!.result!;
  const { bothRight, onlyA, onlyB, bothWrong } = counts;
  expect(bothRight + onlyA + onlyB + bothWrong).toBe(10_000);
  expect([bothRight + onlyA, bothRight + onlyB]).toEqual(ended.map(({ last }) => last?.testCorrect));
  for (const [name, count] of Object.entries(counts)) {
    expect(Math.abs(count - pytorch.counts[name]!), `${name}: ${count}`).toBeLessThanOrEqual(25);
  }
  expect(verdict).toBe('better');
});
