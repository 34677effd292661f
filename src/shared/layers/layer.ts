/**
 * The interface of a layer kind. One file per kind implements `LayerKind`; `index.ts` holds the table, which does not
 * compile while a kind is missing. Shapes are PyTorch's without the batch: a map is channels × height × width, a flat
 * vector is features.
 */
import type { z } from 'zod';
import type { Language } from '../base/languages.ts';
import { Problem } from '../base/problem.ts';
import type { Computation } from './computation.ts';
import type { FieldSpecs } from './field.ts';
import type { Pair } from './pair.ts';
import type { SlidingWindow } from './window.ts';

export { type Pair, type PairField, pair, pythonPair } from './pair.ts';

export interface MapShape {
  readonly kind: 'map';
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface FlatShape {
  readonly kind: 'flat';
  readonly features: number;
}

export type Shape = MapShape | FlatShape;

export function elements(shape: Shape): number {
  return shape.kind === 'map' ? shape.channels * shape.height * shape.width : shape.features;
}

/** Formats `10×24×24` or `320`: channels, height, width, or features. */
export function describeShape(shape: Shape): string {
  return shape.kind === 'map' ? `${shape.channels}×${shape.height}×${shape.width}` : `${shape.features}`;
}

/** The initial distribution of a parameter unless the user chooses another: PyTorch's default for its layer. */
export type DefaultInitial =
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'constant'; readonly value: number };

export interface ParameterSpec {
  /** PyTorch's name within the layer: `weight`, `bias`, `running_mean`; nested ones have dots. */
  readonly name: string;
  /** Shape in PyTorch's order: conv weights out, in, h, w; linear weights out, in. */
  readonly shape: readonly number[];
  readonly initial: DefaultInitial;
  /** False for running statistics, which are stored with the parameters but not trained. */
  readonly trainable: boolean;
  /** Kaiming and Xavier initial values apply to `matrix` parameters. */
  readonly role: 'matrix' | 'bias' | 'scale' | 'buffer';
  /**
   * Number of inputs summed in one output, and of outputs that one input reaches (`torch.nn.init`'s fan_in, fan_out).
   */
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The window for the receptive field; `whole` covers the whole map. */
export type LayerWindow = 'same' | 'whole' | SlidingWindow;

/** The groups of the palette on the Design screen, in its order. */
export const layerGroups = [
  'convolution',
  'pooling',
  'activation',
  'shape',
  'linear',
  'regularisation',
  'block',
] as const;
export type LayerGroup = (typeof layerGroups)[number];

export interface LayerWords {
  /** The name in the window: `Convolution`. */
  readonly name: string;
  /** A short name, for figures: `conv`. */
  readonly short: string;
}

/** How the course's class applies a layer: as a member of the class, or by calling a function. */
export type TorchStyle<L> =
  /** `stem` begins the member's name: `conv1`. Layers that are `shared` and equal are one member. */
  { readonly stem: string; readonly shared: boolean } | { readonly call: (layer: L, x: string) => string };

export interface LayerKind<L> {
  /** Names in both languages. They are not in resources/messages because figures and refusals of the lab have them, too. */
  readonly words: Readonly<Record<Language, LayerWords>>;
  readonly group: LayerGroup;
  /** Color of its box in figures, `#rrggbb`. */
  readonly color: string;
  /** Returns what stands beside the name in figures; without it, that is the window. */
  readonly detail?: (layer: L) => string;
  /** Returns a name that says more than the kind's, such as that of an activation's function. */
  readonly title?: (layer: L) => string;
  /** The layer's fields: limits, defaults, names and their display in its editor. */
  readonly fields: FieldSpecs;
  readonly schema: z.ZodType<L>;
  /** Returns a new layer, if required fields at their defaults are not enough. `given` is its input shape. */
  readonly newLayer?: (given?: Shape) => L;
  /** Returns the output's shape. Throws a `Problem` that says what does not fit and what would. */
  outputShape(layer: L, input: Shape): Shape;
  /** Returns the parameters in the order in which PyTorch makes and draws them. Empty for layers without parameters. */
  parameters(layer: L, input: Shape): readonly ParameterSpec[];
  /** Returns the number of multiply-adds of one image's forward pass. */
  multiplyAdds(layer: L, input: Shape, output: Shape): number;
  window(layer: L): LayerWindow;
  /** Returns one expression for `nn.Sequential`, or several for a layer that PyTorch writes as more than one. */
  torch(layer: L, input: Shape): string;
  readonly torchStyle: TorchStyle<L>;
  /**
   * The layer's place among the lines of `forward`: it begins a line, it has a line of its own, or it wraps the line
   * before.
   */
  readonly torchLine: 'begins' | 'alone' | 'wraps';
}

/** A layer kind that is no block of other layers. */
export interface ComputedKind<L> extends LayerKind<L> {
  /** Returns what the layer computes in evaluation; parameters belong to its only step that has some. */
  computes(layer: L, input: Shape): readonly Computation[];
}

export function requireMap(input: Shape, what: string): MapShape {
  if (input.kind === 'map') return input;
  throw new Problem(
    'layer.needs-map',
    `${what} needs a map (channels × height × width), but it is given ${input.features} flat features; put it before flatten`,
    { what, features: input.features },
  );
}

/**
 * Returns the length of an axis after a window has slid over it: ⌊(in + 2·padding − dilation·(kernel − 1) − 1) /
 * stride⌋ + 1 (torch.nn.Conv2d's documentation).
 */
export function slide(
  length: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number {
  return Math.floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** Returns the output of a window that slides over a map; throws if the window is larger than the padded map. */
export function slideOverMap(input: MapShape, window: SlidingWindow): Pair {
  const out = ([0, 1] as const).map((axis) => {
    const length = axis === 0 ? input.height : input.width;
    return slide(
      length,
      window.kernel[axis],
      window.stride[axis],
      window.padding[axis],
      window.dilation[axis],
    );
  });
  const [height = 0, width = 0] = out;
  if (height >= 1 && width >= 1) return [height, width];
  const axis = height < 1 ? 0 : 1;
  const length = axis === 0 ? input.height : input.width;
  const dilation = window.dilation[axis];
  const reach = dilation * (window.kernel[axis] - 1) + 1;
  const largest = Math.floor((length + 2 * window.padding[axis] - 1) / dilation) + 1;
  const padding = Math.ceil((reach - length) / 2);
  const kernel = window.kernel[axis];
  const map = `${input.height}×${input.width} map`;
  const better = `use kernel ≤ ${largest} or padding ≥ ${padding}`;
  const values = { kernel, height: input.height, width: input.width, largest, padding, axis };
  if (dilation === 1)
    throw new Problem(
      'layer.kernel-too-large',
      `kernel ${kernel} does not fit the ${map}; ${better}`,
      values,
    );
  throw new Problem(
    'layer.dilated-kernel-too-large',
    `kernel ${kernel} with dilation ${dilation} reaches over ${reach} pixels and does not fit the ${map}; ${better}`,
    { ...values, dilation, reach },
  );
}

/** Returns the largest value of a kind's field. */
export function limitOf({ fields }: { readonly fields: FieldSpecs }, name: string): number {
  const field = fields[name];
  if (field && 'maximum' in field) return field.maximum;
  throw new Error(`the layer has no number ${name}`);
}
