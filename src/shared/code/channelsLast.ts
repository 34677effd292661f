/**
 * Converts a net to steps that Keras and TensorFlow.js have, with channels last: padding is a separate step (theirs is
 * only "same" or none, and their "same" is not PyTorch's), a stride with dilation is a dilated convolution of which
 * every n-th position is kept, and a max-pool's padding must be lower than negative values.
 */
import { type Computation, stepsThrough } from '../layers/computation.ts';
import { type Layer, type PlainLayer, computationsOf, enabledLayers, layerKind } from '../layers/index.ts';
import { type Pair, type Shape, describeShape, requireMap } from '../layers/layer.ts';
import { type Residual, shortcut } from '../layers/residual.ts';
import type { Network } from '../network/network.ts';
import { type LayerProblem, walkNetwork } from '../network/shapes.ts';

export type ChannelsLastStep =
  | { readonly kind: 'zeroPad' | 'lowestPad'; readonly padding: Pair }
  | {
      readonly kind: 'conv';
      readonly filters: number;
      readonly kernel: Pair;
      readonly stride: Pair;
      readonly dilation: Pair;
      readonly bias: boolean;
      readonly fanIn: number;
    }
  | { readonly kind: 'everyNth'; readonly stride: Pair }
  | { readonly kind: 'maxPool' | 'averagePool'; readonly kernel: Pair; readonly stride: Pair }
  | { readonly kind: 'globalAverage' }
  | Extract<Computation, { kind: 'batchNorm' | 'dropout' | 'activation' }>
  /** Flattens a map, whose numbers are then in another order than in PyTorch; a flat input is unchanged. */
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dense'; readonly units: number; readonly bias: boolean; readonly fanIn: number }
  | {
      readonly kind: 'residual';
      readonly main: readonly PlannedStep[];
      readonly side: readonly PlannedStep[];
    };

export interface PlannedStep {
  readonly step: ChannelsLastStep;
  /** The shape after a layer, at its last step: `24×24×10` or `320`. */
  readonly shape: string | null;
}

export interface Plan {
  readonly steps: readonly PlannedStep[];
  readonly problem: LayerProblem | undefined;
  /** Positions (from 1) and types of disabled layers. */
  readonly disabled: readonly { readonly position: number; readonly type: string }[];
}

export function planOf(network: Network): Plan {
  const { layers, problem } = walkNetwork(network);
  return {
    steps: layers.flatMap(({ layer, input, output }) => planned(layer, input, output)),
    problem,
    disabled: network.layers.flatMap((layer, i) =>
      layer.disabled ? [{ position: i + 1, type: layer.type }] : [],
    ),
  };
}

/** Returns whether any step of the plan is of that kind. */
export function hasStep(steps: readonly PlannedStep[], kind: ChannelsLastStep['kind']): boolean {
  return steps.some(
    ({ step }) =>
      step.kind === kind ||
      (step.kind === 'residual' && (hasStep(step.main, kind) || hasStep(step.side, kind))),
  );
}

function lastShape(shape: Shape): string {
  return shape.kind === 'map' ? `${shape.height}×${shape.width}×${shape.channels}` : describeShape(shape);
}

const some = ([height, width]: Pair, above: number) => height > above || width > above;

function planned(layer: Layer, input: Shape, output: Shape): PlannedStep[] {
  const steps = layer.type === 'residual' ? [blockOf(layer, input, output)] : stepsOf(layer, input);
  return steps.map((step, i) => ({ step, shape: i === steps.length - 1 ? lastShape(output) : null }));
}

function blockOf(layer: Residual, input: Shape, output: Shape): ChannelsLastStep {
  const main: PlannedStep[] = [];
  let shape = input;
  for (const inner of enabledLayers(layer.layers)) {
    const next = layerKind(inner).outputShape(inner, shape);
    main.push(...planned(inner, shape, next));
    shape = next;
  }
  const beside = shortcut(layer, input);
  return { kind: 'residual', main, side: beside ? planned(beside, input, output) : [] };
}

const stepsOf = (layer: PlainLayer, input: Shape): SingleStep[] =>
  stepsThrough(computationsOf(layer, input), input).flatMap((step) =>
    channelsLast(step.computation, step.input),
  );

/** A step other than a block. */
export type SingleStep = Exclude<ChannelsLastStep, { kind: 'residual' }>;

/** Returns the steps of a computation. */
export function channelsLast(computation: Computation, input: Shape): SingleStep[] {
  switch (computation.kind) {
    case 'conv': {
      const { filters, bias, window } = computation;
      const { kernel, stride, padding, dilation } = window;
      const { channels } = requireMap(input, 'conv2d');
      const both = some(stride, 1) && some(dilation, 1);
      return [
        ...(some(padding, 0) ? [{ kind: 'zeroPad', padding } as const] : []),
        {
          kind: 'conv',
          filters,
          kernel,
          stride: both ? [1, 1] : stride,
          dilation,
          bias,
          fanIn: channels * kernel[0] * kernel[1],
        },
        ...(both ? [{ kind: 'everyNth', stride } as const] : []),
      ];
    }
    case 'pool': {
      const { kernel, stride, padding } = computation.window;
      const max = computation.of === 'max';
      return [
        ...(some(padding, 0) ? [{ kind: max ? 'lowestPad' : 'zeroPad', padding } as const] : []),
        { kind: max ? 'maxPool' : 'averagePool', kernel, stride },
      ];
    }
    case 'flatten':
      return input.kind === 'map' ? [{ kind: 'flatten' }] : [];
    case 'linear': {
      const { units, bias } = computation;
      return [{ kind: 'dense', units, bias, fanIn: input.kind === 'flat' ? input.features : 1 }];
    }
    case 'globalAverage':
    case 'batchNorm':
    case 'dropout':
    case 'activation':
      return [computation];
  }
}
