/** Gradients throughout a net, Grad-CAM and SmoothGrad against PyTorch's (scripts/inspect_vectors.py), and one step's effect. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { vectors } from './support.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import { Inspector } from '../../src/main/engine/inspect/inspect.ts';
import { parseVectorCase } from '../../src/main/engine/verify/vectorCase.ts';
import type { Dataset } from '../../src/shared/datasets/dataset.ts';
import { gradCam } from '../../src/shared/inspect/gradCam.ts';
import type { Answers, Question } from '../../src/shared/inspect/inspection.ts';

interface Values {
  readonly shape: number[];
  readonly data: number[];
}
interface Expected {
  readonly case: string;
  readonly loss: number;
  readonly image: Values;
  readonly outputs: Readonly<Record<string, Values>>;
  readonly parameters: Readonly<Record<string, Values>>;
  readonly gradCam: (Values & { readonly layer: number }) | null;
  readonly noisy: Values;
  readonly smoothGrad: Values;
}

const { cases } = JSON.parse(readFileSync(new URL('inspect.json', vectors), 'utf8')) as { cases: Expected[] };

let mnist: Dataset;
beforeAll(async () => {
  mnist = await openDataset('mnist');
});

function read(name: string) {
  return parseVectorCase(JSON.parse(readFileSync(new URL(`${name}.json`, vectors), 'utf8')), name);
}

async function open(name: string): Promise<Inspector> {
  const vector = read(name);
  const classes = Array.from({ length: vector.evalLogits.shape[1] ?? 0 }, (_, i) => String(i));
  return Inspector.open({
    network: vector.network,
    settings: { normalisation: 'none' },
    dataset: { ...mnist, summary: { ...mnist.summary, ...vector.network.input, classes } },
    tensors: Object.entries(vector.initialParameters).map(([key, { shape, data }]) => ({
      name: `parameter/${key}`,
      shape,
      data: Float32Array.from(data),
    })),
  });
}

function expectClose(actual: ArrayLike<number> | undefined, { data }: Values, what: string): void {
  expect(actual?.length, what).toBe(data.length);
  const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual?.[i] ?? NaN))), 0);
  expect(worst, what).toBeLessThan(2e-5);
}

describe.each(cases)('$case', (expected) => {
  it("gives autograd's gradients, and one step's effect", async () => {
    const vector = read(expected.case);
    const inspector = await open(expected.case);
    const ask = async <K extends Question['kind']>(question: Extract<Question, { kind: K }>) =>
      (await inspector.answer(question)) as Answers[K];
    const pixels = Float32Array.from(vector.input.data);
    const { labels } = vector;
    const [label = 0] = labels;
    try {
      const backward = { kind: 'backward', images: { pixels }, labels, learningRate: 0.01 } as const;
      const answer = await ask({ ...backward, of: 'loss' });
      expect(Math.abs(answer.loss - expected.loss)).toBeLessThan(2e-5);
      expectClose(answer.gradient.data, expected.image, 'image');
      for (const { place, gradient } of answer.outputs)
        expectClose(gradient.data, expected.outputs[place]!, `output of ${place}`);
      expect(answer.outputs).toHaveLength(Object.keys(expected.outputs).length);
      expect(answer.parameters.map(({ name }) => name).sort()).toEqual(
        Object.keys(expected.parameters).sort(),
      );
      for (const { name, gradient } of answer.parameters)
        expectClose(gradient.data, expected.parameters[name]!, name);

      // To first order the loss falls by the learning rate times the gradient's squared length.
      const squares = answer.parameters
        .flatMap(({ gradient }) => [...gradient.data])
        .reduce((sum, value) => sum + value * value, 0);
      const fallen = answer.loss - (answer.lossAfter ?? NaN);
      expect(fallen / (0.01 * squares)).toBeGreaterThan(0.7);
      expect(fallen / (0.01 * squares)).toBeLessThan(1.3);
      // And the parameters are what they were.
      expect((await ask({ ...backward, of: 'loss' })).loss).toBe(answer.loss);

      if (expected.gradCam) {
        const { layer } = expected.gradCam;
        const one = { pixels: pixels.slice(0, pixels.length / labels.length) };
        const own = await ask({
          kind: 'backward',
          images: one,
          labels: [label],
          of: 'logit',
          learningRate: 0,
        });
        expect(own.lossAfter).toBeNull();
        const { outputs } = await ask({ kind: 'trace', images: one });
        const place = String(layer);
        const maps = outputs.find((each) => each.place === place)!.output;
        const gradient = own.outputs.find((each) => each.place === place)!.gradient;
        const [, channels = 0, height = 0, width = 0] = maps.shape;
        const map = gradCam({ kind: 'map', channels, height, width }, maps.data, gradient.data);
        expectClose(map, expected.gradCam, 'Grad-CAM');
      }

      const noisy = await ask({
        kind: 'saliency',
        images: { pixels: Float32Array.from(expected.noisy.data) },
        class: label,
      });
      const [count = 1] = expected.noisy.shape;
      const each = noisy.gradient.data.length / count;
      const mean = Array.from({ length: each }, (_, i) =>
        Array.from({ length: count }, (_image, image) => noisy.gradient.data[image * each + i]!).reduce(
          (sum, value) => sum + value / count,
          0,
        ),
      );
      expectClose(mean, expected.smoothGrad, 'SmoothGrad');
    } finally {
      inspector.close();
    }
  });
});
