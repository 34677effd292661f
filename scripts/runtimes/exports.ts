/**
 * Writes the exports that check.py loads: `node scripts/runtimes/exports.ts <folder>`. There is one folder
 * per net, with every format, images and the engine's logits: the course's two nets after an epoch of
 * training, and others with initial weights, among them a net with every layer kind. The results of Stride's
 * own check of each format are printed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDataset } from '../../src/main/datasets/index.ts';
import { encodePyTorch } from '../../src/main/export/pytorch/index.ts';
import { createLab } from '../../src/main/lab/lab.ts';
import { exportFormats } from '../../src/shared/export/formats.ts';
import type { Network } from '../../src/shared/network/network.ts';
import { presets } from '../../src/shared/network/presets.ts';
import { drawnModel, everyActivation, everyLayer } from '../../test/models/support.ts';
import { reached, importerPath } from '../../test/support/lab.ts';

const [folder = ''] = process.argv.slice(2);
const trained = ['course', 'homework'];
const home = mkdtempSync(join(tmpdir(), 'stride-runtimes-home-'));
const workerPath = new URL('../../src/main/engine/worker.ts', import.meta.url);
const lab = await createLab(
  { home, host: 'terminal', workerPath, importerPath },
  { cores: availableParallelism() },
);

async function trainedRun(preset: (typeof presets)[number]): Promise<number> {
  const { network, settings } = preset;
  const [started] = await lab.call('runs.start', {
    runs: [{ network, settings: { ...settings, epochs: 1 } }],
  });
  if (!started) throw new Error(`no run of ${network.name} was started`);
  const { last } = await reached(lab, started.id, 'finished', 'failed');
  process.stdout.write(
    `${network.name}: one epoch, ${last?.testCorrect} of ${last?.testTotal} test images\n`,
  );
  return started.id;
}

async function drawnRun(network: Network): Promise<number> {
  const bytes = encodePyTorch(drawnModel(network)).files.find(({ path }) => path === 'model.pt')?.bytes;
  if (!bytes) throw new Error('there is no model.pt');
  const { run } = await lab.call('models.import', { file: { name: 'net.pt', bytes }, network });
  return run.id;
}

/** Writes the first 100 test images and the engine's outputs for them, as float32. */
async function writeReference(run: number, own: string): Promise<void> {
  const halves = [0, 50].map((first) => Array.from({ length: 50 }, (_, i) => first + i));
  const answers = await Promise.all(
    halves.map((indices) => lab.call('inspect.activations', { run, images: { part: 'test', indices } })),
  );
  const shapes: Record<string, number[]> = {};
  for (const [key, name] of [
    ['images', 'pixels'],
    ['logits', 'logits'],
  ] as const) {
    const parts = answers.map((each) => Buffer.from(each[key].data.slice().buffer));
    writeFileSync(join(own, `${name}.bin`), Buffer.concat(parts));
    shapes[name] = [100, ...(answers[0]?.[key].shape.slice(1) ?? [])];
  }
  writeFileSync(join(own, 'shapes.json'), JSON.stringify(shapes));
}

/** Writes what check.py needs to load the weights in the class of the course's own script and count with it. */
async function writeOwn(run: number, name: string, own: string): Promise<void> {
  const { testCorrect } = await lab.call('models.evaluate', { run });
  const { test } = (await openDataset('mnist')).files;
  const script = fileURLToPath(new URL(`../bench/${name}.py`, import.meta.url));
  writeFileSync(join(own, 'own.json'), JSON.stringify({ script, testCorrect, test }));
}

try {
  for (const preset of [...presets, { network: everyLayer }, { network: everyActivation }]) {
    const { network } = preset;
    const run =
      'settings' in preset && trained.includes(network.name)
        ? await trainedRun(preset)
        : await drawnRun(network);
    const own = join(folder, network.name.replaceAll(' ', '-'));
    const results = await lab.call('models.export', {
      runs: [run],
      formats: [...exportFormats],
      folder: own,
    });
    for (const { format, check, problem } of results) {
      if (problem) throw new Error(problem.message);
      const difference = check?.largestDifference.toExponential(2);
      process.stdout.write(
        `ok   ${network.name.padEnd(18)} ${format.padEnd(10)} ${difference}  ${check?.runtime}\n`,
      );
    }
    await writeReference(run, own);
    if (trained.includes(network.name)) await writeOwn(run, network.name, own);
  }
} finally {
  await lab.close();
  rmSync(home, { recursive: true, force: true });
}
