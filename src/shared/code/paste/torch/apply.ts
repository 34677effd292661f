/**
 * Applies layers to a tensor. The code's declared input of a layer is compared with the actual one; where PyTorch would
 * stop, its message and a remedy are reported, and reading continues as if the remedy had been applied.
 */
import { Problem } from '../../../base/problem.ts';
import { type Layer, layerKind } from '../../../layers/index.ts';
import { type MapShape, type Shape, describeShape, elements } from '../../../layers/layer.ts';
import { poolWindow } from '../../../layers/pooling.ts';
import { canonicalLayer } from '../../canonical.ts';
import type { Reading } from '../reading.ts';
import {
  type LayerModule,
  NotUnderstood,
  type TensorOperation,
  type Place,
  type Step,
  type TensorNode,
} from '../values.ts';
import * as mistakes from './mistakes.ts';
import { isPlain, listed, relabelled, sizesOf } from './sizes.ts';

type LayerOperation = Extract<TensorOperation, { kind: 'layer' }>;

export function applyOperations(
  reading: Reading,
  tensor: TensorNode,
  operations: readonly TensorOperation[],
  place: Place,
  module: LayerModule | null,
): TensorNode {
  return operations.reduce((node, operation) => applyOne(reading, node, operation, place, module), tensor);
}

function applyOne(
  reading: Reading,
  tensor: TensorNode,
  operation: TensorOperation,
  place: Place,
  module: LayerModule | null,
): TensorNode {
  switch (operation.kind) {
    case 'flatten':
      return flattened(tensor, operation, place);
    case 'unflatten': {
      const { axis, sizes } = operation;
      const at = axis < 0 ? tensor.sizes.length + axis : axis;
      return relabelled(tensor, tensor.sizes.toSpliced(at, 1, ...sizes), place);
    }
    case 'softmax':
      return after(tensor, operation, tensor.shape, place, module);
    case 'adaptive':
      return adaptive(reading, asPlain(tensor), operation, module?.place ?? place);
    case 'layer':
      return layer(reading, tensor, operation, place, module);
  }
}

function after(
  from: TensorNode,
  step: Step,
  shape: Shape,
  place: Place,
  module: LayerModule | null = null,
): TensorNode {
  return { from, step, plus: null, place, module, shape, sizes: sizesOf(shape, from.sizes[0]) };
}

/** Inserts a layer between: the average over the map, or a pool. */
function withLayer(tensor: TensorNode, made: Layer, place: Place): TensorNode {
  return after(
    tensor,
    { kind: 'layer', layer: made },
    layerKind(made).outputShape(made, tensor.shape),
    place,
  );
}

function asPlain(tensor: TensorNode): TensorNode {
  if (isPlain(tensor)) return tensor;
  throw new NotUnderstood('reshape', { sizes: listed(tensor.sizes, 64).replace('[64', '[N') });
}

function flattened(
  tensor: TensorNode,
  { start, end }: Extract<TensorOperation, { kind: 'flatten' }>,
  place: Place,
) {
  const { sizes } = tensor;
  const first = start < 0 ? sizes.length + start : start;
  const last = end < 0 ? sizes.length + end : end;
  const merged = sizes.slice(first, last + 1);
  if (merged.includes('batch') && merged.length > 1)
    throw new NotUnderstood('argument-unsupported', { what: 'flatten', argument: 'start_dim', value: start });
  const product = merged.reduce<number>((all, size) => all * (size as number), 1);
  if (merged.length < 2) return tensor.sizes.length === 2 ? relabelled(tensor, sizes, place) : tensor;
  return relabelled(tensor, sizes.toSpliced(first, merged.length, product), place);
}

