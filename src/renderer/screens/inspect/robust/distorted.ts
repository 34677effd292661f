/** One image at every strength of a distortion, and what one net predicts for each: one question, so a slider is instant. */
import type { LabClient } from '../../../../shared/api/api.ts';
import {
  type Distortion,
  type ImageSize,
  distort,
  strengthRanges,
  strengthsOf,
} from '../../../../shared/inspect/distortions.ts';
import type { Moment } from '../../../../shared/inspect/inspection.ts';
import { NewestAnswer } from '../../../app/newestAnswer.svelte.ts';

interface Wish {
  readonly part: 'train' | 'test';
  readonly index: number;
  readonly moment: Moment;
  readonly distortion: Distortion;
}

interface DistortedImages {
  readonly distortion: Distortion;
  readonly size: ImageSize;
  readonly label: number;
  readonly strengths: readonly number[];
  readonly images: readonly Float32Array[];
  /** The probability of each class and the predicted class, for each strength. */
  readonly probabilities: readonly Float32Array[];
  readonly predictions: readonly number[];
  /** The strengths nearest to the one that changes nothing, on either side, at which the prediction is another. */
  readonly changes: readonly { readonly strength: number; readonly prediction: number }[];
}

export function netDistortion(lab: LabClient, run: number): NewestAnswer<Wish, DistortedImages> {
  return new NewestAnswer((wish) => distortedImages(lab, run, wish));
}

async function distortedImages(
  lab: LabClient,
  run: number,
  { part, index, moment, distortion }: Wish,
): Promise<DistortedImages> {
  const at = { run, ...moment };
  const back = await lab.call('inspect.backward', {
    ...at,
    images: { part, indices: [index] },
    learningRate: 0,
  });
  const [, channels = 1, height = 1, width = 1] = back.images.shape;
  const size = { channels, height, width };
  const strengths = strengthsOf(distortion);
  const images = strengths.map((strength) =>
    distort(distortion, back.images.data, size, strength, back.gradient.data),
  );
  const pixels = new Float32Array(images.length * back.images.data.length);
  images.forEach((image, i) => pixels.set(image, i * image.length));
  const { probabilities: all } = await lab.call('inspect.classify', { ...at, images: { pixels } });
  const classes = all.shape[1]!;
  const probabilities = strengths.map((_, i) => all.data.slice(i * classes, (i + 1) * classes));
  const predictions = probabilities.map((shares) => shares.indexOf(Math.max(...shares)));
  return {
    ...{ distortion, size, label: back.labels?.[0] ?? 0, strengths, images, probabilities, predictions },
    changes: changesOf(strengths, predictions, strengths.indexOf(strengthRanges[distortion].none)),
  };
}

function changesOf(strengths: readonly number[], predictions: readonly number[], none: number) {
  return [-1, 1].flatMap((direction) => {
    for (let at = none + direction; at >= 0 && at < strengths.length; at += direction) {
      if (predictions[at] !== predictions[none])
        return [{ strength: strengths[at]!, prediction: predictions[at]! }];
    }
    return [];
  });
}
