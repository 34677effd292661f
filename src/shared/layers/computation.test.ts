/** The steps that a layer kind says it computes have its output's shape. */
import { expect, test } from 'vitest';
import { presets } from '../network/presets.ts';
import { summarize } from '../network/shapes.ts';
import { type Computation, shapeAfter, stepsThrough } from './computation.ts';
import { newLayer } from './fields.ts';
import { type Layer, computationsOf, layerKind, layerTypes } from './index.ts';
import type { Shape } from './layer.ts';

const map: Shape = { kind: 'map', channels: 3, height: 12, width: 9 };

const made = layerTypes
  .filter((type) => type !== 'linear')
  .map((type) => ({ layer: newLayer(type, map), input: map as Shape }));
const given = presets.flatMap(({ network }) => summarize(network).layers);

test.each([...made, ...given].map((each) => ({ ...each, type: each.layer.type })))(
  '$type',
  ({ layer, input }: { layer: Layer; input: Shape }) => {
    if (layer.type === 'residual') return;
    const steps = stepsThrough(computationsOf(layer, input), input);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.at(-1)?.output).toEqual(layerKind(layer).outputShape(layer, input));
  },
);

test('a step that does not fit its input is refused', () => {
  const pool: Computation = {
    kind: 'pool',
    of: 'max',
    window: { kernel: [13, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
  };
  expect(() => shapeAfter(pool, map)).toThrow('kernel 13 does not fit the 12×9 map');
  expect(() => shapeAfter(pool, { kind: 'flat', features: 4 })).toThrow('maxPool2d needs a map');
});
