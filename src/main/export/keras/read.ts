/**
 * Reads a `.keras` file that was written here back into its layers, to compare it with what should have been
 * written.
 */
import { decodeUtf8 } from '../../../shared/base/text.ts';
import { unzip } from '../read/zip.ts';
import { decodeHdf5 } from './hdf5.ts';
import { snakeCase } from './index.ts';
import type { Config, KerasLayer } from './layers.ts';
import { inKerasOrder } from './order.ts';

interface Node {
  readonly class_name: string;
  readonly name: string;
  readonly config: Config;
  readonly inbound_nodes: readonly { readonly args: readonly unknown[] }[];
}

interface TensorReference {
  readonly config: { readonly keras_history: readonly [name: string, number, number] };
}

/** Names of the variables in Keras' order, by the layer's class. */
const variables: Readonly<Record<string, readonly string[]>> = {
  Conv2D: ['kernel', 'bias'],
  Dense: ['kernel', 'bias'],
  BatchNormalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
};

export async function decodeKeras(bytes: Uint8Array, path: string): Promise<KerasLayer[]> {
  const members = unzip(bytes, path);
  const member = (name: string) => {
    const found = members[name];
    if (!found) throw new Error(`${path} has no ${name}`);
    return found;
  };
  const { config } = JSON.parse(decodeUtf8(member('config.json'))) as { config: { layers: readonly Node[] } };
  const arrays = new Map(
    (await decodeHdf5(member('model.weights.h5'))).map((each) => [each.path.replace(/^\//, ''), each]),
  );
  const graph = config.layers.map((node): KerasLayer => {
    const { name: _name, trainable: _trainable, dtype: _dtype, batch_shape: _shape, ...rest } = node.config;
    const given = node.inbound_nodes.flatMap(({ args }) => args.flat(1) as TensorReference[]);
    const inputs = given.map(({ config: { keras_history: history } }) => history[0]);
    return { name: node.name, className: node.class_name, config: rest, inputs, weights: [] };
  });
  const counts = new Map<string, number>();
  // The layers are sorted as Keras sorts them, whatever their order in the configuration.
  const withWeights = inKerasOrder(graph).map((layer): KerasLayer => {
    const stem = snakeCase(layer.className);
    const before = counts.get(stem) ?? 0;
    counts.set(stem, before + 1);
    const group = `layers/${before === 0 ? stem : `${stem}_${before}`}/vars`;
    const weights = (variables[layer.className] ?? []).flatMap((name, i) => {
      const found = arrays.get(`${group}/${i}`);
      return found ? [[name, { shape: found.shape, data: found.data }] as const] : [];
    });
    return { ...layer, weights };
  });
  return withWeights;
}
