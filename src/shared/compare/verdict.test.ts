import { describe, expect, test } from 'vitest';
import type { ComparedPair } from './comparison.ts';
import { labelsOf, seedSentence, verdictSentence } from './sentences.ts';
import { comparePairs } from './verdict.ts';

const table = (bothRight: number, onlyA: number, onlyB: number, bothWrong: number) => ({
  bothRight,
  onlyA,
  onlyB,
  bothWrong,
});
const names = { a: 'course', b: 'homework' };

function sentenceOf(language: 'en' | 'zh-CN', ...tables: ReturnType<typeof table>[]): string {
  const [result] = comparePairs(tables);
  const pair: ComparedPair = {
    pair: [1, 2],
    result: { ...result!, interval: [...result!.interval] },
    reason: null,
    notes: [],
  };
  return verdictSentence(language, pair, names);
}

test('a difference that test and interval agree on', () => {
  expect(sentenceOf('en', table(9660, 213, 40, 87))).toBe(
    'course is better: 98.73% against 97.00% of 10,000 test images; the difference of 1.73 points is 1.43 to 2.05 ' +
      '(95% interval), p < 0.0001.',
  );
  expect(sentenceOf('en', table(9660, 40, 213, 87))).toMatch(
    /^homework is better: 98.73% against 97.00%.*1.43 to 2.05/,
  );
  expect(sentenceOf('zh-CN', table(9660, 213, 40, 87))).toMatch(/^course 更好/);
});

test('no evidence: the sentence gives the limits, and never says that the nets are equal', () => {
  expect(sentenceOf('en', table(9880, 35, 22, 63))).toBe(
    'No evidence of a difference: course has 99.15%, homework 99.02% of 10,000 test images, p = 0.11; a difference ' +
      'outside −0.02 to 0.29 points is unlikely.',
  );
});

describe('test and interval disagree: one fixed sentence', () => {
  test.each([table(1, 1, 7, 12), table(80, 9, 2, 9), table(9900, 30, 16, 54), table(59, 6, 16, 80)])(
    '%o',
    (counts) => {
      expect(comparePairs([counts])[0]?.verdict).toBe('borderline');
      expect(sentenceOf('en', counts)).toMatch(
        /^Borderline: .* do not agree; take the difference as not shown\.$/,
      );
      expect(sentenceOf('zh-CN', counts)).toMatch(/^处于临界/);
    },
  );
});

describe('five disagreements or fewer: no outcome could be significant', () => {
  test.each([table(95, 5, 0, 0), table(90, 5, 0, 5), table(9996, 2, 0, 2), table(0, 1, 0, 0)])(
    '%o',
    (counts) => {
      expect(comparePairs([counts])[0]?.verdict).toBe('tooFew');
      expect(sentenceOf('en', counts)).toMatch(/no outcome is significant\.$/);
    },
  );

  test.each([table(9871, 0, 0, 129), table(0, 0, 0, 10), table(1, 0, 0, 0)])(
    'identical nets: %o',
    (counts) => {
      expect(comparePairs([counts])[0]).toMatchObject({ verdict: 'tooFew', pValue: 1, difference: 0 });
      expect(sentenceOf('en', counts)).toMatch(/right on the same ones of/);
    },
  );

  test('six can be', () => {
    expect(comparePairs([table(94, 6, 0, 0)])[0]?.verdict).toBe('better');
  });
});

test('more than two runs: what is significant by itself need not be so among all', () => {
  const weak = table(900, 30, 14, 56);
  expect(comparePairs([weak])[0]?.verdict).toBe('better');
  const among = comparePairs([weak, table(900, 20, 20, 60), table(900, 22, 20, 58)]);
  expect(among[0]).toMatchObject({ verdict: 'corrected', comparisons: 3 });
  expect(among[0]?.correctedP).toBeCloseTo(3 * among[0]!.pValue, 12);
  expect(sentenceOf('en', weak, table(900, 20, 20, 60), table(900, 22, 20, 58))).toMatch(
    /^No evidence of a difference among 3 comparisons/,
  );
});

test('A against B and B against A say the same, with signs turned', () => {
  for (const [a, b] of [
    [table(80, 9, 2, 9), table(80, 2, 9, 9)],
    [table(8700, 400, 340, 560), table(8700, 340, 400, 560)],
  ]) {
    const [one, other] = [comparePairs([a!])[0]!, comparePairs([b!])[0]!];
    expect(other.verdict).toBe(one.verdict);
    expect(other.pValue).toBe(one.pValue);
    expect(other.difference).toBe(-one.difference);
    expect(other.interval[0]).toBeCloseTo(-one.interval[1], 12);
    expect(other.interval[1]).toBeCloseTo(-one.interval[0], 12);
  }
});

test('runs of one name are told apart by their numbers', () => {
  const labels = labelsOf('en', [
    { run: 3, name: 'course' },
    { run: 5, name: 'course' },
    { run: 8, name: 'homework' },
  ]);
  expect([...labels.values()]).toEqual(['Course net #3', 'Course net #5', 'Homework net']);
});

test('two nets over seeds have their names, and one net with two settings the numbers of its runs', () => {
  const seeds = {
    a: [1, 3],
    b: [2, 4],
    seeds: [0, 1],
    meanA: 0.98,
    meanB: 0.97,
    difference: 0.01,
    interval: [0.005, 0.015] as [number, number],
    pValue: 0.01,
    bootstrap: null,
  };
  const runs = (other: string) =>
    [1, 2, 3, 4].map((run) => ({ run, network: run % 2 === 1 ? 'course' : other }));
  expect(seedSentence('en', seeds, runs('homework'))).toMatch(
    /^Over 2 seeds Course net is better than Homework net:/,
  );
  expect(seedSentence('en', seeds, runs('course'))).toMatch(
    /^Over 2 seeds Course net \(#1, #3\) is better than Course net \(#2, #4\):/,
  );
});
