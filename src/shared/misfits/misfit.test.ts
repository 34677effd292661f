import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { type CallName, calls } from '../api/api.ts';
import { Problem } from '../base/problem.ts';
import { parseNetwork } from '../network/network.ts';
import { misfitOf, misfitSentence } from './misfit.ts';
import { fieldName } from './words.ts';

/** Returns the contract's messages for a request, in both languages. */
function said(name: CallName, request: unknown): [string, string] {
  const { error } = calls[name].request.safeParse(request);
  const parameters = misfitOf(error as z.ZodError, request);
  return [misfitSentence(parameters, 'en'), misfitSentence(parameters, 'zh-CN')];
}

const network = { name: 'a', input: { height: 28, width: 28, channels: 1 }, layers: [] };
const runs = (settings: object, ...others: object[]) => ({
  runs: [...others, { network, settings, dataset: 'mnist' }],
});

test.each<[CallName, unknown, string, string]>([
  [
    'runs.update',
    { runs: [1], addTags: Array(65).fill('a') },
    'tags to add must have at most 32 entries',
    '要添加的标签最多只能有 32 项',
  ],
  [
    'runs.update',
    { runs: [1], addTags: ['x', ''] },
    'entry 2 of “tags to add” must not be empty',
    '“要添加的标签”的第 2 项不能为空',
  ],
  [
    'runs.update',
    { runs: [1], addTags: ['a,b'] },
    'entry 1 of “tags to add” must not contain quotes, commas or parentheses',
    '“要添加的标签”的第 1 项不能包含引号、逗号或括号',
  ],
  ['runs.list', { limit: 0 }, 'limit must be at least 1', '数量上限不能小于 1'],
  ['runs.list', { limits: 5 }, 'the request has no field "limits"', '请求没有“limits”这个字段'],
  ['runs.list', undefined, 'the request must be an object with fields', '请求必须是带字段的对象'],
  ['runs.get', { run: 1.5 }, 'run must be a whole number', '训练编号必须是整数'],
  ['runs.get', {}, 'run is missing', '缺少训练编号'],
  ['runs.start', runs({ epochs: 0 }), 'epochs must be at least 1', '轮数不能小于 1'],
  ['runs.start', runs({ epochs: 1e300 }), 'epochs must be at most 10000', '轮数不能大于 10000'],
  [
    'runs.start',
    runs({ optimizer: { type: 'sdg' } }),
    'optimizer must be one of sgd, adam, adamW, rmsProp, adagrad',
    '优化器只能是 sgd, adam, adamW, rmsProp, adagrad 之一',
  ],
  [
    'runs.start',
    runs({ optimizer: { type: 'sgd', momentum: 1 } }),
    'momentum must be less than 1',
    '动量必须小于 1',
  ],
  [
    'runs.start',
    runs({ batchSize: 'x' }, runs({}).runs[0]!),
    'run 2: batch size must be a number',
    '第 2 个训练：批大小必须是数字',
  ],
  ['compare.runs', { runs: [3, 3] }, 'runs must not have the same entry twice', '训练中不能有重复的项'],
  [
    'preferences.set',
    { key: '9', value: 1 },
    'key must be made of letters, digits, dots and dashes, a letter first',
    '名称只能由字母、数字、点和短横线组成，并以字母开头',
  ],
])('%s %j', (name, request, english, chinese) => {
  expect(said(name, request)).toEqual([english, chinese]);
});

describe('a net', () => {
  const refused = (value: unknown): Problem => {
    try {
      parseNetwork(value);
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    throw new Error('it was taken');
  };

  test.each([
    [{ type: 'conv2d', filters: 0, kernelSize: 3 }, 'layer 2 (conv2d): filters must be at least 1'],
    [
      { type: 'conv2d', filters: 2, kernelSize: 'x' },
      'layer 2 (conv2d): kernel size must be a whole number from 1 to 64, or a pair [height, width] of such',
    ],
    [{ type: 'linear', unit: 2 }, 'layer 2 (linear): units is missing'],
    [{ type: 'conv3d' }, 'layer 2 (conv3d): type must be one of conv2d, '],
    [{ type: { toString: 5 } }, 'layer 2: type must be one of conv2d, '],
    [{ type: Object.create(null) as object }, 'layer 2: type must be one of conv2d, '],
    [{}, 'layer 2: type is missing'],
    [5, 'layer 2: the layer must be an object with fields'],
  ])('layer %j', (layer, message) => {
    expect(refused({ ...network, layers: [{ type: 'flatten' }, layer] })).toMatchObject({
      code: 'network.invalid',
      message: expect.stringContaining(message) as string,
    });
  });

  test('as a whole', () => {
    expect(refused(null).message).toBe('the net is not valid: net must be an object with fields');
    expect(refused({ ...network, input: undefined }).message).toContain('input is missing');
  });
});

/** Yields every object, list and union of a schema, with the name of its field. */
function* fields(schema: unknown, seen = new Set<unknown>()): Generator<string> {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return;
  seen.add(schema);
  const { def } = (schema as { _zod?: { def: Record<string, unknown> } })._zod ?? {};
  if (!def) return;
  for (const [key, inner] of Object.entries((def['shape'] as object | undefined) ?? {})) {
    yield key;
    yield* fields(inner, seen);
  }
  for (const inner of ['element', 'innerType', 'in', 'out', 'valueType']) yield* fields(def[inner], seen);
  for (const inner of (def['options'] as unknown[] | undefined) ?? []) yield* fields(inner, seen);
  if (typeof def['getter'] === 'function') yield* fields((def['getter'] as () => unknown)(), seen);
}

const names = [...new Set(Object.values(calls).flatMap(({ request }) => [...fields(request)]))];

test('every field that a call takes has a name in both languages', () => {
  expect(names.length).toBeGreaterThan(80);
  expect(names.filter((name) => fieldName(name, 'zh-CN').startsWith('“'))).toEqual([]);
});

test('no request is refused in the words of the schema', () => {
  const wrongs = [
    null,
    -1e9,
    1e9,
    1.5,
    NaN,
    '',
    'x'.repeat(1e5),
    [],
    [[]],
    Array(2e3).fill(0),
    {},
    { type: {} },
    { x: 1 },
    true,
  ];
  const outsides = [undefined, null, 5, [], {}];
  for (const [name, { request }] of Object.entries(calls)) {
    const tried: unknown[] = [...outsides];
    const shape = (request as { shape?: object }).shape ?? {};
    for (const key of Object.keys(shape)) for (const wrong of wrongs) tried.push({ [key]: wrong });
    for (const value of tried) {
      const { error } = request.safeParse(value);
      if (!error) continue;
      for (const language of ['en', 'zh-CN'] as const) {
        const sentence = misfitSentence(misfitOf(error as z.ZodError, value), language);
        expect({ name, sentence }).toEqual({
          name,
          sentence: expect.not.stringMatching(/expected|invalid|received|<=|>=|\{\w*\}|undefined/i) as string,
        });
      }
    }
  }
});
