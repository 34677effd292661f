import { expect, test } from 'vitest';
import { parseNetwork } from '../network/network.ts';
import { findPreset } from '../network/presets.ts';
import { summarize } from '../network/shapes.ts';
import { type Affordable, requireAffordable } from './affordable.ts';
import { trainingSettingsSchema } from './training.ts';

const dataset = {
  ...{ id: 'mnist', name: 'MNIST', height: 28, width: 28, channels: 1, classes: [], trainCount: 60_000 },
  ...{ testCount: 10_000, hash: '', mean: [0], deviation: [1] },
};
const GB = 1e9;

function wide(filters: number, rest: object = {}): Affordable['summary'] {
  return summarize(
    parseNetwork({
      name: 'wide',
      input: { height: 28, width: 28, channels: 1 },
      layers: [
        { type: 'conv2d', filters, kernelSize: 3, ...rest },
        { type: 'activation', function: 'relu' },
        { type: 'globalAveragePool' },
        { type: 'linear', units: 10 },
      ],
    }),
  );
}

function refusal(summary: Affordable['summary'], batchSize: number, bytes: number, shards = 2): unknown {
  const settings = trainingSettingsSchema.parse({ batchSize });
  try {
    requireAffordable({ summary, dataset, settings, shards }, bytes);
    return null;
  } catch (error) {
    const { code, parameters } = error as { code: string; parameters: unknown };
    return { code, parameters };
  }
}

test('the presets fit into a small machine', () => {
  for (const name of ['course', 'homework']) {
    const summary = summarize(findPreset(name)!.network);
    expect(refusal(summary, 64, GB)).toBeNull();
    expect(refusal(summary, 8192, 3 * GB)).toBeNull();
  }
});

test('what is larger than TensorFlow can count is refused, on any machine, with what would fit', () => {
  const refused = { layer: 1, type: 'conv2d', count: 4096 * 26 * 26 * 4096, most: 2 ** 31 - 1, fits: 1550 };
  expect(refusal(wide(4096), 8192, 1e15)).toEqual({ code: 'memory.elements-batch', parameters: refused });
  expect(refusal(wide(4096), 1550, 1e15)).toBeNull();
  expect(refusal(wide(4096), 1551, 1e15)).toMatchObject({ code: 'memory.elements-batch' });
  expect(refusal(wide(2048), 8192, 1e15)).toMatchObject({ code: 'memory.elements-batch' });
});

test('what an operation makes on the way counts too', () => {
  // A dilated kernel's pixels as rows: 30² windows of 64² pixels for one image, of which the output has 30².
  const dilated = wide(1, { kernelSize: 64, padding: 64, dilation: 2 });
  expect(refusal(dilated, 64, 1e15)).toBeNull();
  expect(refusal(dilated, 8192, 1e15)).toMatchObject({ code: 'memory.elements-batch' });
});

test('what does not fit into memory is refused with the batch that would fit', () => {
  const refused = refusal(wide(512), 2048, 4 * GB) as { code: string; parameters: { fits: number } };
  expect(refused).toMatchObject({ code: 'memory.batch', parameters: { batch: 2048, free: 4 } });
  expect(refusal(wide(512), refused.parameters.fits, 4 * GB)).toBeNull();
  expect(refusal(wide(512), refused.parameters.fits + 1, 4 * GB)).toMatchObject({ code: 'memory.batch' });
  expect(refusal(wide(16), 64, GB / 10)).toMatchObject({ code: 'memory.network', parameters: { fits: 0 } });
});

test('inner layers of a block count', () => {
  const block = summarize(
    parseNetwork({
      name: 'block',
      input: { height: 28, width: 28, channels: 1 },
      layers: [
        {
          type: 'residual',
          layers: [
            { type: 'conv2d', filters: 2048, kernelSize: 3, padding: 1 },
            { type: 'conv2d', filters: 1, kernelSize: 3, padding: 1 },
          ],
        },
        { type: 'flatten' },
        { type: 'linear', units: 10 },
      ],
    }),
  );
  expect(refusal(block, 8192, 1e15)).toMatchObject({ parameters: { layer: 1, type: 'conv2d' } });
});

test('parameters that no checkpoint could hold', () => {
  const huge = summarize(
    parseNetwork({
      name: 'huge',
      input: { height: 28, width: 28, channels: 1 },
      layers: [
        { type: 'flatten' },
        { type: 'linear', units: 65_536 },
        { type: 'linear', units: 65_536 },
        { type: 'linear', units: 10 },
      ],
    }),
  );
  expect(refusal(huge, 1, 1e15)).toMatchObject({ code: 'network.too-many-parameters' });
});
