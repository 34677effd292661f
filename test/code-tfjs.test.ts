/**
 * The code view's TensorFlow.js, run: its models have the shapes and parameters that `summarize` says, for all layer kinds,
 * and with PyTorch's weights copied over they give PyTorch's logits.
 */
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as TfjsNode from '@tensorflow/tfjs-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tf } from '../scripts/bench/tfjs.ts';
import { type VectorCase, isVectorCase, parseVectorCase } from '../src/main/engine/verify/vectorCase.ts';
import { toTensorFlowJs } from '../src/shared/code/tfjs.ts';
import type { ParameterSpec, Shape } from '../src/shared/layers/layer.ts';
import type { Network } from '../src/shared/network/network.ts';
import { presets } from '../src/shared/network/presets.ts';
import { summarize } from '../src/shared/network/shapes.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../src/shared/training/training.ts';
import { removeFolder, temporaryFolder } from './support/lab.ts';
import { randomNetworks } from './support/randomNetworks.ts';

const home = temporaryFolder();
afterAll(() => {
  removeFolder(home);
});

/** What the code imports is this process's TensorFlow.js. */
beforeAll(() => {
  const packages = join(home, 'node_modules', '@tensorflow', 'tfjs');
  mkdirSync(packages, { recursive: true });
  (globalThis as unknown as { tensorflow: typeof tf }).tensorflow = tf;
  const names = Object.keys(tf).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default');
  writeFileSync(
    join(packages, 'index.mjs'),
    `export const { ${names.join(', ')} } = globalThis.tensorflow;\n`.replace(
      /\b(enum|class|delete|in)\b,? ?/g,
      '',
    ),
  );
  writeFileSync(join(packages, 'package.json'), '{ "name": "@tensorflow/tfjs", "exports": "./index.mjs" }');
  symlinkSync(fileURLToPath(new URL('../package.json', import.meta.url)), join(home, 'package.json'));
});

interface Code {
  createModel(): TfjsNode.LayersModel;
  train(
    model: TfjsNode.LayersModel,
    data: Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', TfjsNode.Tensor>,
  ): Promise<TfjsNode.History>;
}

let files = 0;
async function load(network: Network, settings?: TrainingSettings): Promise<Code> {
  const file = join(home, `net-${(files += 1)}.mjs`);
  writeFileSync(file, toTensorFlowJs(network, { settings }));
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Code;
}

const vectors: VectorCase[] = ['pytorch', 'extra'].flatMap((folder) => {
  const url = new URL(`vectors/${folder}/`, import.meta.url);
  return readdirSync(url)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const value: unknown = JSON.parse(readFileSync(new URL(file, url), 'utf8'));
      return isVectorCase(value) ? [parseVectorCase(value, file)] : [];
    });
});

const batched = (shape: Shape) =>
  shape.kind === 'map' ? [null, shape.height, shape.width, shape.channels] : [null, shape.features];

test('shapes and parameters are those of the net', async () => {
  const networks = [...vectors.map(({ network }) => network), ...randomNetworks(80)];
  const seen = new Set<string>();
  for (const network of networks) {
    const { createModel } = await load(network);
    const model = createModel();
    const { layers, output } = summarize(network);
    // Keras counts running statistics as parameters too.
    const all = layers.flatMap(({ parameters }) => parameters);
    const count = all.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(model.outputs[0]?.shape, network.name).toEqual(batched(output));
    expect(model.countParams(), network.name).toBe(count);
    for (const { layer } of layers) seen.add(layer.type);
    model.dispose();
  }
  expect(seen.size).toBe(10);
});

/** A parameter in TensorFlow.js' layout; a dense layer's rows after a flattened map are in another order. */
function converted(spec: ParameterSpec, data: readonly number[], flattened: Shape | null): TfjsNode.Tensor {
  const given = tf.tensor([...data], [...spec.shape], 'float32');
  if (spec.shape.length === 4) return tf.transpose(given, [2, 3, 1, 0]);
  if (spec.shape.length !== 2) return given;
  if (flattened?.kind !== 'map') return tf.transpose(given, [1, 0]);
  const { channels, height, width } = flattened;
  const [units = 0] = spec.shape;
  return tf.reshape(tf.transpose(tf.reshape(given, [units, channels, height, width]), [2, 3, 1, 0]), [
    -1,
    units,
  ]);
}

