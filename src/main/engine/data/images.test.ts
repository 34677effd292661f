import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DatasetSummary } from '../../../shared/datasets/dataset.ts';
import { normalised, readImages, readLabels, readRange } from './images.ts';
import { covered, coverings } from '../inspect/occlusion.ts';
import { largestOf, softmaxRows } from '../inspect/probabilities.ts';

const folder = mkdtempSync(join(tmpdir(), 'stride-images-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** This file holds three images of 1×2 pixels with two channels, after a header of five bytes. */
const path = join(folder, 'images');
writeFileSync(path, Uint8Array.of(9, 9, 9, 9, 9, 0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 255));
const file = { path, offset: 5, count: 3 };
const summary = { height: 1, width: 2, channels: 2 } as DatasetSummary;

describe('images of a file', () => {
  it('come channel by channel, in [0, 1], in the order asked for', async () => {
    const { shape, data } = await readImages(file, summary, [2, 0]);
    expect(shape).toEqual([2, 2, 1, 2]);
    expect([...data].map((pixel) => Math.round(pixel * 255))).toEqual([20, 22, 21, 255, 0, 2, 1, 3]);
    expect(data[3]).toBe(1);
    expect((await readRange(file, summary, 1, 2)).data).toEqual(
      (await readImages(file, summary, [1, 2])).data,
    );
    expect(await readLabels(file)).toEqual(Uint8Array.of(0, 1, 2));
  });

  it('are normalised a channel each', async () => {
    const pixels = await readImages(file, summary, [1]);
    const constants = { mean: [10 / 255, 11 / 255], deviation: [2 / 255, 0.5 / 255] };
    expect([...normalised(pixels, constants)].map((value) => Number(value.toFixed(5)))).toEqual([0, 1, 0, 4]);
    expect(normalised(pixels, null)).toBe(pixels.data);
  });

  it('are not there beyond the last', async () => {
    await expect(readImages(file, summary, [0, 3])).rejects.toThrow('there is no image 3');
  });
});

describe('a square that covers', () => {
  const image = { shape: [1, 2, 3, 3] as const, data: Float32Array.from({ length: 18 }, (_, i) => i) };

  it('lies at the edges too', () => {
    expect(coverings(image, { patch: 2, stride: 2 })).toEqual({ tops: [0, 1], lefts: [0, 1] });
    expect(coverings(image, { patch: 3, stride: 1 })).toEqual({ tops: [0], lefts: [0] });
  });

  it('covers all channels there and nothing else', () => {
    const { shape, data } = covered(image, [{ top: 1, left: 0 }], 2, -1);
    expect(shape).toEqual([1, 2, 3, 3]);
    expect([...data]).toEqual([0, 1, 2, -1, -1, 5, -1, -1, 8, 9, 10, 11, -1, -1, 14, -1, -1, 17]);
  });

  it('has so many places and no more', () => {
    const large = { shape: [1, 1, 200, 200] as const, data: new Float32Array(40_000) };
    let stride = NaN;
    try {
      coverings(large, { patch: 3, stride: 1 });
    } catch (error) {
      stride = (error as { parameters: { stride: number } }).parameters.stride;
    }
    const { tops, lefts } = coverings(large, { patch: 3, stride });
    expect(tops.length * lefts.length).toBeLessThanOrEqual(4096);
  });
});

it('probabilities of logits of any size', () => {
  const logits = { shape: [3, 2], data: Float32Array.of(0, 0, 1000, 0, -1000, -1000 + Math.log(3)) };
  const shares = [...softmaxRows(logits)];
  [0.5, 0.5, 1, 0, 0.25, 0.75].forEach((share, i) => expect(shares[i]).toBeCloseTo(share, 4));
  expect(largestOf(logits)).toEqual([0, 0, 1]);
});
