/**
 * Trained nets taken away: each format is loaded in its runtime and agrees with the engine on MNIST's first test images.
 * `npm run test:runtimes` does the same in Python.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../src/main/datasets/index.ts';
import { encodePyTorch } from '../../src/main/export/pytorch/index.ts';
import type { Lab } from '../../src/main/lab/lab.ts';
import { exportFiles, exportFormats } from '../../src/shared/export/formats.ts';
import type { Network } from '../../src/shared/network/network.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import { openLab, removeFolder, temporaryFolder } from '../support/lab.ts';
import { drawnModel, everyActivation, everyLayer } from './support.ts';

const home = temporaryFolder();
const out = join(home, 'exports');
let lab: Lab;
beforeAll(async () => {
  lab = await openLab(home, { openDataset }, new URL('../../src/main/engine/worker.ts', import.meta.url));
});
afterAll(async () => {
  await lab.close();
  removeFolder(home);
});

/** A run with drawn weights: they come in as a state_dict of PyTorch's. */
async function runOf(network: Network): Promise<number> {
  const bytes = encodePyTorch(drawnModel(network)).files.find(({ path }) => path === 'model.pt')!.bytes;
  const { run } = await lab.call('models.import', { file: { name: 'net.pt', bytes }, network });
  return run.id;
}

const course = findPreset('course')!.network;

describe.each([course, findPreset('homework')!.network, everyLayer, everyActivation])('$name', (network) => {
  test('agrees with the engine in every format', async () => {
    const run = await runOf(network);
    const folder = join(out, network.name);
    const results = await lab.call('models.export', { runs: [run], formats: [...exportFormats], folder });
    for (const { format, check, problem, files } of results) {
      expect(problem, format).toBeNull();
      expect(check?.images).toBe(100);
      expect(check?.largestDifference, format).toBeLessThanOrEqual(1e-4);
      expect(files, format).toEqual(exportFiles[format].map((name) => join(folder, name)));
      for (const file of files) expect(existsSync(file), file).toBe(true);
    }
    // Nothing but the files is left, and the run's log has the figures.
    expect(readdirSync(folder).sort()).toEqual(exportFormats.flatMap((format) => exportFiles[format]).sort());
    const events = await lab.call('runs.events', { run });
    const exported = events.filter(({ kind }) => kind === 'exported');
    expect(exported).toHaveLength(exportFormats.length);
  });

  test('probabilities, of pixels that the user normalises', async () => {
    const run = await runOf(network);
    const folder = join(out, `${network.name} probabilities`);
    const options = { normalisation: 'outside', output: 'probabilities' } as const;
    const formats = [...exportFormats];
    const results = await lab.call('models.export', { runs: [run], formats, folder, options });
    expect(results.map(({ problem }) => problem)).toEqual(results.map(() => null));
  });
});

test('what is there is left as it is, unless it is allowed to take its place', async () => {
  const run = await runOf(course);
  const folder = join(out, 'taken');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.safetensors'), 'mine');
  const request = { runs: [run], formats: ['onnx' as const, 'pytorch' as const], folder };
  await expect(lab.call('models.export', request)).rejects.toMatchObject({ code: 'export.exists' });
  expect(readdirSync(folder)).toEqual(['model.safetensors']);
  expect(readFileSync(join(folder, 'model.safetensors'), 'utf8')).toBe('mine');
  const results = await lab.call('models.export', { ...request, overwrite: true });
  expect(results.every(({ problem }) => problem === null)).toBe(true);
  expect(readFileSync(join(folder, 'model.safetensors'), 'utf8')).not.toBe('mine');
});

test('several runs go into a folder each; a folder that cannot be made leaves nothing', async () => {
  const runs = [await runOf(course), await runOf(everyLayer)];
  const folder = join(out, 'several', 'deep');
  const results = await lab.call('models.export', { runs, formats: ['npz'], folder });
  expect(results.map(({ run }) => run)).toEqual(runs);
  expect(readdirSync(folder).sort()).toEqual(runs.map((run) => `run-${run}`).sort());
  writeFileSync(join(out, 'file'), '');
  const [failed] = await lab.call('models.export', {
    runs: [runs[0]!],
    formats: ['npz'],
    folder: join(out, 'file', 'x'),
    overwrite: true,
  });
  expect(failed?.problem?.code).toBe('export.not-writable');
  await expect(lab.call('models.export', { runs: [999], formats: ['npz'], folder })).rejects.toMatchObject({
    code: 'run.unknown',
  });
});

test('an epoch that no checkpoint is of is refused with those that there are', async () => {
  const run = await runOf(course);
  const request = { runs: [run], formats: ['npz' as const], folder: join(out, 'epoch') };
  await expect(lab.call('models.export', { ...request, checkpoint: 3 })).rejects.toMatchObject({
    code: 'model.no-epoch',
    message: expect.stringContaining('epoch 0') as string,
  });
  expect(existsSync(request.folder)).toBe(false);
  const [whole] = await lab.call('models.export', { ...request, checkpoint: 0 });
  expect(whole?.problem).toBeNull();
});
