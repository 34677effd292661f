import { expect, test } from 'vitest';
import { openDataset } from './index.ts';

test('what was opened once is kept', () => {
  const first = openDataset('mnist');
  expect(openDataset('mnist')).toBe(first);
});

test.each(['cifar', 'constructor', ''])('an unknown data set: "%s"', async (id) => {
  await expect(openDataset(id)).rejects.toMatchObject({
    code: 'dataset.unknown',
    parameters: { known: 'mnist' },
  });
});
