import { expect, test } from 'vitest';
import { type Completions, completeRunQuery, quoted } from './complete.ts';
import { parseRunQuery } from './parse.ts';

const known = { tags: ['homework', 'try again', 'none'], nets: ['course', 'homework'], datasets: ['mnist'] };
const at = (text: string, cursor = text.length): Completions => completeRunQuery(text, cursor, known);
const labels = (text: string) => at(text).options.map(({ label }) => label);

test('fields, by their start or an alias’s', () => {
  expect(labels('')).toContain('accuracy');
  expect(labels('x acc')).toEqual(['accuracy']);
  expect(labels('-ta')).toEqual(['tag']);
  expect(labels('(准')).toEqual(['accuracy']);
  expect(at('x acc')).toMatchObject({ from: 2, to: 5 });
});

test('values of a field, quoted where they must be', () => {
  expect(labels('net:co')).toEqual(['"Course net"']);
  expect(labels('net:hausaufgabe')).toEqual([]);
  expect(labels('status = fin')).toEqual(['finished']);
  expect(labels('tag:homework,')).toEqual(['homework', '"try again"', '"none"', 'none']);
  expect(labels('tag:"try')).toEqual(['"try again"']);
  expect(labels('optimizer:ADA')).toEqual(['adam', 'adamW', 'adagrad']);
});

test('in Chinese, by Chinese or English letters; and what is put in can be read', () => {
  const inChinese = (text: string) => completeRunQuery(text, text.length, known, 'zh-CN');
  const shown = (text: string) => inChinese(text).options.map(({ label }) => label);
  expect(shown('状')).toEqual(['状态']);
  expect(shown('stat')).toEqual(['状态']);
  expect(shown('状态：')).toContain('已停止');
  expect(shown('状态：已完')).toEqual(['已完成']);
  expect(shown('网络:')).toEqual(['课程网络', '作业网络']);
  expect(shown('net:course')).toEqual(['课程网络']);
  expect(shown('标签:')).toContain('无');
  expect(shown('已归档:')).toEqual(['是', '否']);
  expect(inChinese('状').options[0]!.insert).toBe('状态：');
  for (const field of ['状态', '网络', '创建', '已归档', '标签'])
    for (const { insert } of inChinese(`${field}:`).options)
      expect(() => parseRunQuery(`${field}:${insert}`), insert).not.toThrow();
});

test('names and numbers that runs have', () => {
  const more = { ...known, names: ['first try'], numbers: { lr: [0.01, 0.1] } };
  const shown = (text: string) => completeRunQuery(text, text.length, more).options.map(({ label }) => label);
  expect(shown('name:fi')).toEqual(['"first try"']);
  expect(shown('lr:')).toEqual(['0.01', '0.1']);
});

test('the rest of the word under the cursor is taken too', () => {
  expect(at('status:finx and', 9)).toMatchObject({ from: 7, to: 11 });
});

test('nothing within a text, or after a field that is none', () => {
  expect(labels('"acc')).toEqual([]);
  expect(labels('colour:')).toEqual([]);
  expect(labels('accuracy > 98')).toEqual([]);
});

test('what is put in can be read', () => {
  for (const tag of ['a b', 'or', 'none', '-x', 'a>b', 'plain', '(x)']) {
    expect(parseRunQuery(`tag:${quoted(tag)}`)).toEqual({ kind: 'text', field: 'tag', how: 'is', text: tag });
  }
});