/** Weights in the order of the model's layers, which is the net's: a layer's own, then the next one's. */
function weightsOf({ network, initialParameters }: VectorCase): TfjsNode.Tensor[] {
  let flattened: Shape | null = null;
  const weights: TfjsNode.Tensor[] = [];
  for (const { layer, index, input, parameters } of summarize(network).layers) {
    if (layer.type === 'flatten' && input.kind === 'map') flattened = input;
    for (const spec of parameters) {
      const array = initialParameters[`${index}.${spec.name}`];
      if (!array) throw new Error(`${network.name}: ${index}.${spec.name}`);
      weights.push(converted(spec, array.data, layer.type === 'linear' ? flattened : null));
    }
    if (layer.type === 'linear') flattened = null;
  }
  return weights;
}

const residual = ({ network }: VectorCase) => network.layers.some(({ type }) => type === 'residual');

test.each(vectors.filter((vector) => !residual(vector)).map((vector) => ({ name: vector.name, vector })))(
  "$name: PyTorch's logits, with its weights",
  async ({ vector }) => {
    const { createModel } = await load(vector.network);
    const model = createModel();
    const named = weightsOf(vector);
    // Trainable ones first in a layer, running statistics after them, as PyTorch has them too.
    model.layers
      .filter((layer) => layer.weights.length > 0)
      .forEach((layer) => layer.setWeights(named.splice(0, layer.weights.length)));
    expect(named).toEqual([]);
    const images = tf.transpose(
      tf.tensor(vector.input.data, vector.input.shape as [number, number, number, number]),
      [0, 2, 3, 1],
    );
    const logits = await (model.predict(images) as TfjsNode.Tensor).data();
    const ends = vector.network.layers.filter(({ disabled }) => !disabled).at(-1)?.type;
    if (ends === 'flatten' || vector.name === 'ends-in-activation') {
      // The logits themselves are in another order.
      const sorted = (values: ArrayLike<number>) => Array.from(values).sort((a, b) => a - b);
      closeTo(sorted(logits), sorted(vector.evalLogits.data));
    } else closeTo(Array.from(logits), vector.evalLogits.data);
    model.dispose();
  },
);

function closeTo(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const difference = Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] as number))));
  expect(difference / scale).toBeLessThan(2e-5);
}

test('training code runs, and learns', async () => {
  const [course] = presets;
  const images = tf.randomUniform([96, 28, 28, 1]);
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: 96 }, (_, i) => i % 10),
      'int32',
    ),
    10,
  );
  const data = { trainImages: images, trainLabels: labels, testImages: images, testLabels: labels };
  const all = [
    {},
    { optimizer: { type: 'adamW' }, schedule: { type: 'oneCycle', warmUpSteps: 2 }, labelSmoothing: 0.1 },
    {
      optimizer: { type: 'rmsProp' },
      schedule: { type: 'cosine' },
      initialisation: { type: 'kaimingNormal' },
    },
    {
      optimizer: { type: 'adagrad' },
      schedule: { type: 'step' },
      earlyStopping: { metric: 'testAccuracy', patience: 3 },
    },
    { optimizer: { type: 'sgd', momentum: 0.9, nesterov: true }, schedule: { type: 'exponential' } },
  ].map((each) => trainingSettingsSchema.parse({ ...each, epochs: 3, batchSize: 32 }));
  for (const settings of all) {
    const { createModel, train } = await load((course as (typeof presets)[number]).network, settings);
    const { history } = await train(createModel(), data);
    const losses = history['loss'] as number[];
    expect(losses).toHaveLength(3);
    expect(losses.every(Number.isFinite), JSON.stringify(settings)).toBe(true);
  }
});
