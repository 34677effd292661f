/** Writes the nets that check.py loads: `node scripts/runtimes/exports.ts <folder>`. Each with images and the engine's logits. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab } from '../../src/main/lab/lab.ts';
import { encodePyTorch } from '../../src/main/export/pytorch/index.ts';
import { exportFormats } from '../../src/shared/export/formats.ts';
import { presets } from '../../src/shared/network/presets.ts';
import { drawnModel, everyActivation, everyLayer } from '../../test/models/support.ts';

const [folder = ''] = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), 'stride-runtimes-'));
const workerPath = new URL('../../src/main/engine/worker.ts', import.meta.url);
const lab = await createLab({ home, host: 'terminal', workerPath }, { cores: availableParallelism() });
try {
  for (const network of [...presets.map((preset) => preset.network), everyLayer, everyActivation]) {
    const bytes = encodePyTorch(drawnModel(network)).files.find(({ path }) => path === 'model.pt')?.bytes;
    if (!bytes) throw new Error('there is no model.pt');
    const { run } = await lab.call('models.import', { file: { name: 'net.pt', bytes }, network });
    const own = join(folder, network.name.replaceAll(' ', '-'));
    const results = await lab.call('models.export', {
      runs: [run.id],
      formats: [...exportFormats],
      folder: own,
    });
    for (const { problem } of results) if (problem) throw new Error(problem.message);
    const halves = [0, 50].map((first) => Array.from({ length: 50 }, (_, i) => first + i));
    const answers = await Promise.all(
      halves.map((indices) =>
        lab.call('inspect.activations', { run: run.id, images: { part: 'test', indices } }),
      ),
    );
    const joined = (key: 'images' | 'logits') =>
      Buffer.concat(answers.map((each) => Buffer.from(each[key].data.slice().buffer)));
    writeFileSync(join(own, 'pixels.bin'), joined('images'));
    writeFileSync(join(own, 'logits.bin'), joined('logits'));
    const shapeOf = (key: 'images' | 'logits') => [100, ...(answers[0]?.[key].shape.slice(1) ?? [])];
    writeFileSync(
      join(own, 'shapes.json'),
      JSON.stringify({ pixels: shapeOf('images'), logits: shapeOf('logits') }),
    );
  }
} finally {
  await lab.close();
  rmSync(home, { recursive: true, force: true });
}
