import { expect, test } from 'vitest';
import { readImages } from './images.ts';
import { openMnist } from './mnist.ts';

test('images in the order asked for, with their labels', async () => {
  const dataset = await openMnist();
  const { height, width, channels, pixels, labels } = await readImages(dataset, 'test', [2, 0, 9999, 0]);
  expect([height, width, channels]).toEqual([28, 28, 1]);
  // The first labels of the test set are 7, 2, 1, and its last one is 6.
  expect(labels).toEqual([1, 7, 6, 7]);
  expect(pixels).toHaveLength(4 * 784);
  expect(pixels.subarray(784, 2 * 784)).toEqual(pixels.subarray(3 * 784));
  const ink = (image: number) =>
    pixels.subarray(image * 784, (image + 1) * 784).reduce((sum, value) => sum + value, 0);
  expect(ink(0)).toBeGreaterThan(0);
  expect(ink(0)).toBeLessThan(ink(1));
  expect((await readImages(dataset, 'train', [0])).labels).toEqual([5]);
});

test('an index that the part does not have is named', async () => {
  const dataset = await openMnist();
  await expect(readImages(dataset, 'test', [3, 10_000])).rejects.toMatchObject({
    code: 'dataset.no-image',
    message: 'MNIST has no image 10000 in its test set; they are counted from 0 to 9999',
  });
});
