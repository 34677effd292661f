/**
 * Converts a net to steps that Keras and TensorFlow.js have, with channels last: padding is a separate step (theirs is
 * only "same" or none, and their "same" is not PyTorch's), a stride with dilation is a dilated convolution of which
 * every n-th position is kept, and a max-pool's padding must be lower than negative values.
 */
import { type Activation, activationDefaults } from '../layers/activation.ts';
import { batchNormDefaults } from '../layers/batchNorm2d.ts';
import { convWindow } from '../layers/conv2d.ts';
import { dropoutDefaults } from '../layers/dropout.ts';
import { type Layer, enabledLayers, layerKind } from '../layers/index.ts';
import { type Pair, type Shape, describeShape, requireMap } from '../layers/layer.ts';
import { poolWindow } from '../layers/pooling.ts';
import { shortcut } from '../layers/residual.ts';
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
  | { readonly kind: 'batchNorm'; readonly epsilon: number; readonly momentum: number }
  | { readonly kind: 'dropout'; readonly p: number }
  | {
      readonly kind: 'activation';
      readonly function: Activation['function'];
      readonly negativeSlope: number;
      readonly alpha: number;
    }
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
  const steps = stepsOf(layer, input);
  return steps.map((step, i) => ({ step, shape: i === steps.length - 1 ? lastShape(output) : null }));
}

/** Returns the steps of a layer other than a block; a block is one step with its two lists. */
export function stepsOf(layer: Layer, input: Shape): ChannelsLastStep[] {
  switch (layer.type) {
    case 'conv2d': {
      const { kernel, stride, padding, dilation } = convWindow(layer);
      const { channels } = requireMap(input, 'conv2d');
      const both = some(stride, 1) && some(dilation, 1);
      return [
        ...(some(padding, 0) ? [{ kind: 'zeroPad', padding } as const] : []),
        {
          kind: 'conv',
          filters: layer.filters,
          kernel,
          stride: both ? [1, 1] : stride,
          dilation,
          bias: layer.bias ?? true,
          fanIn: channels * kernel[0] * kernel[1],
        },
        ...(both ? [{ kind: 'everyNth', stride } as const] : []),
      ];
    }
    case 'maxPool2d':
    case 'avgPool2d': {
      const { kernel, stride, padding } = poolWindow(layer);
      const max = layer.type === 'maxPool2d';
      return [
        ...(some(padding, 0) ? [{ kind: max ? 'lowestPad' : 'zeroPad', padding } as const] : []),
        { kind: max ? 'maxPool' : 'averagePool', kernel, stride },
      ];
    }
    case 'globalAveragePool':
      return [{ kind: 'globalAverage' }];
    case 'batchNorm2d':
      return [
        {
          kind: 'batchNorm',
          epsilon: layer.epsilon ?? batchNormDefaults.epsilon,
          momentum: layer.momentum ?? batchNormDefaults.momentum,
        },
      ];
    case 'dropout':
      return [{ kind: 'dropout', p: layer.p ?? dropoutDefaults.p }];
    case 'activation':
      return [
        {
          kind: 'activation',
          function: layer.function,
          negativeSlope: layer.negativeSlope ?? activationDefaults.negativeSlope,
          alpha: layer.alpha ?? activationDefaults.alpha,
        },
      ];
    case 'flatten':
      return input.kind === 'map' ? [{ kind: 'flatten' }] : [];
    case 'linear':
      return [
        {
          kind: 'dense',
          units: layer.units,
          bias: layer.bias ?? true,
          fanIn: input.kind === 'flat' ? input.features : 1,
        },
      ];
    case 'residual': {
      const main: PlannedStep[] = [];
      let shape = input;
      for (const inner of enabledLayers(layer.layers)) {
        const next = layerKind(inner).outputShape(inner, shape);
        main.push(...planned(inner, shape, next));
        shape = next;
      }
      const beside = shortcut(layer, input);
      const side = beside ? planned(beside, input, shape) : [];
      return [{ kind: 'residual', main, side }];
    }
  }
}
