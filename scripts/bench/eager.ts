/**
 * tfjs-node without its layers as a contestant: the two nets as functions of variables, trained by a loop of
 * `optimizer.minimize` over shuffled batches that reads every loss, as the course's script does, with the
 * library's default settings.
 */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node';
import { serve } from './serve.ts';
import { type NetOptions, type Part, accuracy, loadMnist, tf, versions } from './tfjs.ts';

type Net = (images: Tensor4D) => Tensor2D;

const batchSize = 64;

function parameter<T extends Tensor>(shape: readonly number[], fanIn: number): T {
  const bound = 1 / Math.sqrt(fanIn);
  return tf.variable(tf.randomUniform([...shape], -bound, bound)) as Tensor as T;
}

function conv(kernel: number, inputs: number, filters: number, padding: 'valid' | 'same' = 'valid') {
  const fanIn = kernel * kernel * inputs;
  const weight = parameter<Tensor4D>([kernel, kernel, inputs, filters], fanIn);
  const bias = parameter([filters], fanIn);
  return (x: Tensor4D) =>
    tf.relu(tf.maxPool(tf.conv2d(x, weight, 1, padding).add<Tensor4D>(bias), 2, 2, 'valid'));
}

function linear(inputs: number, outputs: number) {
  const weight = parameter<Tensor2D>([inputs, outputs], inputs);
  const bias = parameter([outputs], inputs);
  return (x: Tensor2D) => tf.matMul(x, weight).add<Tensor2D>(bias);
}

const nets: Record<NetOptions['network'], () => Net> = {
  course: () => {
    const [conv1, conv2, fc] = [conv(5, 1, 10), conv(5, 10, 20), linear(320, 10)];
    return (x) => fc(conv2(conv1(x)).reshape([-1, 320]));
  },
  homework: () => {
    const [conv1, conv2, conv3] = [conv(3, 1, 10), conv(3, 10, 20, 'same'), conv(3, 20, 30)];
    const [fc, fc1, fc2] = [linear(120, 60), linear(60, 30), linear(30, 10)];
    return (x) => fc2(fc1(fc(conv3(conv2(conv1(x))).reshape([-1, 120]))));
  },
};

/** Trains one pass over the first `count` images and returns their mean loss. */
function epoch(
  net: Net,
  { images, labels }: Part,
  count: number,
  optimizer: ReturnType<typeof tf.train.momentum>,
): number {
  const order = Int32Array.from(tf.util.createShuffledIndices(count));
  let runningLoss = 0;
  for (let start = 0; start < count; start += batchSize) {
    const loss = tf.tidy(() => {
      const batch = tf.tensor1d(order.subarray(start, start + batchSize), 'int32');
      const [inputs, target] = [tf.gather(images, batch), tf.gather(labels, batch)];
      const cost = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(target, net(inputs)), true);
      return cost?.dataSync()[0] ?? NaN;
    });
    runningLoss += loss;
  }
  return runningLoss / Math.ceil(count / batchSize);
}

await serve<NetOptions>(async ({ network, ...extent }) => {
  const { train, test } = await loadMnist(extent);
  epoch(nets[network](), train, 640, tf.train.momentum(0.01, 0.5));
  tf.disposeVariables();
  const net = nets[network]();
  const optimizer = tf.train.momentum(0.01, 0.5);
  return {
    ready: { versions },
    async epoch() {
      const began = performance.now();
      const loss = epoch(net, train, extent.trainImages, optimizer);
      const seconds = (performance.now() - began) / 1000;
      if (!Number.isFinite(loss)) throw new Error(`the loss became ${loss}`);
      return { seconds, accuracy: accuracy(test, net) };
    },
  };
});
