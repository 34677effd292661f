/**
 * What layers compute in evaluation, as few steps that all writers know: code for Keras and TensorFlow.js, the export
 * formats, and the explanation of a number on the Inspect screen. A layer kind says which of these steps it is, so that a
 * new kind needs no line in any writer. Maps are channels × height × width.
 */
import type { ActivationFunction } from './activation.ts';
import { type MapShape, type Shape, elements, requireMap, slideOverMap } from './layer.ts';
import type { SlidingWindow } from './window.ts';

/** The weights of a step are those of its layer, by PyTorch's names: `weight`, `bias`, `running_mean`, `running_var`. */
export type Computation =
  /** Cross-correlation, as in `torch.nn.Conv2d`. */
  | {
      readonly kind: 'conv';
      readonly filters: number;
      readonly window: SlidingWindow;
      readonly bias: boolean;
    }
  /** The average includes the padding, as in PyTorch. The window is not dilated. */
  | { readonly kind: 'pool'; readonly of: 'max' | 'average'; readonly window: SlidingWindow }
  /** The average of each channel, as a flat vector. */
  | { readonly kind: 'globalAverage' }
  /** `momentum` is the weight of the newest batch in the running statistics. */
  | { readonly kind: 'batchNorm'; readonly epsilon: number; readonly momentum: number }
  | { readonly kind: 'dropout'; readonly p: number }
  | {
      readonly kind: 'activation';
      readonly function: ActivationFunction;
      readonly negativeSlope: number;
      readonly alpha: number;
    }
  /** Channels first. A flat input is unchanged. */
  | { readonly kind: 'flatten' }
  | { readonly kind: 'linear'; readonly units: number; readonly bias: boolean };

/** Returns the shape of a step's output; throws a `Problem` if its input does not fit. */
export function shapeAfter(computation: Computation, input: Shape): Shape {
  switch (computation.kind) {
    case 'conv':
    case 'pool': {
      const map = requireMap(input, computation.kind === 'conv' ? 'conv2d' : `${computation.of}Pool2d`);
      const [height, width] = slideOverMap(map, computation.window);
      return {
        ...map,
        channels: computation.kind === 'conv' ? computation.filters : map.channels,
        height,
        width,
      };
    }
    case 'globalAverage':
      return { kind: 'flat', features: requireMap(input, 'globalAveragePool').channels };
    case 'flatten':
      return { kind: 'flat', features: elements(input) };
    case 'linear':
      return { kind: 'flat', features: computation.units };
    case 'batchNorm':
    case 'dropout':
    case 'activation':
      return input;
  }
}

export interface ComputedStep {
  readonly computation: Computation;
  readonly input: Shape;
  readonly output: Shape;
}

/** Returns the steps one after another with their shapes. */
export function stepsThrough(computations: readonly Computation[], input: Shape): ComputedStep[] {
  let shape = input;
  return computations.map((computation) => {
    const before = shape;
    shape = shapeAfter(computation, before);
    return { computation, input: before, output: shape };
  });
}

/** Returns whether a map's numbers stay in place and each depends on no other, so that their order does not matter. */
export const isElementwise = ({ kind }: Computation): boolean => kind === 'dropout' || kind === 'activation';

/** Returns the window of all of a map. */
export const wholeMap = ({ height, width }: MapShape): SlidingWindow => ({
  kernel: [height, width],
  stride: [1, 1],
  padding: [0, 0],
  dilation: [1, 1],
});
