/** Serialises nets as text for the clipboard and for files. */
import { type Network, parseNetwork } from '../../../shared/network/network.ts';
import type { Layer } from '../../../shared/layers/index.ts';
import type { Shape } from '../../../shared/layers/layer.ts';
import { Problem } from '../../../shared/base/problem.ts';

/** Parses a net from the text of a file or of the clipboard. Throws a `Problem` that names the error. */
export function readNetwork(text: string): Network {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem(
      'network.not-json',
      'this is no net that Stride has written: it is not JSON. Copy layers in Stride, or export a net',
    );
  }
  if (typeof value !== 'object' || value === null || !('layers' in value) || !('input' in value)) {
    throw new Problem(
      'network.no-network',
      'this is JSON, but no net: "name", "input" and "layers" are needed. Copy layers in Stride, or export a net',
    );
  }
  return parseNetwork(value);
}

export function writeNetwork(network: Network): string {
  return `${JSON.stringify(network, null, 2)}\n`;
}

/** Writes layers of a net as a net of their own. `given` is what the first of them receives, or null if that is not known. */
export function writeLayers(
  layers: readonly Layer[],
  given: Shape | null,
  { name, input }: Pick<Network, 'name' | 'input'>,
): string {
  const own =
    given?.kind === 'map'
      ? { height: given.height, width: given.width, channels: Math.min(given.channels, 64) }
      : input;
  return writeNetwork({ name, input: own, layers: [...layers] });
}
