import { expect, test } from 'vitest';
import { listDatasets, openDataset } from './index.ts';

test('what was opened once is kept', async () => {
  const first = openDataset('mnist');
  expect(openDataset('mnist')).toBe(first);
  expect(await listDatasets()).toEqual([(await first).summary]);
});

test.each(['cifar', 'constructor', ''])('an unknown data set: "%s"', async (id) => {
  await expect(openDataset(id)).rejects.toMatchObject({
    code: 'dataset.unknown',
    parameters: { known: 'mnist' },
  });
});
