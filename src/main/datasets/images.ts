/** Reads single images of a data set directly from its files. */
import { open } from 'node:fs/promises';
import type { DatasetImages } from '../../shared/api/calls/datasets.ts';
import type { DataFile, Dataset } from '../../shared/datasets/dataset.ts';
import { Problem } from '../../shared/base/problem.ts';

/** Throws a `Problem` if the part does not have an index or a file has become shorter. */
export async function readImages(
  { summary, files }: Dataset,
  part: 'train' | 'test',
  indices: readonly number[],
): Promise<DatasetImages> {
  const { height, width, channels } = summary;
  const { images, labels } = files[part];
  const beyond = indices.find((index) => index >= images.count);
  if (beyond !== undefined) {
    throw new Problem(
      'dataset.no-image',
      `${summary.name} has no image ${beyond} in its ${part} set; they are counted from 0 to ${images.count - 1}`,
      { name: summary.name, index: beyond, last: images.count - 1 },
    );
  }
  const [pixels, numbers] = await Promise.all([
    readItems(images, height * width * channels, indices),
    readItems(labels, 1, indices),
  ]);
  return { height, width, channels, pixels, labels: [...numbers] };
}

async function readItems(
  { path, offset }: DataFile,
  itemBytes: number,
  indices: readonly number[],
): Promise<Uint8Array> {
  const bytes = new Uint8Array(indices.length * itemBytes);
  const file = await open(path, 'r');
  try {
    for (const [position, index] of indices.entries()) {
      const { bytesRead } = await file.read(
        bytes,
        position * itemBytes,
        itemBytes,
        offset + index * itemBytes,
      );
      if (bytesRead < itemBytes) {
        throw new Problem('idx.truncated', `${path} became shorter while it was read; get the file again`, {
          path,
          size: offset + index * itemBytes + bytesRead,
          expected: offset + (index + 1) * itemBytes,
        });
      }
    }
  } finally {
    await file.close();
  }
  return bytes;
}
