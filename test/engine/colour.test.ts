/** A set of colour pictures in CIFAR-10's layout, from its files to a trained and an exported net, in the terminal. */
import { EventEmitter } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLab } from '../../src/main/lab/lab.ts';
import { runTerminal } from '../../src/main/terminal/program.ts';
import type { RunSummary } from '../../src/shared/runs/runs.ts';
import { cifarRecords, writeFiles } from '../support/datasetFiles.ts';
import { importerPath, removeFolder, temporaryFolder } from '../support/lab.ts';
import { Written } from '../support/written.ts';

const workerPath = new URL('../../src/main/engine/worker.ts', import.meta.url);
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  removeFolder(folder);
});

async function stride(...command: string[]): Promise<{ code: number; lines: string[]; notes: string }> {
  const [stdout, stderr] = [new Written(), new Written()];
  const code = await runTerminal(
    {
      ...{ stdout, stderr, env: {}, platform: process.platform, signals: new EventEmitter() },
      ...{ kill: () => undefined, loadAhead: () => undefined, renderer: '', doctor: '' },
      createLab: () =>
        createLab({ home: join(folder, 'home'), host: 'terminal', workerPath, importerPath }, { cores: 2 }),
    },
    command,
  );
  return { code, lines: stdout.lines, notes: stderr.lines.join('\n') };
}

test('a preset follows the set: its input is 3×32×32, and its export agrees with the engine', async () => {
  const labels = (count: number) => Array.from({ length: count }, (_, i) => [i % 10]);
  const files = writeFiles(join(folder, 'cifar-10-batches-bin'), {
    'data_batch_1.bin': cifarRecords(labels(200)),
    'test_batch.bin': cifarRecords(labels(100)),
  });
  expect(await stride('datasets', 'import', files, '--json')).toMatchObject({ code: 0 });
  const trained = await stride('train', 'course', '--dataset', 'cifar-10', '--epochs', '1', '--json');
  expect(trained.notes).toContain('"course" is trained with an input of 3×32×32 and 10 classes');
  expect(trained.code).toBe(0);
  const shown = await stride('show', '1', '--json');
  expect((JSON.parse(shown.lines.join('\n')) as RunSummary).network.input).toEqual({
    ...{ height: 32, width: 32, channels: 3 },
  });
  const out = join(folder, 'out');
  const exported = await stride('export', '1', '--format', 'onnx', '--out', out, '--json');
  expect(exported.code).toBe(0);
  expect(readdirSync(out)).toContain('model.onnx');
});
