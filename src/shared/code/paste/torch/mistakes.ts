/**
 * Mistakes of the script's author: the error with which PyTorch 2 would stop, in its own words, and the correction. The
 * batch size in its messages is the usual one, because it does not affect the result.
 */
import { convWindow } from '../../../layers/conv2d.ts';
import type { Layer } from '../../../layers/index.ts';
import { type MapShape, describeShape, elements } from '../../../layers/layer.ts';
import { poolWindow } from '../../../layers/pooling.ts';
import type { Reading } from '../reading.ts';
import type { TensorOperation, Place, TensorNode } from '../values.ts';
import { listed } from './sizes.ts';

type LayerOperation = Extract<TensorOperation, { kind: 'layer' }>;

const images = 64;

/** Returns the layer's line with its first argument, or the one of that name, replaced. */
function mended(place: Place, said: number, given: number): string {
  const named = /(in_channels|in_features|num_features)\s*=\s*[^,)]+/;
  const { text } = place;
  if (named.test(text)) return text.replace(named, `$1=${given}`);
  const first = new RegExp(`(\\w+\\()\\s*${said}\\b`);
  if (first.test(text)) return text.replace(first, `$1${given}`);
  return text.replace(/(\w+\()[^,()]+(?:\([^()]*\))?[^,()]*/, `$1${given}`);
}

export function otherFeatures(
  reading: Reading,
  place: Place,
  operation: LayerOperation,
  given: number,
): void {
  const said = operation.takes?.features ?? 0;
  // The reshape before it has reported the problem already.
  if (reading.trace?.excused === said) return;
  const units = operation.layer.type === 'linear' ? operation.layer.units : 0;
  reading.findings.add('mistake', 'mismatch-features', place, {
    said,
    given,
    message: `mat1 and mat2 shapes cannot be multiplied (${images}x${given} and ${said}x${units})`,
    fix: mended(place, said, given),
  });
}

export function otherChannels(
  reading: Reading,
  place: Place,
  operation: LayerOperation,
  shape: MapShape,
): void {
  const said = operation.takes?.channels ?? 0;
  const given = shape.channels;
  const sizes = `[${images}, ${given}, ${shape.height}, ${shape.width}]`;
  let message = `running_mean should contain ${given} elements not ${said}`;
  if (operation.layer.type === 'conv2d') {
    const { kernel } = convWindow(operation.layer);
    message =
      `Given groups=1, weight of size [${operation.layer.filters}, ${said}, ${kernel.join(', ')}], expected input${sizes} ` +
      `to have ${said} channels, but got ${given} channels instead`;
  }
  reading.findings.add('mistake', 'mismatch-channels', place, {
    said,
    given,
    shape: describeShape(shape),
    message,
    fix: mended(place, said, given),
  });
}

/** Reports a map that goes into a linear layer. */
export function notFlattened(
  { findings, trace }: Reading,
  place: Place,
  tensor: TensorNode,
  { takes, layer }: LayerOperation,
): void {
  if (!trace?.sizesKnown) return;
  const { shape } = tensor;
  if (shape.kind !== 'map') return;
  const rows = images * shape.channels * shape.height;
  const units = layer.type === 'linear' ? layer.units : 0;
  findings.add('mistake', 'not-flattened', place, {
    shape: describeShape(shape),
    message: `mat1 and mat2 shapes cannot be multiplied (${rows}x${shape.width} and ${takes?.features ?? '?'}x${units})`,
    fix: 'x = torch.flatten(x, 1)',
  });
}

/** Reports `view(-1, 300)` of 320 numbers per image. */
export function otherView(reading: Reading, place: Place, tensor: TensorNode, said: number): void {
  const { trace, findings } = reading;
  if (!trace?.sizesKnown) return;
  const given = elements(tensor.shape);
  const total = images * given;
  trace.excused = said;
  findings.add('mistake', 'mismatch-view', place, {
    said,
    given,
    shape: describeShape(tensor.shape),
    message:
      total % said === 0
        ? `Expected input batch_size (${total / said}) to match target batch_size (${images}).`
        : `shape '[-1, ${said}]' is invalid for input of size ${total}`,
    fix: place.text.replace(new RegExp(`\\b${said}\\b`), String(given)),
  });
}

/** Reports a window that is larger than its map, and a layer for maps after a flatten. */
export function doesNotFit(reading: Reading, place: Place, layer: Layer, tensor: TensorNode): void {
  const { shape } = tensor;
  let message = '';
  if (shape.kind === 'flat') {
    message =
      layer.type === 'conv2d'
        ? `Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: ${listed(tensor.sizes, images)}`
        : `expected 4D input (got ${tensor.sizes.length}D input)`;
  } else if (layer.type === 'conv2d') {
    const { kernel, padding } = convWindow(layer);
    const padded = [shape.height + 2 * padding[0], shape.width + 2 * padding[1]].join(' x ');
    message =
      `Calculated padded input size per channel: (${padded}). Kernel size: (${kernel.join(' x ')}). ` +
      `Kernel size can't be greater than actual input size`;
  } else if (layer.type === 'maxPool2d' || layer.type === 'avgPool2d') {
    const { kernel, stride, padding } = poolWindow(layer);
    const side = (size: number, axis: 0 | 1) =>
      Math.floor((size + 2 * padding[axis] - kernel[axis]) / stride[axis]) + 1;
    const { channels, height, width } = shape;
    message =
      `Given input size: (${channels}x${height}x${width}). ` +
      `Calculated output size: (${channels}x${side(height, 0)}x${side(width, 1)}). Output size is too small`;
  }
  reading.findings.add('mistake', 'does-not-fit', place, { shape: describeShape(shape), message });
}
