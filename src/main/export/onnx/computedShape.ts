/**
 * Shapes that a graph computes while it runs. `x.view(x.size(0), -1)` is exported as Shape, Gather, Unsqueeze
 * and Concat beside the map: these nodes are evaluated here, so that a Reshape to their result can be read
 * like one to a constant.
 */
import type { ConstantValues } from './graphView.ts';
import type { Node } from './proto.ts';
import { intOf, intsOf } from './attributes.ts';

/** A size: known, that of the batch, or dependent on the graph's inputs. */
export type OnnxSize = number | 'batch' | 'unknown';

export interface ShapeSource {
  producer(value: string): Node | undefined;
  constant(value: string): ConstantValues | null;
}

const operations = [
  'Shape',
  'Gather',
  'Slice',
  'Unsqueeze',
  'Squeeze',
  'Concat',
  'Cast',
  'Identity',
  'Mul',
  'Div',
  'ReduceProd',
];

/** Returns the sizes that a value holds; null if it is computed in another way. */
export function sizesOf(source: ShapeSource, value: string): readonly OnnxSize[] | null {
  const constant = source.constant(value);
  if (constant) return [...constant.data];
  const node = source.producer(value);
  if (!node || !operations.includes(node.opType ?? '')) return null;
  const [first = ''] = node.input ?? [];
  const given = () => sizesOf(source, first);
  switch (node.opType) {
    case 'Shape': {
      // All that matters of a map's shape is that its first size is the batch.
      const from = intOf(node, 'start', 0);
      const to = intOf(node, 'end', 4);
      const all: readonly OnnxSize[] = ['batch', 'unknown', 'unknown', 'unknown'];
      return all.slice(from, to);
    }
    case 'Gather': {
      const sizes = given();
      const places = source.constant(node.input?.[1] ?? '');
      return sizes && places ? [...places.data].map((place) => sizes.at(place) ?? 'unknown') : null;
    }
    case 'Slice': {
      const sizes = given();
      const bound = (position: number, name: string) =>
        source.constant(node.input?.[position] ?? '')?.data[0] ?? intsOf(node, name)?.[0];
      return sizes?.slice(bound(1, 'starts'), bound(2, 'ends')) ?? null;
    }
    case 'Concat': {
      const parts = (node.input ?? []).map((each) => sizesOf(source, each));
      return parts.includes(null) ? null : parts.flatMap((each) => each ?? []);
    }
    case 'Mul':
    case 'Div':
    case 'ReduceProd':
      return ['unknown'];
    default:
      return given();
  }
}

/** Returns the nodes that compute such a value, back to the Shape nodes. */
export function shapeNodes(source: ShapeSource, value: string): Node[] {
  const node = source.producer(value);
  if (!node || !operations.includes(node.opType ?? '')) return [];
  if (node.opType === 'Shape') return [node];
  return [node, ...(node.input ?? []).flatMap((each) => shapeNodes(source, each))];
}
