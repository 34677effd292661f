/** Checks layers models with TensorFlow.js in pure JavaScript, without a native library. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TensorValues as Images } from '../../../../shared/inspect/inspection.ts';
import { decodeKeras } from '../../../export/keras/read.ts';
import { layersModel } from '../../../export/tfjs/index.ts';
import { type Check, channelsLast, imagesFor } from './check.ts';

interface Manifest {
  readonly modelTopology: object;
  readonly weightsManifest: readonly [{ readonly weights: readonly object[] }];
}

/** Returns the model's outputs for images with channels last. */
async function predicted(
  manifest: Manifest,
  weights: Uint8Array,
  images: Images,
): Promise<{ version: string; outputs: Float32Array }> {
  const tf = await import('@tensorflow/tfjs');
  const artifacts = {
    modelTopology: manifest.modelTopology,
    weightSpecs: manifest.weightsManifest[0].weights,
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
  };
  // This suppresses the advice to install the native library, which is another runtime.
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const model = await tf.loadLayersModel({ load: () => Promise.resolve(artifacts as never) });
  try {
    const outputs = tf.tidy(() => {
      const given = tf.tensor(images.data, images.shape);
      return (model.predict(given) as ReturnType<typeof tf.tensor>).dataSync() as Float32Array;
    });
    return { version: tf.version['tfjs'], outputs };
  } finally {
    model.dispose();
  }
}

export const checkTfjs: Check = async (input) => {
  const manifest = JSON.parse(await readFile(join(input.folder, 'model.json'), 'utf8')) as Manifest;
  const weights = await readFile(join(input.folder, 'model.weights.bin'));
  const { version, outputs } = await predicted(manifest, weights, channelsLast(imagesFor(input)));
  return { runtime: `TensorFlow.js ${version}`, outputs: [outputs] };
};

/**
 * Checks a Keras file without Python's Keras: its layers and weights are read back and run in TensorFlow.js.
 */
export const checkKeras: Check = async (input) => {
  const path = join(input.folder, 'model.keras');
  const graph = await decodeKeras(await readFile(path), path);
  const [manifest, weights] = layersModel(input.source.model, graph, input.options).files;
  if (!manifest || !weights) throw new Error('a layers model is two files');
  const { version, outputs } = await predicted(
    JSON.parse(new TextDecoder().decode(manifest.bytes)) as Manifest,
    weights.bytes,
    channelsLast(imagesFor(input)),
  );
  return { runtime: `TensorFlow.js ${version}, from the file's layers and weights`, outputs: [outputs] };
};