function layer(
  reading: Reading,
  given: TensorNode,
  operation: LayerOperation,
  place: Place,
  module: LayerModule | null,
): TensorNode {
  const where = module?.place ?? place;
  const made = operation.layer;
  if (made.type === 'activation' || made.type === 'dropout') {
    if (operation.wholeChannels && given.shape.kind === 'map' && reading.trace)
      reading.findings.add('warning', 'dropout-channels', where);
    return {
      ...after(given, { kind: 'layer', layer: made }, given.shape, place, module),
      sizes: given.sizes,
    };
  }
  const tensor = made.type === 'linear' ? rows(reading, given, operation, where) : asPlain(given);
  checkInput(reading, tensor, operation, where);
  const step: Step = { kind: 'layer', layer: made };
  try {
    const shape = layerKind(made).outputShape(made, tensor.shape);
    if (operation.ceil && !evenly(made, tensor.shape, shape))
      throw new NotUnderstood('argument-unsupported', {
        what: operation.torch,
        argument: 'ceil_mode',
        value: 'True',
      });
    return after(tensor, step, shape, place, module);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (reading.trace?.sizesKnown) mistakes.doesNotFit(reading, where, made, tensor);
    if (reading.trace) reading.trace.sizesKnown = false;
    return after(tensor, step, tensor.shape, place, module);
  }
}

/** Returns whether rounding up gives the same size: PyTorch drops a last window that would start beyond the map. */
function evenly(made: Layer, input: Shape, output: Shape): boolean {
  if (
    (made.type !== 'maxPool2d' && made.type !== 'avgPool2d') ||
    input.kind !== 'map' ||
    output.kind !== 'map'
  )
    return true;
  const { kernel, stride, padding } = poolWindow(made);
  return ([0, 1] as const).every((axis) => {
    const size = axis === 0 ? input.height : input.width;
    const down = axis === 0 ? output.height : output.width;
    let up = Math.ceil((size + 2 * padding[axis] - kernel[axis]) / stride[axis]) + 1;
    if ((up - 1) * stride[axis] >= size + padding[axis]) up -= 1;
    return up === down;
  });
}

/** Applies a linear layer, which takes one row per image. */
function rows(reading: Reading, tensor: TensorNode, operation: LayerOperation, place: Place): TensorNode {
  const { shape, sizes } = tensor;
  if (shape.kind === 'flat' && isPlain(tensor)) return tensor;
  const flat = relabelled(tensor, [sizes[0] ?? 'batch', elements(shape)], place);
  const wanted = operation.takes?.features;
  if (reading.trace && tensor === reading.trace.input) {
    if (wanted === undefined || wanted === elements(shape))
      reading.findings.add('note', 'input-flattened', place);
    return flat;
  }
  if (!isPlain(tensor) || shape.kind === 'flat' || (wanted !== undefined && wanted === sizes.at(-1)))
    throw new NotUnderstood('linear-on-map', { sizes: listed(sizes, 64).replace('[64', '[N') });
  mistakes.notFlattened(reading, place, tensor, operation);
  return flat;
}

function checkInput(reading: Reading, { shape }: TensorNode, operation: LayerOperation, place: Place): void {
  const { trace } = reading;
  const { channels, features } = operation.takes ?? {};
  if (!trace?.sizesKnown) return;
  if (channels !== undefined && shape.kind === 'map' && shape.channels !== channels)
    mistakes.otherChannels(reading, place, operation, shape);
  if (features !== undefined && shape.kind === 'flat' && shape.features !== features)
    mistakes.otherFeatures(reading, place, operation, shape.features);
}

/** Applies an adaptive pool; one whose output divides its input is a plain pool. */
function adaptive(
  reading: Reading,
  tensor: TensorNode,
  { pool, size }: Extract<TensorOperation, { kind: 'adaptive' }>,
  place: Place,
): TensorNode {
  const { shape } = tensor;
  const unfit = (map: string): NotUnderstood =>
    new NotUnderstood('adaptive', { size: size.map((n) => n ?? 'None').join('×'), map });
  if (shape.kind !== 'map') throw unfit(describeShape(shape));
  const output: MapShape = { ...shape, height: size[0] ?? shape.height, width: size[1] ?? shape.width };
  const kernel = [shape.height / output.height, shape.width / output.width] as [number, number];
  if (pool === 'avgPool2d' && output.height === 1 && output.width === 1)
    return after(tensor, { kind: 'wholeAverage', kernel }, output, place);
  if (kernel.every((n) => n === 1)) return tensor;
  if (kernel.some((n) => !Number.isInteger(n) || n > 64)) {
    if (reading.trace) reading.trace.sizesKnown = false;
    throw unfit(`${shape.height}×${shape.width}`);
  }
  if (reading.trace) reading.findings.add('note', 'adaptive-plain', place, { kernel: kernel.join('×') });
  return withLayer(tensor, canonicalLayer({ type: pool, kernelSize: kernel }), place);
}
