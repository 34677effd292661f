import { expect, test } from 'vitest';
import { filterIn, imagesIn } from './setFilter.ts';

const net = (predictions: number[], shares: number[]) => ({
  labels: [0, 1, 2, 0, 1],
  predictions,
  probabilities: {
    shape: [5, 3],
    data: Float32Array.from(
      predictions.flatMap((prediction, image) =>
        [0, 1, 2].map((each) => (each === prediction ? shares[image]! : (1 - shares[image]!) / 2)),
      ),
    ),
  },
});
const a = net([0, 1, 1, 0, 2], [0.5, 0.9, 0.75, 1, 0.4]);
const b = net([0, 1, 2, 0, 1], [0.5, 0.9, 0.75, 1, 0.4]);
const listed = (query: Record<string, string>) => imagesIn(filterIn(query, 3), a, b);

test('images are listed by label, prediction, outcome and confidence, in the chosen order', () => {
  expect(listed({})).toEqual([0, 1, 2, 3, 4]);
  expect(listed({ label: '1' })).toEqual([1, 4]);
  expect(listed({ prediction: '1' })).toEqual([1, 2]);
  expect(listed({ label: '1', prediction: '2' })).toEqual([4]);
  expect(listed({ outcome: 'right' })).toEqual([0, 1, 3]);
  expect(listed({ outcome: 'wrong' })).toEqual([2, 4]);
  expect(listed({ outcome: 'differ' })).toEqual([2, 4]);
  expect(imagesIn(filterIn({ outcome: 'differ' }, 3), a, null)).toEqual([]);
  expect(listed({ low: '75' })).toEqual([1, 2, 3]);
  expect(listed({ high: '75' })).toEqual([0, 2, 4]);
  expect(listed({ order: 'surest' })).toEqual([3, 1, 2, 0, 4]);
  expect(listed({ order: 'leastSure' })).toEqual([4, 0, 2, 1, 3]);
});

test('an address that makes no sense filters nothing', () => {
  expect(listed({ label: '9', prediction: 'x', outcome: 'odd', low: '-3', high: '200', order: '?' })).toEqual(
    [0, 1, 2, 3, 4],
  );
});
