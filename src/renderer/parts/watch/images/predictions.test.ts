import { expect, test, vi } from 'vitest';
import { FakeLab } from '../../../../../test/support/fakeLab.ts';
import {
  type Predicted,
  Predictions,
  imagesOfCell,
  randomSample,
  surestMistakes,
} from './predictions.svelte.ts';

/** The answer has five images of two classes: 1 and 3 are mistakes, 3 the more confident one. */
const answer: Predicted = {
  labels: [0, 1, 1, 1, 0],
  predictions: [0, 0, 1, 0, 0],
  probabilities: { shape: [5, 2], data: Float32Array.of(0.9, 0.1, 0.6, 0.4, 0.2, 0.8, 0.7, 0.3, 0.95, 0.05) },
  correct: 3,
  of: { checkpoint: 'last', step: 10, epoch: 2, batch: 0 },
};

test('a cell’s images, and the mistakes, the surest first', () => {
  expect(imagesOfCell(answer, 1, 0)).toEqual([3, 1]);
  expect(imagesOfCell(answer, 0, 0)).toEqual([4, 0]);
  expect(imagesOfCell(answer, 0, 1)).toEqual([]);
  expect(surestMistakes(answer, 1)).toEqual([3]);
});

test('a sample is the same for a seed, and has no place twice', () => {
  expect(randomSample(10_000, 10, 3)).toEqual(randomSample(10_000, 10, 3));
  expect(randomSample(10_000, 10, 3)).not.toEqual(randomSample(10_000, 10, 4));
  expect(new Set(randomSample(12, 12, 0)).size).toBe(12);
  expect(randomSample(3, 10, 0)).toHaveLength(3);
});

test('one question at a time; of those that wait only the last is asked', async () => {
  const waiting: (() => void)[] = [];
  const lab = new FakeLab().answer(
    'inspect.predictions',
    () => new Promise((resolve) => waiting.push(() => resolve(answer))),
  );
  const predictions = new Predictions(lab);
  const loading = predictions.load(1, 'last');
  void predictions.load(2, 'last');
  void predictions.load(3, 'best');
  expect(lab.asked).toHaveLength(1);
  waiting.shift()!();
  await new Promise((resolve) => setTimeout(resolve));
  expect(lab.asked.slice(1)).toEqual([['inspect.predictions', { run: 3, checkpoint: 'best' }]]);
  waiting.shift()!();
  await loading;
  expect(predictions.answer).toEqual(answer);
});

test('the same epoch is asked for once, and again after a failure', async () => {
  let failing = false;
  const lab = new FakeLab().answer('inspect.predictions', () =>
    failing ? Promise.reject(new Error('the thread ended')) : Promise.resolve(answer),
  );
  const [one, other] = [new Predictions(lab, 0), new Predictions(lab, 0)];
  await Promise.all([one.loadEpoch(1, 2), one.loadEpoch(1, 2), other.loadEpoch(1, 2)]);
  await one.loadEpoch(1, 2);
  expect(lab.asked).toHaveLength(1);
  expect(other.answer).toEqual(answer);
  failing = true;
  await one.loadEpoch(1, 3);
  expect(one.problem).not.toBeNull();
  await one.loadEpoch(1, 3);
  expect(lab.asked).toHaveLength(3);
});

test('epochs that follow one another quickly: the newest is asked for after a rest', async () => {
  vi.useFakeTimers();
  try {
    const lab = new FakeLab().answer('inspect.predictions', () => Promise.resolve(answer));
    const predictions = new Predictions(lab, 3000);
    void predictions.loadEpoch(7, 1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(predictions.answer).toEqual(answer);
    void predictions.loadEpoch(7, 2);
    await vi.advanceTimersByTimeAsync(1000);
    const last = predictions.loadEpoch(7, 3);
    await vi.advanceTimersByTimeAsync(900);
    expect(lab.asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(lab.asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(3000);
    await last;
    // What waited meanwhile is dropped, because the newest has been asked for.
    expect(lab.asked).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});
