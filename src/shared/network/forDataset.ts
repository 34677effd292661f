/** A net made to fit a data set: its input is the size of the images, and its output one number for each class. */
import type { DatasetSummary } from '../datasets/dataset.ts';
import type { Layer } from '../layers/index.ts';
import { elements } from '../layers/layer.ts';
import { isWeighted } from '../lint/rule.ts';
import type { Network } from './network.ts';
import { walkNetwork } from './shapes.ts';

export type DatasetImageSize = Pick<DatasetSummary, 'height' | 'width' | 'channels'>;

/** Returns whether the net takes images of this size. */
export function takes({ input }: Network, { height, width, channels }: DatasetImageSize): boolean {
  return input.height === height && input.width === width && input.channels === channels;
}

/** Returns the net with this input. Its layers may not fit it, which `walkNetwork` finds. */
export function withInput(network: Network, { height, width, channels }: DatasetImageSize): Network {
  return takes(network, { height, width, channels })
    ? network
    : { ...network, input: { height, width, channels } };
}

/**
 * Returns the net with an output of `classes` numbers: its last weighted layer gets so many units if it is linear,
 * otherwise a linear layer is added. A net whose layers do not fit is returned as it is.
 */
export function withClasses(network: Network, classes: number): Network {
  const { layers, problem } = walkNetwork(network);
  const output = layers.at(-1)?.output;
  if (problem || !output || (output.kind === 'flat' && elements(output) === classes)) return network;
  const head: Layer = { type: 'linear', units: classes };
  const all = [...network.layers];
  const weighted = layers.findLast(({ layer }) => isWeighted(layer));
  if (output.kind === 'map') all.push({ type: 'flatten' }, head);
  else if (weighted?.layer.type === 'linear') all[weighted.position] = { ...weighted.layer, units: classes };
  else all.push(head);
  return { ...network, layers: all };
}

/** Returns the net as it is trained on the data set; the same object if it fits already. */
export function forDataset(
  network: Network,
  dataset: DatasetImageSize & { readonly classes: readonly string[] },
): Network {
  return withClasses(withInput(network, dataset), dataset.classes.length);
}
