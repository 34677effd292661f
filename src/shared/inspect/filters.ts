/**
 * A layer's weights as filters: one for each output, laid out as the maps that it is multiplied with. A linear layer
 * behind a flattened map is laid out as that map's channels.
 */
import type { TensorValues } from './inspection.ts';
import type { TraceStep } from './trace.ts';

export interface Filters {
  readonly count: number;
  /** Each filter has this many sheets of `height` × `width` weights. */
  readonly sheets: number;
  readonly height: number;
  readonly width: number;
  /** Filters × sheets × height × width. */
  readonly values: Float32Array;
  /** Euclidean norm of each filter. */
  readonly norms: readonly number[];
}

/** Returns null if the layer has no weights that belong to single outputs. */
export function filtersOf(
  step: TraceStep,
  steps: readonly TraceStep[],
  weight: TensorValues | undefined,
): Filters | null {
  if (!weight) return null;
  const [count = 0, ...rest] = weight.shape;
  if (rest.length === 3) return withNorms(count, rest as [number, number, number], weight.data);
  if (rest.length !== 1) return null;
  const before = steps.find(({ place }) => place === step.from);
  const map = before?.layer.type === 'flatten' && before.input.kind === 'map' ? before.input : null;
  const layout = map ? [map.channels, map.height, map.width] : [1, 1, rest[0]];
  return withNorms(count, layout as [number, number, number], weight.data);
}

/** Returns the filters in this order, and each sheet one after the other: a picture of them. */
export function arranged({ sheets, height, width, values }: Filters, order: readonly number[]): Float32Array {
  const size = sheets * height * width;
  const all = new Float32Array(order.length * size);
  order.forEach((filter, at) => {
    all.set(values.subarray(filter * size, (filter + 1) * size), at * size);
  });
  return all;
}

function withNorms(
  count: number,
  [sheets, height, width]: [number, number, number],
  values: Float32Array,
): Filters {
  const size = sheets * height * width;
  const norms = Array.from({ length: count }, (_, filter) =>
    Math.sqrt(
      values.subarray(filter * size, (filter + 1) * size).reduce((sum, value) => sum + value * value, 0),
    ),
  );
  return { count, sheets, height, width, values, norms };
}
