/** A data set cut short, where real images are needed and not many of them. */
import type { Dataset } from './dataset.ts';

/** The data set's first images only: its files, read less far. */
export function shortened(dataset: Dataset, train: number, test: number): Dataset {
  const cut = <T extends { count: number }>(file: T, count: number): T => ({ ...file, count });
  const { files, summary } = dataset;
  return {
    summary: { ...summary, trainCount: train, testCount: test },
    files: {
      train: { images: cut(files.train.images, train), labels: cut(files.train.labels, train) },
      test: { images: cut(files.test.images, test), labels: cut(files.test.labels, test) },
    },
  };
}
