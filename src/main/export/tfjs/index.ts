/**
 * TensorFlow.js' layers model: `model.json` with the topology in Keras 2's notation, which its loader reads
 * (tfjs-layers/src/models.ts), and one file of weights as little-endian float32 in the order of the manifest.
 * No weight's name ends in a number, because the loader would then take all names for indices.
 */
import type { ExportOptions } from '../../../shared/export/formats.ts';
import type { TrainedModel } from '../../../shared/models/trainedModel.ts';
import { type Encoded, bytesOf, utf8 } from '../encoded.ts';
import { type Config, type ConfigValue, type KerasLayer, kerasLayers } from '../keras/layers.ts';
import { metadataOf } from '../pytorch/index.ts';

const weightsFile = 'model.weights.bin';

export function encodeTfjs(model: TrainedModel, options: ExportOptions): Encoded {
  return layersModel(model, kerasLayers(model, options), options);
}

/** Returns the files of a graph of Keras layers in topological order. */
export function layersModel(
  model: TrainedModel,
  keras: readonly KerasLayer[],
  options: ExportOptions,
): Encoded {
  const graph = keras.flatMap(inTfjsLayers);
  const weights = graph.flatMap(({ name, weights: own }) =>
    own.map(([key, value]) => ({ name: `${name}/${key}`, ...value })),
  );
  const manifest = {
    format: 'layers-model',
    generatedBy: 'Stride',
    convertedBy: null,
    modelTopology: topologyOf(model, graph),
    weightsManifest: [
      {
        paths: [weightsFile],
        weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
      },
    ],
    userDefinedMetadata: {
      ...metadataOf(model),
      input: options.normalisation === 'inside' ? 'pixels in [0, 1]' : 'normalised images',
      output: options.output,
    },
  };
  const size = weights.reduce((sum, { data }) => sum + data.byteLength, 0);
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const { data } of weights) {
    bytes.set(bytesOf(data), offset);
    offset += data.byteLength;
  }
  return {
    files: [
      { path: 'model.json', bytes: utf8(JSON.stringify(manifest)) },
      { path: weightsFile, bytes },
    ],
  };
}

function topologyOf(model: TrainedModel, graph: readonly KerasLayer[]): ConfigValue {
  const { height, width, channels } = model.network.input;
  const layers = graph.map((layer): ConfigValue => {
    const { name, className, inputs } = layer;
    const shape: Config =
      className === 'InputLayer' ? { batch_input_shape: [null, height, width, channels], sparse: false } : {};
    return {
      class_name: className,
      name,
      config: { name, dtype: 'float32', trainable: true, ...shape, ...inKeras2(layer) },
      inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input): ConfigValue => [input, 0, 0, {}])],
    };
  });
  const [input] = graph;
  return {
    keras_version: '2.13.1',
    backend: 'tensorflow',
    model_config: {
      class_name: 'Functional',
      config: {
        name: 'stride',
        layers,
        input_layers: [[input?.name ?? '', 0, 0]],
        output_layers: [[graph.at(-1)?.name ?? '', 0, 0]],
      },
    },
  };
}

/**
 * Rewrites ELU, because TensorFlow.js supports only alpha 1: elu(x, α) = α · elu(x, 1) + (1 − α) · relu(x),
 * since for x above 0 both terms are multiples of x that add up to x, and below it the second term is 0.
 */
function inTfjsLayers(layer: KerasLayer): KerasLayer[] {
  const { name, className, config, inputs } = layer;
  const alpha = config['alpha'] as number;
  if (className !== 'ELU' || alpha === 1) return [layer];
  const made = (suffix: string, type: string, own: Config, from: readonly string[]): KerasLayer => ({
    name: `${name}_${suffix}`,
    className: type,
    config: own,
    inputs: from,
    weights: [],
  });
  return [
    made('one', 'ELU', { alpha: 1 }, inputs),
    made('positive', 'Activation', { activation: 'relu' }, inputs),
    made('scaled', 'Rescaling', { scale: alpha, offset: 0 }, [`${name}_one`]),
    made('rest', 'Rescaling', { scale: 1 - alpha, offset: 0 }, [`${name}_positive`]),
    { ...layer, className: 'Add', config: {}, inputs: [`${name}_scaled`, `${name}_rest`] },
  ];
}

/**
 * Returns the configuration with Keras 2's names for fields that Keras 3 has renamed, and TensorFlow.js'
 * names of activations.
 */
function inKeras2({ className, config }: KerasLayer): Config {
  if (className === 'LeakyReLU') return { alpha: config['negative_slope'] as number };
  if (className === 'Activation' && config['activation'] === 'silu') return { activation: 'swish' };
  return config;
}
