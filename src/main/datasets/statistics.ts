/** Statistics of a whole set: all training images are read once, a few megabytes at a time. */
import type { DatasetStatistics } from '../../shared/api/calls/datasets.ts';
import type { DataFile, Dataset } from '../../shared/datasets/dataset.ts';
import { addPixels, channelSums, eachChunk, meanAndDeviation } from './pixelStatistics.ts';

const mostSamples = 8;
/** Number of elements that the sums of all classes' images may take together: 64 MiB. */
const mostSums = 2 ** 23;

export async function datasetStatistics({ summary, files }: Dataset): Promise<DatasetStatistics> {
  const { height, width, channels, classes } = summary;
  const { images, labels: labelFile } = files.train;
  const each = height * width * channels;
  const labels = await readLabels(labelFile);
  const sums = channelSums(channels);
  sums.pixels = images.count * height * width;
  const histogram = Array.from({ length: channels }, () => new Array<number>(256).fill(0));
  const totals = classes.length * each <= mostSums ? new Float64Array(classes.length * each) : null;
  await eachChunk(images, each, (bytes, first) => {
    addPixels(sums, bytes);
    for (let i = 0; i < bytes.length; i += 1) {
      const value = bytes[i] as number;
      const own = histogram[i % channels] as number[];
      own[value] = (own[value] as number) + 1;
    }
    if (totals) addImages(totals, bytes, labels.subarray(first), each);
  });
  const train = countsOf(labels, classes.length);
  return {
    ...meanAndDeviation(sums),
    train,
    test: countsOf(await readLabels(files.test.labels), classes.length),
    histogram,
    meanImages: totals
      ? Uint8Array.from(totals, (total, i) => total / Math.max(1, train[Math.floor(i / each)] ?? 1))
      : new Uint8Array(),
    samples: samplesOf(labels, classes.length),
  };
}

function addImages(totals: Float64Array, bytes: Uint8Array, labels: Uint8Array, each: number): void {
  for (let image = 0; image * each < bytes.length; image += 1) {
    const to = (labels[image] as number) * each;
    for (let i = 0; i < each; i += 1)
      totals[to + i] = (totals[to + i] as number) + (bytes[image * each + i] as number);
  }
}

async function readLabels(file: DataFile): Promise<Uint8Array> {
  const labels = new Uint8Array(file.count);
  await eachChunk(file, 1, (bytes, first) => {
    labels.set(bytes, first);
  });
  return labels;
}

function countsOf(labels: Uint8Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Returns the first images of each class. */
function samplesOf(labels: Uint8Array, classes: number): number[][] {
  const samples = Array.from({ length: classes }, (): number[] => []);
  let missing = classes * mostSamples;
  for (let i = 0; i < labels.length && missing > 0; i += 1) {
    const own = samples[labels[i] as number];
    if (!own || own.length === mostSamples) continue;
    own.push(i);
    missing -= 1;
  }
  return samples;
}
