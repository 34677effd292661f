/** A graph's operations on pixels before its first layer, and padding as a separate node. */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import { importNotes } from '../read/notes.ts';
import { courseNormalisation } from '../../../shared/training/training.ts';
import { intsOf, textOf } from './attributes.ts';
import { type GraphView, nameOf } from './graphView.ts';
import type { Node } from './proto.ts';

export interface InputPreparation {
  /** The value that is the first layer's input. */
  readonly start: string;
  /** Whether the graph's input is batch × height × width × channels. */
  readonly channelsLast: boolean;
  /** Normalisation of pixels; undefined if there is none. */
  readonly normalisation: 'course' | undefined;
}

/** The combined operation so far: x · scale + shift. */
interface Affine {
  readonly scale: number;
  readonly shift: number;
}

/** Throws a `Problem` if pixels are normalised by constants that runs cannot have. */
export function readPreparation(view: GraphView, notes: ProblemRecord[]): InputPreparation {
  let affine: Affine = { scale: 1, shift: 0 };
  let channelsLast = false;
  let start = view.input.name;
  for (;;) {
    const [node, ...others] = view.consumers(start);
    if (!node || others.length > 0) break;
    const next = after(view, node, start, affine);
    if (next) affine = next;
    else if (!channelsLast && putsChannelsFirst(view, node)) channelsLast = true;
    else if (node.opType !== 'Identity' && node.opType !== 'Cast') break;
    start = node.output?.[0] ?? '';
  }
  return { start, channelsLast, normalisation: normalisationOf(view, affine, notes) };
}

/** Returns null unless the node is arithmetic with a constant. */
function after(view: GraphView, node: Node, value: string, { scale, shift }: Affine): Affine | null {
  const [left = '', right = ''] = node.input ?? [];
  const commutes = node.opType === 'Mul' || node.opType === 'Add';
  const other = left === value ? right : commutes ? left : '';
  const constant = view.constant(other);
  if (!constant) return null;
  const [by = NaN] = constant.data;
  switch (node.opType) {
    case 'Sub':
    case 'Add':
    case 'Mul':
    case 'Div':
      break;
    default:
      return null;
  }
  if (!constant.data.every((each) => each === by))
    throw view.refused('pixels of all channels are normalised by the same numbers here', nameOf(node));
  switch (node.opType) {
    case 'Sub':
      return { scale, shift: shift - by };
    case 'Add':
      return { scale, shift: shift + by };
    case 'Mul':
      return { scale: scale * by, shift: shift * by };
    case 'Div':
      return { scale: scale / by, shift: shift / by };
  }
}

/** Returns whether the node moves channels first, by a Transpose or, for one channel, by a Reshape. */
function putsChannelsFirst(view: GraphView, node: Node): boolean {
  if (node.opType === 'Transpose') return intsOf(node, 'perm')?.join() === '0,3,1,2';
  if (node.opType !== 'Reshape') return false;
  const [, height, width, channels] = view.input.shape;
  const sizes = view.target(node);
  return sizes?.length === 4 && channels === 1 && sizes[1] === 1 && sizes[2] === height && sizes[3] === width;
}

function normalisationOf(
  view: GraphView,
  { scale, shift }: Affine,
  notes: ProblemRecord[],
): 'course' | undefined {
  const near = (value: number, wanted: number) => Math.abs(value - wanted) < 1e-5;
  if (near(scale, 1) && near(shift, 0)) {
    notes.push(importNotes.notNormalised());
    return undefined;
  }
  const { mean, deviation } = courseNormalisation;
  if (near(-shift / scale, mean) && near(1 / scale, deviation)) return 'course';
  throw view.refused(
    'pixels can be normalised here by the course’s constants or the data set’s own',
    `(pixel − ${(-shift / scale).toPrecision(4)}) / ${(1 / scale).toPrecision(4)}`,
  );
}

/** Returns the node after a Pad with that padding as its own. */
export function withPaddingOf(view: GraphView, pad: Node): Node {
  const value = pad.output?.[0] ?? '';
  const [node, ...others] = view.consumers(value);
  const pads = intsOf(pad, 'pads') ?? [...(view.constant(pad.input?.[1] ?? '')?.data ?? [])];
  const filler = pad.input?.[2] ? view.constant(pad.input[2])?.data[0] : 0;
  const [, , top, left, , , bottom, right] = pads;
  const own = node && (intsOf(node, 'pads') ?? []).some((each) => each !== 0);
  const takes = node?.opType === 'Conv' || node?.opType === 'AveragePool';
  const plain = textOf(pad, 'mode', 'constant') === 'constant' && filler === 0;
  const spatial = [0, 1, 4, 5].every((axis) => pads[axis] === 0);
  if (!node || others.length > 0 || !takes || own || !plain || !spatial || pads.length !== 8)
    throw view.refused('padding belongs to the convolution or average behind it, with zeros', nameOf(pad));
  const attribute = (node.attribute ?? []).filter(({ name }) => name !== 'pads' && name !== 'auto_pad');
  const counted = node.opType === 'AveragePool' ? [{ name: 'count_include_pad', i: 1 }] : [];
  return {
    ...node,
    input: [pad.input?.[0] ?? '', ...(node.input ?? []).slice(1)],
    attribute: [
      ...attribute,
      ...counted,
      { name: 'pads', ints: [top ?? 0, left ?? 0, bottom ?? 0, right ?? 0] },
    ],
  };
}
