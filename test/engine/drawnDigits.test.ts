/**
 * Test images drawn anew: enlarged to the pad, sent through the preparation that drawings go through, and given to both of
 * the course's nets with PyTorch's weights after one epoch. The preparation may cost them next to nothing.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { vectors } from './support.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import { Inspector } from '../../src/main/engine/inspect/inspect.ts';
import { readModelFile } from '../../src/main/export/read/model.ts';
import type { Answers } from '../../src/shared/inspect/inspection.ts';
import { enlarged, prepareDigit, reduceDrawing } from '../../src/shared/inspect/drawing/prepareDigit.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import { parameterKey } from '../../src/shared/runs/checkpoint.ts';

const count = 500;
const atOnce = 50;
/** Images that are also drawn small and off the middle. */
const fewer = 100;
const area = 28 * 28;

async function correct(inspector: Inspector, images: Float32Array, labels: readonly number[]) {
  const count = images.length / area;
  let right = 0;
  for (let from = 0; from < count; from += atOnce) {
    const pixels = images.slice(from * area, (from + atOnce) * area);
    const { logits } = (await inspector.answer({
      kind: 'classify',
      images: { pixels },
    })) as Answers['classify'];
    for (let i = 0; i < atOnce; i += 1) {
      const own = [...logits.data.slice(10 * i, 10 * (i + 1))];
      if (own.indexOf(Math.max(...own)) === labels[from + i]) right += 1;
    }
  }
  return right;
}

it.each(['course', 'homework'])('%s: 500 test images lose at most 0.3 points as drawings', async (name) => {
  const preset = findPreset(name);
  if (!preset) throw new Error(`no preset ${name}`);
  const { network, settings } = preset;
  const bytes = readFileSync(new URL(`models/${name}-seed0-epoch1.pt`, vectors));
  const tensors = readModelFile(bytes, `${name}.pt`, { network }).tensors.map((tensor) => ({
    ...tensor,
    name: parameterKey(tensor.name),
  }));
  const dataset = await openDataset('mnist');
  const inspector = await Inspector.open({ network, settings, dataset, tensors });
  try {
    const originals = new Float32Array(count * area);
    const labels: number[] = [];
    for (let from = 0; from < count; from += atOnce) {
      const indices = Array.from({ length: atOnce }, (_, i) => from + i);
      const seen = (await inspector.answer({
        kind: 'activations',
        images: { part: 'test', indices },
      })) as Answers['activations'];
      originals.set(seen.images.data, from * area);
      labels.push(...(seen.labels ?? []));
    }
    const prepared = new Float32Array(count * area);
    const inCorner = new Float32Array(fewer * area);
    for (let i = 0; i < count; i += 1) {
      const data = originals.slice(i * area, (i + 1) * area);
      const drawing = enlarged({ height: 28, width: 28, data }, 280);
      prepared.set(prepareDigit(drawing)?.pixels ?? new Float32Array(area), i * area);
      if (i >= fewer) continue;
      // Half as large, in a corner: what the preparation is for.
      const small = enlarged({ height: 28, width: 28, data }, 140);
      const pad = new Float32Array(280 * 280);
      for (let row = 0; row < 140; row += 1)
        pad.set(small.data.subarray(140 * row, 140 * (row + 1)), 280 * row);
      inCorner.set(reduceDrawing({ height: 280, width: 280, data: pad }), i * area);
    }
    const [whole, drawn, astray] = [
      await correct(inspector, originals, labels),
      await correct(inspector, prepared, labels),
      await correct(inspector, inCorner, labels),
    ];
    expect(whole).toBeGreaterThan(0.9 * count);
    expect((100 * (whole - drawn)) / count, `${drawn} instead of ${whole}`).toBeLessThanOrEqual(0.3);
    expect(astray).toBeLessThan(0.5 * fewer);
  } finally {
    inspector.close();
  }
});
