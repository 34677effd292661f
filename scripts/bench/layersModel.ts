/**
 * tfjs-node as in its documentation, as a contestant: the two nets in `tf.layers`, trained by
 * `LayersModel.fit` on tensors that hold the whole training set, with the library's default settings.
 */
import type { LayersModel, Tensor } from '@tensorflow/tfjs-node';
import { serve } from './serve.ts';
import { type NetOptions, accuracy, loadMnist, tf, versions } from './tfjs.ts';

const { layers } = tf;
const pooled = () => [
  layers.maxPooling2d({ poolSize: 2, strides: 2 }),
  layers.activation({ activation: 'relu' }),
];
const inputShape = [28, 28, 1];

const nets = {
  course: () => [
    layers.conv2d({ inputShape, filters: 10, kernelSize: 5 }),
    ...pooled(),
    layers.conv2d({ filters: 20, kernelSize: 5 }),
    ...pooled(),
    layers.flatten(),
    layers.dense({ units: 10 }),
  ],
  homework: () => [
    layers.conv2d({ inputShape, filters: 10, kernelSize: 3 }),
    ...pooled(),
    layers.conv2d({ filters: 20, kernelSize: 3, padding: 'same' }),
    ...pooled(),
    layers.conv2d({ filters: 30, kernelSize: 3 }),
    ...pooled(),
    layers.flatten(),
    layers.dense({ units: 60 }),
    layers.dense({ units: 30 }),
    layers.dense({ units: 10 }),
  ],
};

function compiled(network: NetOptions['network']): LayersModel {
  const model = tf.sequential({ layers: nets[network]() });
  // The loss is computed on logits, as in the course.
  model.compile({ optimizer: tf.train.momentum(0.01, 0.5), loss: tf.losses.softmaxCrossEntropy });
  return model;
}

await serve<NetOptions>(async ({ network, ...extent }) => {
  const { train, test } = await loadMnist(extent);
  const settings = { epochs: 1, batchSize: 64, shuffle: true, verbose: 0 } as const;
  const [images, labels] = [train.images.slice(0, 640), train.labels.slice(0, 640)];
  await compiled(network).fit(images, labels, settings);
  const model = compiled(network);
  return {
    ready: { versions },
    async epoch() {
      const began = performance.now();
      await model.fit(train.images, train.labels, settings);
      const seconds = (performance.now() - began) / 1000;
      return { seconds, accuracy: accuracy(test, (batch) => model.predictOnBatch(batch) as Tensor) };
    },
  };
});
