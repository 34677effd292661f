/**
 * The computation of a window's output size, step by step, and exercises on it, the course's examples first. Lengths
 * are in pixels along one axis unless stated otherwise.
 */
import { type Layer, layerKind, slidingWindowOf } from '../layers/index.ts';
import { type MapShape, type Shape, slide } from '../layers/layer.ts';
import type { SlidingWindow } from '../layers/window.ts';

/** The formula's parts for one axis. */
export interface AxisSizes {
  readonly length: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  /** Length with padding: in + 2·padding. */
  readonly padded: number;
  /** Extent of the window, dilation·(kernel − 1) + 1, from its first to its last position. */
  readonly reach: number;
  /** Distance that the window can move; negative if it does not fit. */
  readonly room: number;
  /** Number of steps: ⌊room / stride⌋. */
  readonly steps: number;
  readonly out: number;
  /** Length at the padded axis' end that no window covers: with padding, and without it. */
  readonly rest: number;
  readonly lost: number;
}

export function axisSizes(length: number, window: SlidingWindow, axis: 0 | 1): AxisSizes {
  const kernel = window.kernel[axis];
  const stride = window.stride[axis];
  const padding = window.padding[axis];
  const dilation = window.dilation[axis];
  const padded = length + 2 * padding;
  const reach = dilation * (kernel - 1) + 1;
  const room = padded - reach;
  const steps = Math.floor(room / stride);
  const rest = room < 0 ? 0 : room % stride;
  return {
    length,
    kernel,
    stride,
    padding,
    dilation,
    padded,
    reach,
    room,
    steps,
    out: slide(length, kernel, stride, padding, dilation),
    rest,
    lost: Math.max(0, rest - padding),
  };
}

/** Formats `⌊(28 + 2·0 − 1·(5 − 1) − 1) / 1⌋ + 1 = 24`. */
export function formulaWithNumbers({ length, kernel, stride, padding, dilation, out }: AxisSizes): string {
  return `⌊(${length} + 2·${padding} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1 = ${out}`;
}

export interface Exercise {
  readonly input: MapShape;
  readonly layer: Layer;
  /** True if the exercise also asks for the weight's shape. */
  readonly asksWeight: boolean;
}

const map = (channels: number, height: number, width = height): MapShape => ({
  kind: 'map',
  channels,
  height,
  width,
});

export const exercises: readonly Exercise[] = [
  { input: map(1, 28), layer: { type: 'conv2d', filters: 10, kernelSize: 5 }, asksWeight: false },
  { input: map(5, 100), layer: { type: 'conv2d', filters: 10, kernelSize: 3 }, asksWeight: true },
  { input: map(10, 24), layer: { type: 'maxPool2d', kernelSize: 2 }, asksWeight: false },
  { input: map(10, 13), layer: { type: 'conv2d', filters: 20, kernelSize: 3, padding: 1 }, asksWeight: true },
  { input: map(20, 13), layer: { type: 'maxPool2d', kernelSize: 2 }, asksWeight: false },
  { input: map(3, 32), layer: { type: 'conv2d', filters: 16, kernelSize: 5, stride: 2 }, asksWeight: false },
  { input: map(3, 32), layer: { type: 'conv2d', filters: 8, kernelSize: 3, dilation: 2 }, asksWeight: false },
  {
    input: map(4, 20, 30),
    layer: { type: 'conv2d', filters: 6, kernelSize: [3, 5], stride: 2, padding: [1, 2] },
    asksWeight: true,
  },
];

/** Returns channels, height and width of the output. */
export function outputOf({ input, layer }: Exercise): readonly [number, number, number] {
  const output: Shape = layerKind(layer).outputShape(layer, input);
  if (output.kind !== 'map') throw new Error('an exercise is about maps');
  return [output.channels, output.height, output.width];
}

export function weightOf({ input, layer }: Exercise): readonly number[] {
  return layerKind(layer).parameters(layer, input)[0]?.shape ?? [];
}

/** Parses `10×24×24`, `10 x 24 x 24` or `10,24,24`; returns null unless these are `count` whole numbers. */
export function readShape(text: string, count: number): number[] | null {
  const parts = text
    .trim()
    .replace(/^[([]|[)\]]$/g, '')
    .split(/\s*[×xX*,，]\s*|\s+/)
    .filter((part) => part !== '');
  if (parts.length !== count || parts.some((part) => !/^\d{1,6}$/.test(part))) return null;
  return parts.map(Number);
}

export type Verdict = 'right' | 'channels' | 'plus-one' | 'padding' | 'wrong';

/** Judges an answer; a wrong one that follows from a known mistake gets its explanation. */
export function judge(exercise: Exercise, answer: readonly number[]): Verdict {
  const right = outputOf(exercise);
  if (right.every((value, i) => value === answer[i])) return 'right';
  const [channels, height, width] = answer;
  if (channels !== right[0] && height === right[1] && width === right[2]) return 'channels';
  const window = slidingWindowOf(exercise.layer);
  if (!window) return 'wrong';
  const sizes = [axisSizes(exercise.input.height, window, 0), axisSizes(exercise.input.width, window, 1)];
  const slipped = (slip: (size: AxisSizes) => number) =>
    sizes.every((size, axis) => answer[axis + 1] === slip(size)) &&
    sizes.some((size) => slip(size) !== size.out);
  if (slipped((size) => size.out - 1)) return 'plus-one';
  const oneSided = ({ length, kernel, stride, dilation }: AxisSizes, padding: number) =>
    Math.floor((length + padding - dilation * (kernel - 1) - 1) / stride) + 1;
  if (slipped((size) => oneSided(size, size.padding)) || slipped((size) => oneSided(size, 0)))
    return 'padding';
  return 'wrong';
}
