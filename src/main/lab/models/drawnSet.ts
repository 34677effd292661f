/** The drawings that are kept for a data set's nets, as a test set in files while it is evaluated on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../../../shared/base/problem.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { type Drawing, drawingsId } from '../../../shared/inspect/drawing/drawings.ts';

/** Throws a `Problem` if there are no drawings. `of` is the data set whose nets they are kept for. */
export async function withDrawnSet<T>(
  of: Dataset,
  drawings: readonly Drawing[],
  work: (drawn: Dataset) => Promise<T>,
): Promise<T> {
  const { summary, files } = of;
  if (drawings.length === 0) {
    throw new Problem(
      'drawings.none',
      `no drawings are kept for nets of ${summary.name} yet; draw some in Inspect and keep them with their labels`,
      { dataset: summary.name },
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'stride-drawings-'));
  try {
    const count = drawings.length;
    const part = (name: string) => ({ path: join(folder, name), offset: 0, count });
    const test = { images: part('images'), labels: part('labels') };
    await writeFile(test.images.path, imageBytes(drawings, summary.channels));
    await writeFile(
      test.labels.path,
      Uint8Array.from(drawings, ({ label }) => label),
    );
    return await work({
      summary: { ...summary, id: drawingsId, testCount: count },
      files: { train: files.train, test },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the images' bytes as in a data set's file: the channels of a pixel are adjacent. */
function imageBytes(drawings: readonly Drawing[], channels: number): Uint8Array {
  const size = drawings[0]?.pixels.length ?? 0;
  const area = size / channels;
  const bytes = new Uint8Array(drawings.length * size);
  drawings.forEach(({ pixels }, image) =>
    pixels.forEach((pixel, i) => {
      bytes[image * size + (i % area) * channels + Math.floor(i / area)] = Math.round(255 * pixel);
    }),
  );
  return bytes;
}
