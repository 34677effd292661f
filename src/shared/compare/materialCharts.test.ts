import { expect, test } from 'vitest';
import { findPreset } from '../network/presets.ts';
import type { RunDetail } from '../runs/runs.ts';
import { type CurveChoice, curvesChart } from './materialCharts.ts';
import { healthTable } from './tables/layerTables.ts';

const layers = [{ index: 0, type: 'conv2d', gradientNorm: 0.5, dead: null, saturated: null }];
const run = (trainLoss: number) =>
  ({
    ...{ id: 1, name: 'one', network: findPreset('course')!.network, stepsPerEpoch: 469 },
    settings: { batchSize: 128 },
    epochs: [1, 2].map((epoch) => ({ epoch, trainLoss, testLoss: 1, trainSeconds: 1, details: { layers } })),
  }) as unknown as RunDetail;

const drawn = (trainLoss: number, choice: Partial<CurveChoice>) =>
  curvesChart(
    [run(trainLoss)],
    { measure: 'trainLoss', axis: 'epoch', axisTitle: '', grouped: false, target: null, ...choice },
    { language: 'en', width: 640, height: 300, baseline: null, lit: null },
  );

test('the images that a run has seen do not include what its last batches lack', () => {
  const axis = { axis: 'images', imagesPerEpoch: () => 60_000 } as const;
  const lineOf = (svg: string) => /data-run="1".*?<path d="([^"]*)"/.exec(svg)?.[1];
  // 469 batches of 128 would be 60,032 images. With 60,000, the points are where the axis has a tick.
  const [first] = lineOf(drawn(1, axis))!.split('L');
  const tick = /x="([\d.]+)"[^>]*>60,000</.exec(drawn(1, axis))?.[1];
  expect(Number(/M([\d.]+)/.exec(first!)?.[1])).toBeCloseTo(Number(tick), 1);
});

test('a loss that exploded is a short text beside the axis', () => {
  expect(drawn(1_500_000, {})).toContain('>1.5e6<');
  expect(drawn(0.5, {})).toContain('>0.5<');
});

test('the health of the layers of all runs is said in the words that the window gives', () => {
  const words = { layer: ({ type }: { type: string }) => `«${type}»`, field: String };
  expect(healthTable('en', [run(1)], words).rows[0]?.slice(0, 2)).toEqual(['one', '1 «conv2d»']);
  expect(healthTable('en', [run(1)]).rows[0]?.[1]).toBe('1 conv2d');
});
