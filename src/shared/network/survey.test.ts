import { expect, test } from 'vitest';
import { fixesOf } from './fixes.ts';
import { withField, layerFields } from '../layers/fields.ts';
import type { Layer } from '../layers/index.ts';
import type { Network } from './network.ts';
import { findPreset, presets } from './presets.ts';
import { summarize, walkNetwork } from './shapes.ts';
import { surveyNetwork } from './survey.ts';

const net = (layers: Layer[], side = 28): Network => ({
  name: 'net',
  input: { height: side, width: side, channels: 1 },
  layers,
});

const conv = (kernelSize: number | [number, number], rest = {}): Layer => ({
  type: 'conv2d',
  filters: 4,
  kernelSize,
  ...rest,
});

test('of a net that fits it says what summarize says', () => {
  for (const { network } of presets) {
    const survey = surveyNetwork(network);
    const summary = summarize(network);
    expect(survey.problem).toBeNull();
    expect(survey.output).toEqual(summary.output);
    expect(survey.parameterCount).toBe(summary.parameterCount);
    expect(survey.multiplyAdds).toBe(summary.multiplyAdds);
    expect(survey.receptiveField).toEqual(summary.layers.at(-1)!.receptiveField);
    expect(survey.layers.map(({ state }) => state.kind === 'fits' && state.receptiveField)).toEqual(
      summary.layers.map(({ receptiveField }) => receptiveField),
    );
  }
});

test('layers after a broken one stay, and say which one it is', () => {
  const { network } = findPreset('course')!;
  const layers = [...network.layers];
  layers[3] = conv(15);
  const survey = surveyNetwork({ ...network, layers });
  expect(survey.layers.map(({ state }) => state.kind)).toEqual([
    ...['fits', 'fits', 'fits', 'broken'],
    ...['unknown', 'unknown', 'unknown', 'unknown'],
  ]);
  expect(survey.layers[7]!.state).toEqual({ kind: 'unknown', because: '4' });
  expect(survey.output).toBeNull();
  expect(survey.problem!.message).toBe(
    'layer 4 (conv2d): kernel 15 does not fit the 12×12 map; use kernel ≤ 12 or padding ≥ 2',
  );
  expect(survey.problem!.parameters).toMatchObject({ layer: 4, type: 'conv2d', from: 3 });
});

test('the giver of a map is the last layer that is on; 0 is the image', () => {
  const off: Layer = { type: 'maxPool2d', kernelSize: 2, disabled: true };
  expect(surveyNetwork(net([conv(3), off, conv(30)])).problem!.parameters['from']).toBe(1);
  expect(surveyNetwork(net([off, conv(30)])).problem!.parameters['from']).toBe(0);
});

test('a problem in a block names the layer inside', () => {
  const block: Layer = { type: 'residual', layers: [conv(3, { padding: 1 }), conv(40)] };
  const inner: Layer = { type: 'residual', layers: [conv(3, { padding: 1 }), block] };
  const one = surveyNetwork(net([conv(3), block, { type: 'flatten' }]));
  expect(one.problem!.parameters).toMatchObject({ layer: '2.2', type: 'conv2d', from: '2.1' });
  expect(one.problem!.message).toContain('layer 2 (residual): layer 2 inside (conv2d): kernel 40');
  expect(one.layers[1]!.inner.map(({ number, state }) => [number, state.kind])).toEqual([
    ['2.1', 'fits'],
    ['2.2', 'broken'],
  ]);
  expect(one.layers.map(({ state }) => state.kind)).toEqual(['fits', 'unknown', 'unknown']);
  expect(surveyNetwork(net([inner])).problem!.parameters).toMatchObject({
    layer: '1.2.2',
    type: 'conv2d',
    from: '1.2.1',
  });
  const first: Layer = { type: 'residual', layers: [conv(40)] };
  expect(surveyNetwork(net([conv(3), first])).problem!.parameters).toMatchObject({ layer: '2.1', from: 1 });
});

test('a block without a layer that is on is a problem of its own, and goes away with it', () => {
  for (const layers of [[], [conv(3, { disabled: true })]]) {
    const block: Layer = { type: 'residual', layers };
    expect(surveyNetwork(net([block])).problem!.code).toBe('layer.residual-empty');
    expect(surveyNetwork(net([{ ...block, disabled: true }])).problem).toBeNull();
  }
});

test('inside a block, shapes and receptive fields go on from outside', () => {
  const block: Layer = { type: 'residual', layers: [conv(3, { padding: 1 }), conv(3, { padding: 1 })] };
  const survey = surveyNetwork(net([conv(3), { type: 'maxPool2d', kernelSize: 2 }, block]));
  const fields = survey.layers[2]!.inner.map(({ state }) => state.kind === 'fits' && state.receptiveField);
  expect(fields).toEqual([
    [8, 8],
    [12, 12],
  ]);
  expect(survey.receptiveField).toEqual([12, 12]);
});

test('what mends: every fix that is offered makes the layer fit', () => {
  const pool: Layer = { type: 'maxPool2d', kernelSize: 9 };
  const broken: Layer[] = [
    conv(9),
    conv([3, 9]),
    conv([9, 3]),
    conv(5, { dilation: 3 }),
    conv(64, { dilation: 64 }),
    pool,
    { ...pool, kernelSize: [2, 9] },
    { type: 'avgPool2d', kernelSize: 3, padding: 2 },
  ];
  for (const layer of broken) {
    const survey = surveyNetwork(net([layer], 7));
    const state = survey.layers[0]!.state;
    if (state.kind !== 'broken') throw new Error('it should not fit');
    const fixes = fixesOf(state.problem, layer, state.input);
    expect([layer, fixes.length]).toEqual([layer, expect.toSatisfy((count: number) => count > 0)]);
    for (const fix of fixes) {
      if (fix.kind !== 'field') throw new Error('a field was to be set');
      const field = layerFields[layer.type].find(({ name }) => name === fix.field)!;
      const mended = withField(layer, field, fix.value);
      expect(walkNetwork(net([mended], 7)).problem).toBeUndefined();
    }
  }
  const linear: Layer = { type: 'linear', units: 10 };
  const state = surveyNetwork(net([linear])).layers[0]!.state;
  if (state.kind !== 'broken') throw new Error('it should not fit');
  expect(fixesOf(state.problem, linear, state.input).map((fix) => fix.kind)).toEqual([
    'insertBefore',
    'insertBefore',
  ]);
});
