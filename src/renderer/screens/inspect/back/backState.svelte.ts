/** Back-propagation for one image in one net: the loss's gradient through the layers, and maps over the image. */
import type { LabClient } from '../../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';
import { gradCam } from '../../../../shared/inspect/gradCam.ts';
import type { Answers, Moment } from '../../../../shared/inspect/inspection.ts';
import type { TraceStep } from '../../../../shared/inspect/trace.ts';
import { NewestWish } from '../../../app/newestWish.ts';

export interface BackWish {
  readonly steps: readonly TraceStep[];
  readonly part: 'train' | 'test';
  readonly index: number;
  readonly moment: Moment;
  readonly learningRate: number;
}

export interface ImageMaps {
  /** The class whose logit is explained: the predicted one. */
  readonly prediction: number;
  readonly gradient: Float32Array;
  readonly smoothGrad: Float32Array;
  /** Grad-CAM with the size of the last convolution's or block's maps; null if the net has neither. */
  readonly gradCam: { readonly data: Float32Array; readonly width: number } | null;
  /** How much the class's probability falls with a black square of side `patch` at each place. */
  readonly occlusion: { readonly data: Float32Array; readonly width: number; readonly patch: number };
}

/** Number of noisy copies that SmoothGrad averages over, and the noise as a fraction of the pixels' range. */
const copies = 24;
const noise = 0.15;

export class BackState {
  answer = $state.raw<Answers['backward'] | null>(null);
  maps = $state.raw<ImageMaps | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: LabClient;
  readonly #run: number;
  readonly #wishes: NewestWish<BackWish>;

  constructor(lab: LabClient, run: number) {
    this.#lab = lab;
    this.#run = run;
    this.#wishes = new NewestWish((wish) => this.#look(wish));
  }

  /** Never throws: an error is stored in `problem`. */
  look(wish: BackWish): Promise<void> {
    return this.#wishes.want(wish);
  }

  async #look({ steps, part, index, moment, learningRate }: BackWish): Promise<void> {
    const at = { run: this.#run, ...moment };
    const images = { part, indices: [index] };
    try {
      this.answer = await this.#lab.call('inspect.backward', { ...at, images, learningRate });
      const { gradient, classes } = await this.#lab.call('inspect.saliency', { ...at, images });
      const prediction = classes[0] ?? 0;
      const smooth = await this.#lab.call('inspect.saliency', {
        ...at,
        class: prediction,
        images: { pixels: noisyCopies(this.answer.images.data) },
      });
      this.maps = {
        prediction,
        gradient: gradient.data,
        smoothGrad: meanOf(smooth.gradient.data, copies),
        gradCam: await this.#gradCam(steps, { ...at, images }, prediction),
        occlusion: await this.#occlusion({ ...at, images }, prediction, this.answer.images.shape[3] ?? 1),
      };
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  async #occlusion(
    at: Moment & { run: number; images: { part: 'train' | 'test'; indices: number[] } },
    prediction: number,
    width: number,
  ): Promise<ImageMaps['occlusion']> {
    const patch = Math.max(1, Math.round(width / 6));
    const stride = Math.max(1, Math.round(width / 28));
    const found = await this.#lab.call('inspect.occlusion', { ...at, class: prediction, patch, stride });
    const data = found.probabilities.data.map((share) => found.probability - share);
    return { data, width: found.lefts.length, patch };
  }

  async #gradCam(
    steps: readonly TraceStep[],
    at: Moment & { run: number; images: { part: 'train' | 'test'; indices: number[] } },
    prediction: number,
  ): Promise<ImageMaps['gradCam']> {
    // A block that ends the convolutions is taken whole, as is usual for residual nets.
    const last = steps.findLast(
      ({ layer, depth }) => depth === 0 && (layer.type === 'conv2d' || layer.type === 'residual'),
    );
    if (last?.output.kind !== 'map') return null;
    const [trace, back] = await Promise.all([
      this.#lab.call('inspect.trace', at),
      this.#lab.call('inspect.backward', { ...at, labels: [prediction], of: 'logit', learningRate: 0 }),
    ]);
    const maps = trace.outputs.find(({ place }) => place === last.place)?.output.data;
    const gradient = back.outputs.find(({ place }) => place === last.place)?.gradient.data;
    if (!maps || !gradient) return null;
    return { data: gradCam(last.output, maps, gradient), width: last.output.width };
  }
}

/** Returns pixels with Gaussian noise (Box and Muller), the same for the same image size. */
function noisyCopies(pixels: Float32Array): Float32Array {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / (2 ** 32 + 1);
  };
  const gauss = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Float32Array.from(
    { length: copies * pixels.length },
    (_, i) => pixels[i % pixels.length]! + noise * gauss(),
  );
}

function meanOf(all: Float32Array, count: number): Float32Array {
  const length = all.length / count;
  const mean = new Float32Array(length);
  all.forEach((value, i) => (mean[i % length]! += value / count));
  return mean;
}

/** Returns the Euclidean norm. */
export const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
