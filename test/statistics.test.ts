/** The statistics against reference values from scipy, statsmodels and scikit-learn (scripts/statistics/reference.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { brierScore, calibration, logLoss } from '../src/shared/statistics/calibration.ts';
import { confusionOf } from '../src/shared/compare/predictions.ts';
import { classMetrics } from '../src/shared/runs/metrics.ts';
import { holm } from '../src/shared/statistics/holm.ts';
import { newcombe, wilson } from '../src/shared/statistics/intervals.ts';
import { exactP, midP } from '../src/shared/statistics/mcnemar.ts';
import { type MeanDifference, pairedT, welchT } from '../src/shared/statistics/seeds.ts';
import { coverage, coverageCases } from '../scripts/statistics/coverage.ts';
import { tango } from '../scripts/statistics/otherIntervals.ts';

function cases<T>(name: string): T[] {
  const path = new URL(`vectors/statistics/${name}.json`, import.meta.url);
  const found = (JSON.parse(readFileSync(path, 'utf8')) as { cases: T[] }).cases;
  expect(found.length).toBeGreaterThanOrEqual(30);
  return found;
}

/** Within `relative` of the reference, or within `absolute` where that is near 0. */
function near(actual: number, expected: number, relative = 1e-9, absolute = 1e-13): void {
  const allowed = Math.max(absolute, relative * Math.abs(expected));
  expect(Math.abs(actual - expected), `${actual} where ${expected} is right`).toBeLessThanOrEqual(allowed);
}

const nearAll = (actual: readonly number[], expected: readonly number[], relative?: number) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => near(value, expected[i] as number, relative));
};

interface PairedCase {
  table: [number, number, number, number];
  exact: number;
  mid: number;
  newcombe: [number, number];
  tango?: [number, number];
}

const countsOf = ([bothRight, onlyA, onlyB, bothWrong]: PairedCase['table']) => ({
  bothRight,
  onlyA,
  onlyB,
  bothWrong,
});

test('McNemar and the intervals of the difference', () => {
  for (const { table, exact, mid, newcombe: interval, tango: score } of cases<PairedCase>('paired')) {
    const counts = countsOf(table);
    near(exactP(counts), exact, 1e-9, 1e-300);
    near(midP(counts), mid, 1e-9, 1e-300);
    nearAll(newcombe(counts), interval);
    if (score) tango(counts).forEach((limit, i) => near(limit, score[i] as number, 1e-8, 1e-9));
  }
});

test("Wilson's interval", () => {
  type Case = { successes: number; total: number; interval: number[] };
  for (const { successes, total, interval } of cases<Case>('wilson'))
    nearAll(wilson(successes, total), interval);
});

test("Holm's correction", () => {
  for (const { p, holm: adjusted } of cases<{ p: number[]; holm: number[] }>('holm'))
    nearAll(holm(p), adjusted);
});

interface ScoreCase {
  probabilities: number[][];
  labels: number[];
  predictions: number[];
  brier: number;
  logLoss: number | null;
  calibration: { bins: number; error: number; largest: number; counts: number[] }[];
  precision: (number | null)[];
  recall: (number | null)[];
  f1: (number | null)[];
  images: number[];
}

describe('scores of probabilities', () => {
  const all = cases<ScoreCase>('scores');

  test('Brier score and log loss', () => {
    for (const { probabilities, labels, brier, logLoss: loss } of all) {
      const classes = probabilities[0]?.length ?? 0;
      near(brierScore(probabilities.flat(), labels, classes), brier);
      if (loss === null) expect(logLoss(probabilities.flat(), labels, classes)).toBe(Infinity);
      else near(logLoss(probabilities.flat(), labels, classes), loss);
    }
  });

  test('calibration', () => {
    for (const { probabilities, labels, predictions, calibration: expected } of all) {
      const confidence = probabilities.map((row, i) => row[predictions[i] as number] as number);
      const right = labels.map((label, i) => Number(label === predictions[i]));
      for (const { bins, error, largest, counts } of expected) {
        const found = calibration(confidence, right, bins);
        near(found.error, error);
        near(found.largestError, largest);
        expect(found.bins.map(({ count }) => count)).toEqual(counts);
      }
    }
  });

  test('precision, recall and F1', () => {
    for (const { labels, predictions, probabilities, ...expected } of all) {
      const classes = probabilities[0]?.length ?? 0;
      classMetrics(confusionOf(labels, predictions, classes), classes).forEach((score, i) => {
        expect(score.support).toBe(expected.images[i]);
        for (const name of ['precision', 'recall', 'f1'] as const) {
          const right = expected[name][i] ?? null;
          // Without precision or recall there is no F1 here, where scikit-learn takes what is missing as 0.
          const missing = name === 'f1' && (score.precision === null || score.recall === null);
          if (right === null || missing) expect(score[name]).toBeNull();
          else near(score[name] as number, right);
        }
      });
    }
  });
});

test('t over seeds', () => {
  type Expected = { t: number; df: number; p: number; interval: number[] };
  type Case = { a: number[]; b: number[]; paired: Expected; welch: Expected };
  const same = (found: MeanDifference | null, expected: Expected) => {
    near(found?.t as number, expected.t);
    near(found?.df as number, expected.df);
    near(found?.pValue as number, expected.p, 1e-8);
    nearAll(found?.interval as readonly number[], expected.interval, 1e-7);
  };
  for (const { a, b, paired, welch } of cases<Case>('means')) {
    same(pairedT(a, b), paired);
    same(welchT(a, b), welch);
  }
});

describe('coverage of the 95% interval', () => {
  test.each(coverageCases)('$images images, $onlyA against $onlyB: at least 94 %', (each) => {
    const [share] = coverage(each, [newcombe]);
    expect(share).toBeGreaterThanOrEqual(0.94);
  });
});
