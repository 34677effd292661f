/**
 * The steps by which a net computes its logits, in order, including those within residual blocks: the input and output
 * shape of each. A step's place is PyTorch's prefix of its parameters' names, `3` or `3.layers.0` or `3.shortcut`; the
 * engine's `trace` uses the same places.
 */
import type { Conv2d } from '../layers/conv2d.ts';
import { type Layer, enabledLayers, layerKind } from '../layers/index.ts';
import type { Shape } from '../layers/layer.ts';
import { shortcut } from '../layers/residual.ts';
import type { Network } from '../network/network.ts';
import { inputShape, summarize } from '../network/shapes.ts';

/** The place of the net's normalised input. */
export const inputPlace = 'input';

export interface TraceStep {
  readonly place: string;
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
  /** The source of its input: another step's place, or `inputPlace`. */
  readonly from: string;
  /** A residual block adds this step's output to `from`'s; it is the block's own input if there is no shortcut. */
  readonly around?: string;
  /** Number of residual blocks around it. */
  readonly depth: number;
}

interface Given {
  readonly place: string;
  readonly from: string;
  readonly input: Shape;
  readonly depth: number;
}

/**
 * Throws a `Problem` if the layers do not fit. A block's steps come before the block itself, which computes the sum.
 */
export function traceSteps(network: Network): TraceStep[] {
  let from = inputPlace;
  let input = inputShape(network);
  return summarize(network).layers.flatMap(({ layer, index, output }) => {
    const steps = stepsOf(layer, { place: String(index), from, input, depth: 0 });
    from = String(index);
    input = output;
    return steps;
  });
}

function stepsOf(layer: Layer, { place, from, input, depth }: Given): TraceStep[] {
  const output = layerKind(layer).outputShape(layer, input);
  if (layer.type !== 'residual') return [{ place, layer, input, output, from, depth }];
  const within: TraceStep[] = [];
  let last = { place: from, shape: input };
  for (const [index, inner] of enabledLayers(layer.layers).entries()) {
    const own = `${place}.layers.${index}`;
    within.push(...stepsOf(inner, { place: own, from: last.place, input: last.shape, depth: depth + 1 }));
    last = { place: own, shape: layerKind(inner).outputShape(inner, last.shape) };
  }
  const beside: Conv2d | undefined = shortcut(layer, input);
  const side = beside
    ? [{ place: `${place}.shortcut`, layer: beside, input, output, from, depth: depth + 1 }]
    : [];
  const around = side[0]?.place ?? from;
  return [...within, ...side, { place, layer, input: last.shape, output, from: last.place, around, depth }];
}
