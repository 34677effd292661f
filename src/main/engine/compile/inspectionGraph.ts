/**
 * The signatures that inspect a net, in evaluation mode and on one shard:
 *
 * - `predict`: logits and every layer's output for given images
 * - `trace`: the same, with the outputs of the layers within residual blocks
 * - `logits`: the logits alone, for many images at a time
 * - `saliency`: the gradient, with respect to the images, of the logits' sum weighted by `weights` (batch ×
 *   classes)
 * - `backward`: the same gradient, with those at every layer's output and of every parameter
 *
 * A graph for inspection alone has these signatures, `read` and `write`, and none for training.
 */
import { elements } from '../../../shared/layers/layer.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { NetworkSummary } from '../../../shared/network/shapes.ts';
import { parameterKey } from '../../../shared/runs/checkpoint.ts';
import { Graph, type Tensor, unknown } from '../graph/graph.ts';
import { identity, placeholder, transpose } from '../graph/operations.ts';
import { Net, activationKey } from './net.ts';
import { addReadAndWrite, unpacked } from './parameters.ts';

export interface CompiledInspection {
  readonly graph: Graph;
  readonly summary: NetworkSummary;
  /** Every tensor that `read` returns and `write` takes: the parameters. */
  readonly state: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export function compileInspection(network: Network): CompiledInspection {
  const graph = new Graph();
  const net = new Net(graph, network);
  addPredict(net, true);
  const { packed } = net;
  addReadAndWrite(graph, packed);
  return {
    graph,
    summary: net.summary,
    state: packed.flatMap(({ members }) => members).map(({ key, shape }) => ({ name: key, shape })),
  };
}

/**
 * Adds `predict`, and with `inspection` the other signatures. Images and their gradient are batch × channels
 * × height × width.
 */
export function addPredict(net: Net, inspection = false): void {
  const { g } = net;
  const { images, channelsLast } = net.images();
  const forward = net.forward(channelsLast);
  const [logits] = forward.logits as [Tensor];
  g.signature('predict', { inputs: { images }, outputs: { logits, ...net.activations(forward) } });
  if (!inspection) return;
  g.signature('trace', {
    inputs: { images },
    outputs: { logits: identity(g, logits), ...net.allActivations(forward) },
  });
  g.signature('logits', { inputs: { images }, outputs: { logits: identity(g, logits) } });
  const weights = placeholder(g, 'weights', 'float32', [unknown, elements(net.summary.output)]);
  const atOutputs: Record<string, Tensor> = {};
  const [gradient] = net.backward(forward, [weights], true, (layer, gradients) => {
    atOutputs[activationKey(layer)] = identity(g, net.gradientOfOutput(forward, layer, gradients));
  }) as [Tensor];
  const saliency = { gradient: transpose(g, gradient, [0, 3, 1, 2]), logits: identity(g, logits) };
  g.signature('saliency', { inputs: { images, weights }, outputs: saliency });
  const ofParameters = [...net.gradients(forward.gathered)].flatMap(([group, value]) =>
    unpacked(g, value, net.storedAs(group, parameterKey)),
  );
  g.signature('backward', {
    inputs: { images, weights },
    outputs: { ...saliency, ...atOutputs, ...Object.fromEntries(ofParameters) },
  });
}
