/**
 * Walks over an edited net: where `walkNetwork` stops, this reports for every layer, including those inside blocks,
 * whether it fits, why not, or which broken layer leaves it without an input.
 */
import { type Layer, layerKind } from '../layers/index.ts';
import type { Pair, Shape } from '../layers/layer.ts';
import type { Network } from './network.ts';
import type { Problem } from '../base/problem.ts';
import { type Reach, inputShape, walkNetwork, widen } from './shapes.ts';

export type LayerState =
  | {
      readonly kind: 'fits';
      readonly input: Shape;
      readonly output: Shape;
      readonly parameterCount: number;
      readonly multiplyAdds: number;
      readonly receptiveField: Pair;
    }
  /** Disabled: the layer's input passes unchanged. */
  | { readonly kind: 'off'; readonly input: Shape | null }
  | { readonly kind: 'broken'; readonly input: Shape; readonly problem: Problem }
  /** The input is unknown, because the layer of that number is broken. */
  | { readonly kind: 'unknown'; readonly because: string };

export interface SurveyedLayer {
  readonly layer: Layer;
  /** The layer's number: `4`, or `4.2` for the second layer of a block that is the fourth. */
  readonly number: string;
  readonly state: LayerState;
  /** The layers within a block; empty for other layers. */
  readonly inner: readonly SurveyedLayer[];
}

export interface Survey {
  readonly input: Shape;
  readonly layers: readonly SurveyedLayer[];
  /** Null if a layer is broken. */
  readonly output: Shape | null;
  /** The first layer that does not fit, named in the problem. */
  readonly problem: Problem | null;
  /** Sums over the layers that fit. */
  readonly parameterCount: number;
  readonly multiplyAdds: number;
  /** The receptive field of the layers that fit. */
  readonly receptiveField: Pair;
}

export function surveyNetwork(network: Network): Survey {
  const problem = walkNetwork(network).problem?.problem ?? null;
  const broken = problem ? String(problem.parameters['layer']) : null;
  const start: Reach = { field: [1, 1], jump: [1, 1] };
  const walked = survey(network.layers, '', inputShape(network), start, { network, problem, broken });
  const fitting = walked.layers.flatMap(({ state }) => (state.kind === 'fits' ? [state] : []));
  return {
    input: inputShape(network),
    layers: walked.layers,
    output: walked.output,
    problem,
    parameterCount: fitting.reduce((sum, each) => sum + each.parameterCount, 0),
    multiplyAdds: fitting.reduce((sum, each) => sum + each.multiplyAdds, 0),
    receptiveField: walked.reach.field,
  };
}

interface Known {
  readonly network: Network;
  readonly problem: Problem | null;
  readonly broken: string | null;
}

function survey(
  layers: readonly Layer[],
  prefix: string,
  given: Shape | null,
  reachBefore: Reach,
  known: Known,
): { layers: SurveyedLayer[]; output: Shape | null; reach: Reach } {
  let input = given;
  let reach = reachBefore;
  const surveyed = layers.map((layer, index): SurveyedLayer => {
    const number = `${prefix}${index + 1}`;
    const state = stateOf(layer, number, input, reach, known);
    // The layers of a disabled block are shown as if it were enabled, but their errors do not count.
    const inner =
      layer.type === 'residual' ? survey(layer.layers, `${number}.`, input, reach, known).layers : [];
    if (state.kind === 'fits') {
      input = state.output;
      reach = {
        field: [state.receptiveField[0], state.receptiveField[1]],
        jump: jumpAfter(layer, reach, known),
      };
    } else if (state.kind !== 'off') input = null;
    return { layer, number, state, inner };
  });
  return { layers: surveyed, output: input, reach };
}

function jumpAfter(layer: Layer, reach: Reach, { network }: Known): [number, number] {
  return widen(reach, layer, network).jump;
}

function stateOf(
  layer: Layer,
  number: string,
  input: Shape | null,
  reach: Reach,
  { network, problem, broken }: Known,
): LayerState {
  if (layer.disabled) return { kind: 'off', input };
  if (input === null) return { kind: 'unknown', because: broken ?? '' };
  if (problem && broken === number) return { kind: 'broken', input, problem };
  const kind = layerKind(layer);
  try {
    const output = kind.outputShape(layer, input);
    const parameters = kind.parameters(layer, input);
    return {
      kind: 'fits',
      input,
      output,
      parameterCount: parameters
        .filter(({ trainable }) => trainable)
        .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
      multiplyAdds: kind.multiplyAdds(layer, input, output),
      receptiveField: widen(reach, layer, network).field,
    };
  } catch {
    // The layer is a block around the broken layer, or lies in a disabled block.
    return { kind: 'unknown', because: broken ?? '' };
  }
}
