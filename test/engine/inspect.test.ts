/** Looking into a net: against PyTorch's activations, against a layer whose gradient is known, and on real MNIST. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { record, vectors } from './support.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import { Inspector } from '../../src/main/engine/inspect/inspect.ts';
import type { InspectionOrder } from '../../src/main/engine/inspect/openNet.ts';
import { parseVectorCase } from '../../src/main/engine/verify/vectorCase.ts';
import type { NamedTensor } from '../../src/shared/runs/checkpoint.ts';
import type { Dataset } from '../../src/shared/datasets/dataset.ts';
import type { Answers, Question } from '../../src/shared/inspect/inspection.ts';
import { parseNetwork } from '../../src/shared/network/network.ts';
import { findPreset } from '../../src/shared/network/presets.ts';

let mnist: Dataset;
beforeAll(async () => {
  mnist = shortened(await openDataset('mnist'), 3200, 700);
});

let inspector: Inspector | undefined;
afterEach(() => {
  inspector?.close();
  inspector = undefined;
});

async function open(order: Partial<InspectionOrder> & Pick<InspectionOrder, 'network' | 'tensors'>) {
  inspector = await Inspector.open({ dataset: mnist, settings: { normalisation: 'course' }, ...order });
  const opened = inspector;
  return {
    load: (tensors: readonly NamedTensor[]) => opened.load(tensors),
    ask: async <K extends Question['kind']>(question: Extract<Question, { kind: K }>) =>
      (await opened.answer(question)) as Answers[K],
  };
}

const parameter = (name: string, shape: number[], data: ArrayLike<number>): NamedTensor => ({
  name: `parameter/${name}`,
  shape,
  data: Float32Array.from(data),
});

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const worst = Array.from(expected, (value, i) => Math.abs(value - (actual[i] ?? NaN)));
  expect(Math.max(...worst)).toBeLessThan(2e-5);
}

it("gives PyTorch's activations, layer by layer", async () => {
  const file = new URL('pytorch/course.json', vectors);
  const vector = parseVectorCase(JSON.parse(readFileSync(file, 'utf8')), 'course.json');
  const tensors = Object.entries(vector.initialParameters).map(([name, { shape, data }]) =>
    parameter(name, shape, data),
  );
  const { ask } = await open({ network: vector.network, tensors, settings: { normalisation: 'none' } });
  const { layers, logits, probabilities, images, labels } = await ask({
    kind: 'activations',
    images: { pixels: Float32Array.from(vector.input.data) },
  });
  expect(labels).toBeNull();
  expect(images.shape).toEqual(vector.input.shape);
  expect(layers.map(({ type }) => type)).toEqual(vector.network.layers.map(({ type }) => type));
  layers.forEach(({ output }, i) => {
    const expected = vector.evalActivations?.[i];
    expect(output.shape).toEqual(expected?.shape);
    expectClose(output.data, expected?.data ?? []);
  });
  expectClose(logits.data, vector.evalLogits.data);
  for (let image = 0; image < 4; image += 1) {
    const own = probabilities.data.slice(image * 10, (image + 1) * 10);
    expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  }
});

describe('of a linear net', () => {
  const network = parseNetwork({
    name: 'linear',
    input: { height: 28, width: 28, channels: 1 },
    layers: [{ type: 'flatten' }, { type: 'linear', units: 10 }],
  });
  const weight = Float32Array.from({ length: 7840 }, (_, i) => ((i * 37) % 101) / 101 - 0.5);
  const tensors = [parameter('1.weight', [10, 784], weight), parameter('1.bias', [10], new Float32Array(10))];
  const rows = (k: number) => weight.slice(k * 784, (k + 1) * 784);

  it("the image's gradient is the class's weights", async () => {
    const { ask } = await open({ network, tensors });
    const images = { part: 'test', indices: [3, 5] } as const;
    const seven = await ask({ kind: 'saliency', images: { ...images, indices: [3, 5] }, class: 7 });
    expect(seven.classes).toEqual([7, 7]);
    expect(seven.gradient.shape).toEqual([2, 1, 28, 28]);
    expectClose(seven.gradient.data, [...rows(7), ...rows(7)]);

    const own = await ask({ kind: 'saliency', images: { ...images, indices: [3, 5] }, class: null });
    expect(own.labels).toHaveLength(2);
    expectClose(own.gradient.data, [...rows(own.classes[0] ?? 0), ...rows(own.classes[1] ?? 0)]);
    const given = [own.logits.data.slice(0, 10), own.logits.data.slice(10)];
    given.forEach((logits, i) => expect(logits.indexOf(Math.max(...logits))).toBe(own.classes[i]));
  });

  it('an occlusion map has what covering the square by hand gives', async () => {
    const { ask } = await open({ network, tensors });
    const images = { part: 'train' as const, indices: [11] };
    const map = await ask({ kind: 'occlusion', images, class: 2, patch: 6, stride: 5, fill: 0.5 });
    expect(map.tops).toEqual([0, 5, 10, 15, 20, 22]);
    expect(map.lefts).toEqual(map.tops);
    expect(map.logits.shape).toEqual([6, 6]);
    const pixels = map.images.data.slice();
    for (let y = 22; y < 28; y += 1) pixels.fill(0.5, y * 28 + 15, y * 28 + 21);
    const { logits, probabilities } = await ask({ kind: 'activations', images: { pixels } });
    const place = 5 * 6 + 3;
    expectClose([map.logits.data[place] ?? NaN], [logits.data[2] ?? 0]);
    expectClose([map.probabilities.data[place] ?? NaN], [probabilities.data[2] ?? 0]);
    const plain = await ask({ kind: 'activations', images });
    expectClose([map.logit, map.probability], [plain.logits.data[2] ?? 0, plain.probabilities.data[2] ?? 0]);
  });

  it('says what cannot be asked', async () => {
    const { ask } = await open({ network, tensors });
    const images = { part: 'test' as const, indices: [0] };
    const occlusion = { kind: 'occlusion', images, class: null, patch: 5, stride: 1, fill: 0 } as const;
    const asked: [Question, string][] = [
      [{ kind: 'activations', images: { part: 'test', indices: [700] } }, 'inspect.index'],
      [{ kind: 'activations', images: { pixels: new Float32Array(785) } }, 'inspect.pixels'],
      [{ kind: 'activations', images: { pixels: new Float32Array(0) } }, 'inspect.pixels'],
      [{ kind: 'activations', images: { pixels: new Float32Array(784).fill(NaN) } }, 'inspect.pixels'],
      [{ kind: 'saliency', images, class: 10 }, 'inspect.class'],
      [{ ...occlusion, images: { part: 'test', indices: [0, 1] } }, 'inspect.one-image'],
      [{ ...occlusion, patch: 29 }, 'inspect.patch'],
    ];
    for (const [question, code] of asked) await expect(ask(question)).rejects.toMatchObject({ code });
    await expect(open({ network, tensors: tensors.slice(1) })).rejects.toMatchObject({
      code: 'checkpoint.other-network',
    });
  });
});

it('finds the test images that training found, and the surest errors among the others', async () => {
  const preset = findPreset('homework');
  if (!preset) throw new Error('no preset homework');
  const { network } = preset;
  const settings = { ...preset.settings, epochs: 1, normalisation: 'dataset' as const };
  const run = await record({ network, settings, dataset: mnist, shards: 2, from: null });
  const [checkpoint] = run.checkpoints;
  if (!checkpoint) throw new Error('an epoch gives a checkpoint');
  const { ask, load } = await open({ network, settings, tensors: checkpoint.tensors });

  const { labels, predictions, probabilities, correct } = await ask({ kind: 'predictions' });
  expect(correct).toBe(run.epochs[0]?.testCorrect);
  expect([labels.length, predictions.length, probabilities.shape]).toEqual([700, 700, [700, 10]]);

  const { total, errors, images } = await ask({ kind: 'confidentErrors', limit: 5 });
  expect(total).toBe(700 - correct);
  expect(images.shape).toEqual([5, 1, 28, 28]);
  const sure = predictions
    .map((prediction, i) => (prediction === labels[i] ? 0 : (probabilities.data[i * 10 + prediction] ?? 0)))
    .sort((a, b) => b - a);
  expect(errors.map(({ probability }) => probability)).toEqual(sure.slice(0, 5));
  for (const { index, label, prediction, labelProbability } of errors) {
    expect([label, prediction]).toEqual([labels[index], predictions[index]]);
    expect(labelProbability).toBe(probabilities.data[index * 10 + label]);
  }

  load(checkpoint.tensors.map((tensor) => ({ ...tensor, data: new Float32Array(tensor.data.length) })));
  const nothing = await ask({ kind: 'predictions' });
  expect(new Set(nothing.predictions)).toEqual(new Set([0]));
});
