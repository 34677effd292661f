/**
 * The Keras 3 format: a zip of `metadata.json`, `config.json` and `model.weights.h5`
 * (keras/src/saving/saving_lib.py). The configuration is that of a functional model; a variable's path in the
 * weights consists of its layer's class and the layer's index among those of that class.
 */
import { zipSync } from 'fflate';
import type { ExportOptions } from '../../../shared/export/formats.ts';
import type { TrainedModel } from '../../../shared/models/trainedModel.ts';
import { type Encoded, utf8 } from '../encoded.ts';
import { type Array32, encodeHdf5 } from './hdf5.ts';
import { type Config, type ConfigValue, type KerasLayer, kerasLayers } from './layers.ts';
import { inKerasOrder } from './order.ts';
import { shapesOf } from './shapes.ts';

/** Version of the format that is written; every later Keras 3 reads it. */
const kerasVersion = '3.0.0';

export async function encodeKeras(model: TrainedModel, options: ExportOptions): Promise<Encoded> {
  const graph = inKerasOrder(kerasLayers(model, options));
  const { arrays, groups } = weightsOf(graph);
  const metadata = { keras_version: kerasVersion, date_saved: '1980-01-01@00:00:00' };
  const members = {
    'metadata.json': utf8(JSON.stringify(metadata)),
    'config.json': utf8(JSON.stringify(configOf(model, graph))),
    'model.weights.h5': await encodeHdf5(arrays, groups),
  };
  return {
    files: [{ path: 'model.keras', bytes: zipSync(members, { level: 0, mtime: new Date(1980, 0, 1) }) }],
  };
}

function configOf(model: TrainedModel, graph: readonly KerasLayer[]): ConfigValue {
  const { height, width, channels } = model.network.input;
  const shapes = shapesOf(graph, [height, width, channels]);
  const reference = ({ name }: { name: string }): ConfigValue => [name, 0, 0];
  const tensor = (name: string): ConfigValue => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, ...(shapes.get(name) ?? [])], dtype: 'float32', keras_history: [name, 0, 0] },
  });
  const node = ({ className, inputs }: KerasLayer): ConfigValue => {
    const given = inputs.map(tensor);
    // Layers with several inputs take a list as their one argument.
    const joins = className === 'Add' || className === 'Concatenate';
    return { args: joins ? [given] : given, kwargs: {} };
  };
  const layers = graph.map((layer): ConfigValue => ({
    module: 'keras.layers',
    class_name: layer.className,
    config:
      layer.className === 'InputLayer' ? inputConfig(layer, [height, width, channels]) : layerConfig(layer),
    registered_name: null,
    name: layer.name,
    inbound_nodes: layer.inputs.length === 0 ? [] : [node(layer)],
  }));
  const input = graph.find(({ className }) => className === 'InputLayer') as KerasLayer;
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      name: 'stride',
      trainable: true,
      layers,
      input_layers: [reference(input)],
      output_layers: [reference(graph.at(-1) as KerasLayer)],
    },
    registered_name: 'Functional',
  };
}

function inputConfig({ name }: KerasLayer, shape: readonly number[]): Config {
  return { batch_shape: [null, ...shape], dtype: 'float32', sparse: false, name };
}

function layerConfig({ name, config }: KerasLayer): Config {
  const policy: Config = {
    module: 'keras',
    class_name: 'DTypePolicy',
    config: { name: 'float32' },
    registered_name: null,
  };
  return { name, trainable: true, dtype: policy, ...config };
}

/**
 * Returns Keras' snake case: `Conv2D` becomes `conv2d`, `BatchNormalization` becomes `batch_normalization`
 * (keras/src/utils/naming.py, `to_snake_case`).
 */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function weightsOf(graph: readonly KerasLayer[]): { arrays: Array32[]; groups: string[] } {
  const counts = new Map<string, number>();
  const arrays: Array32[] = [];
  const groups: string[] = [];
  for (const { className, weights } of graph) {
    const stem = snakeCase(className);
    const before = counts.get(stem) ?? 0;
    counts.set(stem, before + 1);
    const group = `layers/${before === 0 ? stem : `${stem}_${before}`}/vars`;
    groups.push(group);
    for (const [i, [, { shape, data }]] of weights.entries())
      arrays.push({ path: `${group}/${i}`, shape, data });
  }
  return { arrays, groups };
}
