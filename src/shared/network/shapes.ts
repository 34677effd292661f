/**
 * Walks over a net: the input, output, cost and receptive field of each layer. A layer that does not fit is reported
 * with its problem, and the walk ends there, so that an editor can show the rest.
 */
import { type Layer, enabledLayers, layerKind } from '../layers/index.ts';
import { type Pair, type ParameterSpec, type Shape, describeShape, elements } from '../layers/layer.ts';
import type { Network } from './network.ts';
import { Problem } from '../base/problem.ts';

export interface LayerSummary {
  readonly layer: Layer;
  /** Position among all layers of the network, disabled ones included. */
  readonly position: number;
  /** Position in `nn.Sequential`, disabled ones excluded: the number in PyTorch's parameter names. */
  readonly index: number;
  readonly input: Shape;
  readonly output: Shape;
  readonly parameters: readonly ParameterSpec[];
  readonly parameterCount: number;
  readonly multiplyAdds: number;
  /** Pixels of the input that one output can depend on, per axis. */
  readonly receptiveField: Pair;
}

export interface NetworkSummary {
  readonly layers: readonly LayerSummary[];
  readonly output: Shape;
  readonly parameterCount: number;
  readonly multiplyAdds: number;
}

export interface LayerProblem {
  /** Position in `network.layers`. */
  readonly position: number;
  readonly problem: Problem;
}

export function inputShape(network: Network): Shape {
  return { kind: 'map', ...network.input };
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Distance of neighbouring outputs in the input (`jump`), and the receptive field of one (`field`), per axis. */
export interface Reach {
  readonly field: [number, number];
  readonly jump: [number, number];
}

/** Computes field' = field + (kernel − 1)·dilation·jump and jump' = jump·stride (Dumoulin and Visin 2016). */
export function widen(reach: Reach, layer: Layer, network: Network): Reach {
  if (layer.type === 'residual') {
    return enabledLayers(layer.layers).reduce((inner, each) => widen(inner, each, network), reach);
  }
  const window = layerKind(layer).window(layer);
  if (window === 'same') return reach;
  const whole: [number, number] = [network.input.height, network.input.width];
  if (window === 'whole') return { field: whole, jump: reach.jump };
  const field = ([0, 1] as const).map((axis) =>
    Math.min(
      whole[axis],
      reach.field[axis] + (window.kernel[axis] - 1) * window.dilation[axis] * reach.jump[axis],
    ),
  ) as [number, number];
  const jump = ([0, 1] as const).map((axis) => reach.jump[axis] * window.stride[axis]) as [number, number];
  return { field, jump };
}

/**
 * Returns a layer's problem with its place: `layer` is its number (`4`, or `4.2` in a block), `from` the number of the
 * layer that computes its input, 0 for the net's input.
 */
function namedProblem(
  { code, message, parameters }: Problem,
  number: number,
  type: string,
  given: number,
): Problem {
  const { inner, innerType, from, ...rest } = parameters;
  const giver = from === undefined || from === 0 ? given : `${number}.${from}`;
  return new Problem(code, `layer ${number} (${type}): ${message}`, {
    ...rest,
    layer: inner === undefined ? number : `${number}.${inner}`,
    type: innerType ?? type,
    from: giver,
  });
}

/** Returns the layers up to the first that does not fit, and its problem. */
export function walkNetwork(network: Network): {
  layers: LayerSummary[];
  output: Shape;
  problem?: LayerProblem;
} {
  const layers: LayerSummary[] = [];
  let input = inputShape(network);
  let reach: Reach = { field: [1, 1], jump: [1, 1] };
  for (const [position, layer] of network.layers.entries()) {
    if (layer.disabled) continue;
    const kind = layerKind(layer);
    try {
      const output = kind.outputShape(layer, input);
      const parameters = kind.parameters(layer, input);
      reach = widen(reach, layer, network);
      layers.push({
        layer,
        position,
        index: layers.length,
        input,
        output,
        parameters,
        parameterCount: parameters.filter((p) => p.trainable).reduce((sum, p) => sum + product(p.shape), 0),
        multiplyAdds: kind.multiplyAdds(layer, input, output),
        receptiveField: reach.field,
      });
      input = output;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const problem = namedProblem(error, position + 1, layer.type, (layers.at(-1)?.position ?? -1) + 1);
      return { layers, output: input, problem: { position, problem } };
    }
  }
  return { layers, output: input };
}

/** Throws the first problem, naming its layer. */
export function summarize(network: Network): NetworkSummary {
  const { layers, output, problem } = walkNetwork(network);
  if (problem) throw problem.problem;
  return {
    layers,
    output,
    parameterCount: layers.reduce((sum, layer) => sum + layer.parameterCount, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

/** Returns the summary of a net that can distinguish `classes` classes; throws a `Problem` for any other. */
export function requireTrainable(network: Network, classes: number): NetworkSummary {
  const summary = summarize(network);
  if (!summary.layers.some((layer) => layer.parameterCount > 0)) {
    throw new Problem(
      'network.nothing-to-train',
      `"${network.name}" has no layer with parameters; add a linear layer`,
    );
  }
  if (summary.output.kind !== 'flat' || elements(summary.output) !== classes) {
    throw new Problem(
      'network.output',
      `"${network.name}" gives ${describeShape(summary.output)}, but the data set has ${classes} classes; ` +
        `end with a linear layer of ${classes} units`,
      { shape: describeShape(summary.output), classes },
    );
  }
  return summary;
}
