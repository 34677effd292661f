/** Sizes of tensors: PyTorch's, with the batch first, and those of Stride's layers, for one image. */
import { type MapShape, type Shape, elements } from '../../../layers/layer.ts';
import type { Place, Size, TensorNode } from '../values.ts';

export function sizesOf(shape: Shape, batch: Size = 'batch'): Size[] {
  return shape.kind === 'map' ? [batch, shape.channels, shape.height, shape.width] : [batch, shape.features];
}

const same = (a: readonly Size[], b: readonly Size[]) =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** Returns whether the tensor has the layout that a layer expects: it has not been reshaped since the last one. */
export const isPlain = ({ sizes, shape }: TensorNode) => same(sizes.slice(1), sizesOf(shape).slice(1));

/** Formats `[64, 10, 12, 12]`, as PyTorch's messages do. */
export const listed = (sizes: readonly Size[], batch: number) =>
  `[${sizes.map((size) => (size === 'batch' ? batch : size)).join(', ')}]`;

/** Returns a tensor that was not computed from another; null if its sizes are neither an image's nor a row's. */
export function freshTensor(sizes: readonly Size[], place: Place): TensorNode | null {
  const image = sizes.length === 3 ? sizes : sizes.slice(1);
  if (sizes.length < 2 || sizes.length > 4 || !image.every((size) => typeof size === 'number' && size > 0))
    return null;
  const [channels = 1, height = 1, width = 1] = image as number[];
  const shape: Shape =
    sizes.length === 2 ? { kind: 'flat', features: channels } : { kind: 'map', channels, height, width };
  return { from: null, step: null, plus: null, place, module: null, shape, sizes };
}

export const imageTensor = (shape: MapShape, place: Place): TensorNode => ({
  from: null,
  step: null,
  plus: null,
  place,
  module: null,
  shape,
  sizes: sizesOf(shape),
});

/** Returns the tensor with other sizes: a flatten if each image becomes one row, otherwise only another view of it. */
export function relabelled(tensor: TensorNode, sizes: readonly Size[], place: Place): TensorNode {
  const { shape } = tensor;
  const features = elements(shape);
  if (sizes.length === 2 && sizes[1] === features && shape.kind === 'map') {
    const flat: Shape = { kind: 'flat', features };
    return { from: tensor, step: { kind: 'flatten' }, plus: null, place, module: null, shape: flat, sizes };
  }
  // A row that is flattened again is unchanged; the layer is kept.
  if (sizes.length === 2 && same(sizes, tensor.sizes) && shape.kind === 'flat')
    return { from: tensor, step: { kind: 'flatten' }, plus: null, place, module: null, shape, sizes };
  // The map was flattened and gets its shape back.
  const { from } = tensor;
  if (tensor.step?.kind === 'flatten' && from && same(sizes.slice(1), sizesOf(from.shape).slice(1)))
    return { ...from, sizes };
  return { ...tensor, sizes };
}
