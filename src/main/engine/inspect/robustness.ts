/** Measures how many test images a net gets right when all of them are changed by a growing strength. */
import {
  type Distortion,
  distort,
  strengthRanges,
  strengthsOf,
} from '../../../shared/inspect/distortions.ts';
import type { TensorValues } from '../../../shared/inspect/inspection.ts';
import type { Robustness } from '../../../shared/inspect/robustness.ts';
import { type Pixels, readLabels, readRange } from '../data/images.ts';
import type { LongWork } from './longWork.ts';
import { type InspectionOrder, type OpenNet, netInput, openNet } from './openNet.ts';
import { crossEntropyOf, largestOf } from './probabilities.ts';

const batchSize = 250;

/** Throws a `Problem` if the tensors are not this net's, or if the work was cancelled. */
export async function measureRobustness(
  order: InspectionOrder,
  distortion: Distortion,
  work: LongWork,
): Promise<Robustness> {
  const { summary, files } = order.dataset;
  const { images } = files.test;
  const strengths = strengthsOf(distortion, true);
  const correct = strengths.map(() => 0);
  const net = await openNet(order);
  try {
    const labels = await readLabels(files.test.labels);
    for (let from = 0; from < images.count; from += batchSize) {
      const count = Math.min(batchSize, images.count - from);
      const pixels = await readRange(images, summary, from, count);
      const own = [...labels.subarray(from, from + count)];
      const gradient = distortion === 'fgsm' ? gradientOfLoss(net, pixels, own) : null;
      for (const [at, strength] of strengths.entries()) {
        const changed =
          strength === strengthRanges[distortion].none ? pixels : all(pixels, distortion, strength, gradient);
        const given = largestOf(logitsOf(net, changed));
        correct[at]! += given.filter((prediction, i) => prediction === own[i]).length;
        await work.step(from * strengths.length + count * (at + 1), images.count * strengths.length);
      }
    }
    return { images: images.count, correct };
  } finally {
    net.session.close();
  }
}

function logitsOf(net: OpenNet, pixels: Pixels): TensorValues {
  return net.session.run('logits', { images: netInput(net, pixels) })['logits'] as TensorValues;
}

/** Normalising divides by a positive deviation, so the gradient's sign is that with respect to the pixel itself. */
function gradientOfLoss(net: OpenNet, pixels: Pixels, labels: readonly number[]): Float32Array {
  const logits = logitsOf(net, pixels);
  const weights = { data: crossEntropyOf(logits, labels).gradient, shape: logits.shape };
  const { gradient } = net.session.run('saliency', { images: netInput(net, pixels), weights });
  return (gradient as TensorValues).data;
}

function all(
  { shape, data }: Pixels,
  distortion: Distortion,
  strength: number,
  gradient: Float32Array | null,
): Pixels {
  const [count, channels, height, width] = shape;
  const each = channels * height * width;
  const changed = new Float32Array(data.length);
  for (let image = 0; image < count; image += 1) {
    const part = (values: Float32Array) => values.subarray(image * each, (image + 1) * each);
    const own = distort(
      distortion,
      part(data),
      { channels, height, width },
      strength,
      gradient && part(gradient),
    );
    changed.set(own, image * each);
  }
  return { shape, data: changed };
}
