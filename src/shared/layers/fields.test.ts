/** The descriptions of fields agree with the schemas: they allow and refuse the same values. */
import { describe, expect, test } from 'vitest';
import {
  type FieldValue,
  type LayerField,
  fallbackOf,
  fieldProblem,
  fieldValue,
  fieldsOf,
  layerFields,
  newLayer,
  pairText,
  parsePair,
  withField,
} from './fields.ts';
import { type Layer, type LayerType, layerKinds, layerSchema, layerTypes } from './index.ts';

/** Returns a layer of the kind for which the field is relevant. */
function layerFor(type: LayerType, field: LayerField): Layer {
  if (field.name === 'negativeSlope') return { type: 'activation', function: 'leakyRelu' };
  if (field.name === 'alpha') return { type: 'activation', function: 'elu' };
  return newLayer(type);
}

const accepted = (layer: Layer, name: string, value: unknown) =>
  layerSchema.safeParse({ ...layer, [name]: value }).success;

/** Returns values at, just within and just beyond every limit, and of every other kind. */
function candidates(field: LayerField): unknown[] {
  const others = [
    '',
    'x',
    1.5,
    -1,
    0,
    1,
    2,
    true,
    null,
    [1],
    [1, 2, 3],
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ];
  if (field.kind === 'flag') return [...others, false];
  if (field.kind === 'choice') return [...others, ...field.options, 'swish'];
  const { minimum, maximum } = field;
  const step = field.kind === 'real' ? 0.001 : 1;
  const limits = [minimum - step, minimum, minimum + step, maximum - step, maximum, maximum + step];
  return [
    ...others,
    ...limits,
    ...limits.map((each) => [each, Math.max(minimum, 1)]),
    ...limits.map((each) => [Math.max(minimum, 1), each]),
  ];
}

const cases = layerTypes.flatMap((type) =>
  layerFields[type].map((field) => ({ type, field, name: field.name })),
);

test.each(cases)('$type.$name: allowed here is allowed by the schema', ({ type, field }) => {
  const layer = layerFor(type, field);
  let allowed = 0;
  for (const value of candidates(field)) {
    const ok = fieldProblem(field, value) === null;
    if (ok) allowed += 1;
    expect([value, ok]).toEqual([value, accepted(layer, field.name, value)]);
  }
  expect(allowed).toBeGreaterThan(1);
});

test.each(layerTypes)('%s: every field of the schema is described, none besides', (type) => {
  const shape = (layerKinds[type].schema as unknown as { shape: Record<string, unknown> }).shape;
  const names = Object.keys(shape).filter((name) => !['type', 'disabled', 'layers'].includes(name));
  expect(layerFields[type].map(({ name }) => name).sort()).toEqual(names.sort());
});

test.each(cases)('$type.$name: required as in the schema, and its default is allowed', ({ type, field }) => {
  const layer = layerFor(type, field);
  const without: Record<string, unknown> = { ...layer };
  delete without[field.name];
  expect(layerSchema.safeParse(without).success).toBe(field.required !== true);
  expect(fieldProblem(field, fallbackOf(layer, field))).toBeNull();
});

describe('withField', () => {
  const field = (type: LayerType, name: string) => layerFields[type].find((each) => each.name === name)!;

  test('what is at its default is not written', () => {
    const conv = newLayer('conv2d');
    const padded = withField(conv, field('conv2d', 'padding'), 1);
    expect(padded).toEqual({ ...conv, padding: 1 });
    expect(withField(padded, field('conv2d', 'padding'), 0)).toEqual(conv);
    expect(withField(conv, field('conv2d', 'kernelSize'), [3, 3])).toEqual(conv);
    expect(withField(conv, field('conv2d', 'filters'), undefined)).toEqual(conv);
  });

  test('a pool’s stride follows its kernel until it is given', () => {
    const pool = newLayer('maxPool2d');
    const stride = field('maxPool2d', 'stride');
    expect(fieldValue(withField(pool, field('maxPool2d', 'kernelSize'), 3), stride)).toBe(3);
    const given = withField(pool, stride, 2);
    expect(fieldValue(withField(given, field('maxPool2d', 'kernelSize'), 3), stride)).toBe(2);
    expect(withField(given, stride, undefined)).toEqual(pool);
  });

  test('a slope goes with the function that has one', () => {
    const leaky = withField(newLayer('activation'), field('activation', 'function'), 'leakyRelu');
    expect(fieldsOf(leaky).map(({ name }) => name)).toEqual(['function', 'negativeSlope']);
    const steep = withField(leaky, field('activation', 'negativeSlope'), 0.2);
    expect(withField(steep, field('activation', 'function'), 'relu')).toEqual(newLayer('activation'));
  });

  test('whatever is set parses', () => {
    for (const { type, field } of cases) {
      const layer = layerFor(type, field);
      for (const value of candidates(field)) {
        if (fieldProblem(field, value) !== null) continue;
        const set = withField(layer, field, value as FieldValue);
        expect(layerSchema.safeParse(set).success).toBe(true);
      }
    }
  });
});

test('new layers parse, and a new block keeps what it is given', () => {
  for (const type of layerTypes) expect(layerSchema.parse(newLayer(type))).toEqual(newLayer(type));
  for (const given of [
    { kind: 'map', channels: 7, height: 9, width: 5 },
    { kind: 'flat', features: 12 },
  ] as const) {
    const block = newLayer('residual', given) as Extract<Layer, { type: 'residual' }>;
    expect(layerKinds.residual.outputShape(block, given)).toEqual(given);
  }
});

test('pairs as people write them', () => {
  for (const text of ['3x5', '3×5', '3, 5', '(3, 5)', '3 5', ' 3 X 5 '])
    expect(parsePair(text)).toEqual([3, 5]);
  for (const text of ['3', '3×3', '(3)']) expect(parsePair(text)).toBe(3);
  for (const text of ['', '3×', '-3', '3.5', 'three', '3×5×7']) expect(parsePair(text)).toBeNull();
  expect([pairText(3), pairText([3, 5]), pairText([2, 2])]).toEqual(['3', '3×5', '2']);
});
