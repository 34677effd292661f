/**
 * Inspects one net with one set of parameters: activations, gradients of the image, occlusion and
 * predictions. The graph trains nothing and holds no data set; images are read from the data set's files when
 * they are asked for.
 */
import { activationKey } from '../compile/net.ts';
import { type NamedTensor, parameterName } from '../../../shared/runs/checkpoint.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import {
  type Answers,
  type Images,
  type Question,
  type TensorValues,
  mostImages,
} from '../../../shared/inspect/inspection.ts';
import { type TraceStep, traceSteps } from '../../../shared/inspect/trace.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { LayerSummary } from '../../../shared/network/shapes.ts';
import { type Pixels, imagesFrom, readImages, readLabels, readRange } from '../data/images.ts';
import type { CompiledInspection } from '../compile/inspectionGraph.ts';
import { coverings, covered } from './occlusion.ts';
import { crossEntropyOf, largestOf, oneHot, softmaxRows } from './probabilities.ts';
import { type InspectionOrder, type OpenNet, netInput, openNet } from './openNet.ts';
import type { Session } from '../native/session.ts';
import { writeState } from '../compile/state.ts';

type Answer<K extends Question['kind']> = Promise<Answers[K]>;
type Asked<K extends Question['kind']> = Extract<Question, { kind: K }>;

/** Number of images per session call, if there are many. */
const batchSize = 500;

interface Seen {
  readonly pixels: Pixels;
  readonly labels: number[] | null;
}

export class Inspector {
  readonly #dataset: Dataset;
  readonly #compiled: CompiledInspection;
  readonly #session: Session;
  readonly #net: OpenNet;
  readonly #steps: readonly TraceStep[];
  #tensors: readonly NamedTensor[];
  #predicted: Answers['predictions'] | undefined;

  private constructor({ dataset, network, tensors }: InspectionOrder, net: OpenNet) {
    this.#dataset = dataset;
    this.#steps = traceSteps(network);
    this.#compiled = net.compiled;
    this.#session = net.session;
    this.#net = net;
    this.#tensors = tensors;
  }

  /** Throws a `Problem` if the tensors are not this net's. */
  static async open(order: InspectionOrder): Promise<Inspector> {
    return new Inspector(order, await openNet(order));
  }

