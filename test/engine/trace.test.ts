/** Every step's values against PyTorch's, and every unit spelled out against the engine's own values, for every layer kind. */
import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { vectors } from './support.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import { Inspector } from '../../src/main/engine/inspect/inspect.ts';
import { type VectorCase, parseVectorCase } from '../../src/main/engine/verify/vectorCase.ts';
import type { Dataset } from '../../src/shared/datasets/dataset.ts';
import type { Answers } from '../../src/shared/inspect/inspection.ts';
import { elements } from '../../src/shared/layers/layer.ts';
import { crossEntropy, spellOutSoftmax } from '../../src/shared/inspect/softmax.ts';
import { spellOut, valueOf } from '../../src/shared/inspect/spellOut.ts';
import { inputPlace, traceSteps } from '../../src/shared/inspect/trace.ts';

let mnist: Dataset;
beforeAll(async () => {
  mnist = await openDataset('mnist');
});

const cases = ['pytorch', 'extra'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, vectors))
    .filter(
      (name) => name.endsWith('.json') && name !== 'random-streams.json' && !name.startsWith('optimizer-'),
    )
    .map((name) => ({ folder, name })),
);

function read(folder: string, name: string): VectorCase {
  return parseVectorCase(JSON.parse(readFileSync(new URL(`${folder}/${name}`, vectors), 'utf8')), name);
}

async function trace(vector: VectorCase): Promise<Answers['trace']> {
  const { input, layers } = vector.network;
  const classes = Array.from({ length: vector.evalLogits.shape[1] ?? 0 }, (_, i) => String(i));
  const inspector = await Inspector.open({
    network: vector.network,
    settings: { normalisation: 'none' },
    dataset: { ...mnist, summary: { ...mnist.summary, ...input, classes } },
    tensors: Object.entries(vector.initialParameters).map(([name, { shape, data }]) => ({
      name: `parameter/${name}`,
      shape,
      data: Float32Array.from(data),
    })),
  });
  expect(layers.length).toBeGreaterThan(0);
  try {
    const images = { pixels: Float32Array.from(vector.input.data) };
    return (await inspector.answer({ kind: 'trace', images })) as Answers['trace'];
  } finally {
    inspector.close();
  }
}

describe.each(cases)('$name', ({ folder, name }) => {
  it("gives PyTorch's activations, and each unit is what it is spelled out as", async () => {
    const vector = read(folder, name);
    const answer = await trace(vector);
    const steps = traceSteps(vector.network);
    expect(answer.outputs.map(({ place }) => place)).toEqual(steps.map(({ place }) => place));

    const outputs = new Map(answer.outputs.map(({ place, output }) => [place, output]));
    vector.evalActivations?.forEach((expected, index) => {
      const output = outputs.get(String(index));
      expect(output?.shape).toEqual(expected.shape);
      const worst = expected.data.map((value, i) => Math.abs(value - (output?.data[i] ?? NaN)));
      expect(Math.max(...worst), `layer ${index}`).toBeLessThan(1e-4);
    });

    const images = answer.images.shape[0] ?? 0;
    const image = images - 1;
    const ofImage = (data: Float32Array) => data.subarray((image * data.length) / images);
    const traced = {
      values: (place: string) =>
        ofImage(place === inputPlace ? answer.input.data : (outputs.get(place)?.data ?? new Float32Array())),
      parameter: (of: string) => {
        const found = vector.initialParameters[of];
        return found ? Float32Array.from(found.data) : null;
      },
    };
    for (const step of steps) {
      const own = traced.values(step.place);
      expect(own.length).toBe(elements(step.output));
      const before = steps.find(({ place }) => place === step.from);
      // The engine's own rounding is measured by the layer's largest value; each unit of a small layer, a sample of a large one.
      const scale = own.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
      for (let unit = 0; unit < own.length; unit += 1 + Math.floor(own.length / 50)) {
        const value = valueOf(spellOut(step, unit, traced, before));
        expect(Math.abs(value - (own[unit] ?? NaN)), `${step.place}, unit ${unit}`).toBeLessThanOrEqual(
          1e-5 * scale,
        );
      }
    }
    const logits = ofImage(answer.logits.data);
    const { rows } = spellOutSoftmax(logits);
    const shares = ofImage(answer.probabilities.data);
    rows.forEach(({ probability }, i) => expect(probability).toBeCloseTo(shares[i] ?? NaN, 6));
    expect(crossEntropy(logits, 0)).toBeCloseTo(-Math.log(rows[0]?.probability ?? NaN), 6);
  });
});