  /** Replaces the parameters by others of the same net. */
  load(tensors: readonly NamedTensor[]): void {
    writeState(this.#session, this.#compiled, tensors);
    this.#tensors = tensors;
    this.#predicted = undefined;
  }

  close(): void {
    this.#session.close();
  }

  async answer(question: Question): Promise<Answers[Question['kind']]> {
    switch (question.kind) {
      case 'trace':
        return this.#trace(question);
      case 'classify':
        return this.#classify(question);
      case 'backward':
        return this.#backward(question);
      case 'activations':
        return this.#activations(question);
      case 'saliency':
        return this.#saliency(question);
      case 'occlusion':
        return this.#occlusion(question);
      case 'predictions':
        return this.#predictions();
      case 'confidentErrors':
        return this.#confidentErrors(question);
    }
  }

  async #trace({ images }: Asked<'trace'>): Answer<'trace'> {
    const seen = await this.#see(images);
    const input = this.#input(seen.pixels);
    const { logits, ...values } = this.#session.run('trace', { images: input });
    const outputs = this.#steps.map(({ place }) => ({
      place,
      output: values[activationKey(place)] as TensorValues,
    }));
    return {
      ...describe(seen),
      ...scores(logits as TensorValues),
      input: { shape: [...input.shape], data: input.data },
      outputs,
    };
  }

  async #classify({ images }: Asked<'classify'>): Answer<'classify'> {
    const seen = await this.#see(images);
    return { labels: seen.labels, ...scores(this.#logits(seen.pixels)) };
  }

  async #backward({ images, labels: given, of, learningRate }: Asked<'backward'>): Answer<'backward'> {
    const seen = await this.#see(images);
    const labels = given ?? seen.labels;
    const count = seen.pixels.shape[0];
    if (labels?.length !== count || labels.some((label) => label >= this.#classCount)) {
      throw new Problem(
        'inspect.labels',
        `a loss needs a class from 0 to ${this.#classCount - 1} for each of the ${count} images`,
        { last: this.#classCount - 1, images: count },
      );
    }
    const logits = this.#logits(seen.pixels);
    const { loss, gradient: ofLoss } = crossEntropyOf(logits, labels);
    const weights = of === 'loss' ? ofLoss : oneHot(labels, this.#classCount);
    const values = this.#session.run('backward', {
      images: this.#input(seen.pixels),
      weights: { data: weights, shape: logits.shape },
    });
    const parameters = this.#compiled.state.flatMap(({ name: key }) => {
      const gradient = values[key] as TensorValues | undefined;
      return gradient ? [{ key, gradient }] : [];
    });
    return {
      ...describe(seen),
      ...scores(logits),
      loss,
      lossAfter: of === 'loss' ? this.#lossAfter(parameters, learningRate, seen.pixels, labels) : null,
      gradient: values['gradient'] as TensorValues,
      outputs: this.#compiled.summary.layers.map(({ index }) => ({
        place: String(index),
        gradient: values[activationKey(index)] as TensorValues,
      })),
      parameters: parameters.map(({ key, gradient }) => ({ name: parameterName(key), gradient })),
    };
  }

  /** Returns the loss with changed parameters, and restores the parameters before it returns. */
  #lossAfter(
    gradients: readonly { readonly key: string; readonly gradient: TensorValues }[],
    learningRate: number,
    pixels: Pixels,
    labels: readonly number[],
  ): number {
    const before = this.#tensors;
    const byKey = new Map(gradients.map(({ key, gradient }) => [key, gradient.data]));
    const stepped = before.map((tensor) => {
      const gradient = byKey.get(tensor.name);
      if (!gradient) return tensor;
      const data = tensor.data.map((value, i) => value - learningRate * (gradient[i] as number));
      return { ...tensor, data };
    });
    try {
      writeState(this.#session, this.#compiled, stepped);
      return crossEntropyOf(this.#logits(pixels), labels).loss;
    } finally {
      writeState(this.#session, this.#compiled, before);
    }
  }

  async #activations({ images }: Asked<'activations'>): Answer<'activations'> {
    const seen = await this.#see(images);
    const { logits, ...outputs } = this.#session.run('predict', { images: this.#input(seen.pixels) });
    const layers = this.#compiled.summary.layers.map(({ index, position, layer }: LayerSummary) => ({
      index,
      position,
      type: layer.type,
      output: outputs[activationKey(index)] as TensorValues,
    }));
    return { ...describe(seen), ...scores(logits as TensorValues), layers };
  }

  async #saliency({ images, class: wanted }: Asked<'saliency'>): Answer<'saliency'> {
    const seen = await this.#see(images);
    const input = this.#input(seen.pixels);
    const logits = this.#logits(seen.pixels);
    const classes = this.#classes(logits, wanted);
    const weights = new Float32Array(logits.data.length);
    classes.forEach((chosen, image) => (weights[image * this.#classCount + chosen] = 1));
    const { gradient } = this.#session.run('saliency', {
      images: input,
      weights: { data: weights, shape: logits.shape },
    });
    return { ...describe(seen), ...scores(logits), classes, gradient: gradient as TensorValues };
  }

  async #occlusion(question: Asked<'occlusion'>): Answer<'occlusion'> {
    const { images, class: wanted, patch, fill } = question;
    const seen = await this.#see(images);
    const { tops, lefts } = coverings(seen.pixels, question);
    const whole = this.#logits(seen.pixels);
    const [chosen] = this.#classes(whole, wanted) as [number];
    const logits = new Float32Array(tops.length * lefts.length);
    const probabilities = new Float32Array(logits.length);
    const places = tops.flatMap((top) => lefts.map((left) => ({ top, left })));
    for (let from = 0; from < places.length; from += batchSize) {
      const batch = this.#logits(covered(seen.pixels, places.slice(from, from + batchSize), patch, fill));
      const shares = softmaxRows(batch);
      for (let i = 0; i * this.#classCount < batch.data.length; i += 1) {
        logits[from + i] = batch.data[i * this.#classCount + chosen] as number;
        probabilities[from + i] = shares[i * this.#classCount + chosen] as number;
      }
    }
    const shape = [tops.length, lefts.length];
    return {
      ...describe(seen),
      class: chosen,
      patch,
      tops,
      lefts,
      logit: whole.data[chosen] as number,
      probability: softmaxRows(whole)[chosen] as number,
      logits: { shape, data: logits },
      probabilities: { shape, data: probabilities },
    };
  }

  async #predictions(): Answer<'predictions'> {
    if (this.#predicted) return this.#predicted;
    const { files, summary } = this.#dataset;
    const { images, labels: labelFile } = files.test;
    const labels = [...(await readLabels(labelFile))];
    const probabilities = new Float32Array(images.count * this.#classCount);
    const predictions: number[] = [];
    for (let from = 0; from < images.count; from += batchSize) {
      const count = Math.min(batchSize, images.count - from);
      const logits = this.#logits(await readRange(images, summary, from, count));
      probabilities.set(softmaxRows(logits), from * this.#classCount);
      predictions.push(...largestOf(logits));
    }
    const correct = predictions.filter((prediction, i) => prediction === labels[i]).length;
    const shape = [images.count, this.#classCount];
    this.#predicted = { labels, predictions, probabilities: { shape, data: probabilities }, correct };
    return this.#predicted;
  }

  async #confidentErrors({ limit }: Asked<'confidentErrors'>): Answer<'confidentErrors'> {
    const { labels, predictions, probabilities } = await this.#predictions();
    const share = (index: number, of: number) => probabilities.data[index * this.#classCount + of] as number;
    const all = predictions.flatMap((prediction, index) => {
      const label = labels[index] as number;
      if (prediction === label) return [];
      return [
        {
          index,
          label,
          prediction,
          probability: share(index, prediction),
          labelProbability: share(index, label),
        },
      ];
    });
    // Among equal probabilities the first image of the test set comes first.
    const errors = all.sort((a, b) => b.probability - a.probability || a.index - b.index).slice(0, limit);
    const { files, summary } = this.#dataset;
    const images = await readImages(
      files.test.images,
      summary,
      errors.map(({ index }) => index),
    );
    return { total: all.length, errors, images: tensorOf(images) };
  }

  get #classCount(): number {
    return this.#dataset.summary.classes.length;
  }

  async #see(images: Images): Promise<Seen> {
    const { files, summary } = this.#dataset;
    if ('pixels' in images) return { pixels: imagesFrom(images.pixels, summary, mostImages), labels: null };
    const { part, indices } = images;
    const pixels = await readImages(files[part].images, summary, indices);
    const labels = await readLabels(files[part].labels);
    return { pixels, labels: indices.map((index) => labels[index] as number) };
  }

  #input(pixels: Pixels) {
    return netInput(this.#net, pixels);
  }

  #logits(pixels: Pixels): TensorValues {
    return this.#session.run('logits', { images: this.#input(pixels) })['logits'] as TensorValues;
  }

  /** Returns the class that is asked for, or the predicted class of each image. */
  #classes(logits: TensorValues, wanted: number | null): number[] {
    if (wanted === null) return largestOf(logits);
    if (wanted >= this.#classCount) {
      throw new Problem(
        'inspect.class',
        `there is no class ${wanted}: the last of these ${this.#classCount} is class ${this.#classCount - 1}`,
        { class: wanted, classes: this.#classCount },
      );
    }
    return largestOf(logits).map(() => wanted);
  }
}

const tensorOf = ({ shape, data }: Pixels): TensorValues => ({ shape: [...shape], data });

const describe = ({ pixels, labels }: Seen) => ({ images: tensorOf(pixels), labels });

const scores = (logits: TensorValues) => ({
  logits,
  probabilities: { shape: logits.shape, data: softmaxRows(logits) },
});
