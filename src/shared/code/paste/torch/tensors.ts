/** Operations on a tensor without a module: by torch's functions, by the tensor's methods and by operators. */
import type { SyntaxNode } from '@lezer/common';
import { elements } from '../../../layers/layer.ts';
import { shortName } from '../names.ts';
import { type Reading, place } from '../reading.ts';
import {
  type CallArguments,
  NotUnderstood,
  type Size,
  type TensorNode,
  type Value,
  number,
  truth,
  tuple,
  unknown,
} from '../values.ts';
import { consumeAll } from '../training/script.ts';
import { applyOperations } from './apply.ts';
import { bind, numbersOf } from './arguments.ts';
import { type TableEntry, methodTable } from './layerTable.ts';
import * as mistakes from './mistakes.ts';
import { freshTensor, isPlain, relabelled, sizesOf } from './sizes.ts';

/** Methods of a tensor that keep its numbers and their order. */
const harmless = new Set(
  'to cuda cpu float contiguous clone requires_grad_ type double type_as requires_grad half'.split(' '),
);

const asTensor = (node: TensorNode): Value => ({ kind: 'tensor', node });

/** Reports a call that cannot be traced if it is in the net; the tensor continues unchanged. */
export function lost(reading: Reading, node: SyntaxNode, call: CallArguments, what: string): Value {
  const values = [...call.positional, ...call.named.values()].flatMap((value) =>
    value.kind === 'list' ? value.items : [value],
  );
  const tensor = values.find((value) => value.kind === 'tensor');
  if (!tensor || !reading.trace) return unknown;
  reading.findings.add('error', 'operation-unknown', place(reading, node), { what });
  reading.trace.sizesKnown = false;
  return tensor;
}

export function applyFunction(
  reading: Reading,
  node: SyntaxNode,
  path: string,
  entry: TableEntry,
  call: CallArguments,
  isDropout: boolean,
): Value {
  const what = shortName(path);
  const [first, ...rest] = call.positional;
  const input = call.named.get('input') ?? first;
  if (input?.kind !== 'tensor') return unknown;
  const named = new Map([...call.named].filter(([name]) => name !== 'input'));
  const given = { positional: call.named.has('input') ? call.positional : rest, named };
  if (reading.trace) consumeAll(reading, given, place(reading, node));
  const bound = new Map(bind(what, entry.signature, given));
  if (isDropout) {
    const training = bound.get('training') ?? bound.get('train');
    bound.delete('training');
    if (training?.kind === 'boolean' && !training.value) return input;
    const followsMode = training && (training.origin?.kind === 'training' || truth(training) === null);
    if (!followsMode && reading.trace)
      reading.findings.add('warning', 'dropout-always', place(reading, node));
  }
  return asTensor(
    applyOperations(reading, input.node, entry.operations(bound, what), place(reading, node), null),
  );
}

const sizeValue = (size: Size | undefined): Value =>
  size === undefined ? unknown : size === 'batch' ? { kind: 'batch' } : number(size);

const shapeOf = ({ sizes }: TensorNode): Value => tuple(sizes.map(sizeValue));

export function tensorMember(reading: Reading, of: Extract<Value, { kind: 'tensor' }>, name: string): Value {
  switch (name) {
    case 'shape':
      return shapeOf(of.node);
    case 'ndim':
      return number(of.node.sizes.length);
    case 'data':
      return of;
    case 'device':
    case 'dtype':
      return unknown;
    default:
      void reading;
      return { kind: 'method', of, name };
  }
}

export function tensorMethod(
  reading: Reading,
  node: SyntaxNode,
  tensor: TensorNode,
  name: string,
  call: CallArguments,
): Value {
  if (harmless.has(name)) return asTensor(tensor);
  const [first] = call.positional;
  const at = place(reading, node);
  switch (name) {
    case 'size': {
      const axis = first ?? call.named.get('dim');
      return axis?.kind === 'number' ? sizeValue(tensor.sizes.at(axis.value)) : shapeOf(tensor);
    }
    case 'dim':
    case 'ndimension':
      return number(tensor.sizes.length);
    case 'numel':
    case 'nelement': {
      const known = tensor.sizes.every((size) => size !== 'batch');
      return known ? number(tensor.sizes.reduce<number>((all, size) => all * size, 1)) : unknown;
    }
    case 'view':
    case 'reshape':
    case 'view_as': {
      const sizes = call.positional.length > 0 ? call.positional : [...call.named.values()];
      return asTensor(
        reshaped(
          reading,
          node,
          tensor,
          sizes.flatMap((value) => (value.kind === 'list' ? value.items : [value])),
        ),
      );
    }
    case 'squeeze':
      return asTensor(squeezed(tensor, first ?? call.named.get('dim'), at));
    case 'unsqueeze':
      return asTensor(unsqueezed(reading, tensor, first ?? call.named.get('dim'), at));
    case 'mean':
      return mean(reading, node, tensor, call);
    case 'add':
    case 'add_':
      if (first?.kind === 'tensor' && call.positional.length === 1 && call.named.size === 0)
        return sum(reading, node, tensor, first.node);
      break;
    default:
  }
  const entry = methodTable[name];
  if (entry) {
    const operations = entry.operations(bind(`x.${name}`, entry.signature, call), `x.${name}`);
    return asTensor(applyOperations(reading, tensor, operations, at, null));
  }
  if (!reading.trace) return unknown;
  reading.trace.sizesKnown = false;
  throw new NotUnderstood('operation-unknown', { what: `x.${name}` });
}

/**
 * Reads `view(batch, -1)` and `view(-1, 320)` as one row per image; `view(-1, 1, 28, 28)` of such an image changes
 * nothing.
 */
export function reshaped(
  reading: Reading,
  node: SyntaxNode,
  tensor: TensorNode,
  values: readonly Value[],
): TensorNode {
  const at = place(reading, node);
  const [batch] = tensor.sizes;
  const unfit = () => new NotUnderstood('reshape', { sizes: at.text });
  if (typeof batch === 'number') return reshapedNumbers(tensor, values, at, unfit, reading.script.examples);
  const [first, ...rest] = values;
  if (!first || rest.length === 0) throw unfit();
  const total = elements(tensor.shape);
  const numbers = rest.map((value) => (value.kind === 'number' ? value.value : NaN));
  if (numbers.some(Number.isNaN)) {
    // The result is one row per image, of a length that cannot be read.
    if (rest.length === 1 && isBatch(first)) return relabelled(tensor, ['batch', total], at);
    throw unfit();
  }
  const known = numbers.filter((size) => size > 0).reduce((all, size) => all * size, 1);
  const open = numbers.filter((size) => size === -1).length;
  if (first.kind === 'number' && first.value > 0 && reading.trace)
    reading.findings.add('warning', 'batch-in-view', at, { size: first.value });
  const free = first.kind === 'number' && first.value === -1;
  if (!isBatch(first) || open > 1 || (free && open > 0)) throw unfit();
  if (tensor === reading.trace?.input && numbers.length === 3 && open === 0)
    reading.trace.wantedInput = numbers as [number, number, number];
  if (open === 1 ? total % known !== 0 : known !== total) {
    if (numbers.length !== 1) throw unfit();
    mistakes.otherView(reading, at, tensor, known);
    return relabelled(tensor, ['batch', total], at);
  }
  return relabelled(tensor, ['batch', ...numbers.map((size) => (size === -1 ? total / known : size))], at);
}

const isBatch = (value: Value) =>
  value.kind === 'batch' || value.kind === 'unknown' || value.kind === 'path' || value.kind === 'number';

/** Reshapes a tensor of known sizes, which the script itself makes. */
function reshapedNumbers(
  tensor: TensorNode,
  values: readonly Value[],
  at: ReturnType<typeof place>,
  unfit: () => NotUnderstood,
  examples: (readonly number[])[],
): TensorNode {
  const total = tensor.sizes.reduce<number>((all, size) => all * (size as number), 1);
  const numbers = values.map((value) => (value.kind === 'number' ? value.value : NaN));
  const known = numbers.filter((size) => size > 0).reduce((all, size) => all * size, 1);
  if (numbers.some(Number.isNaN) || total % known !== 0) throw unfit();
  const sizes = numbers.map((size) => (size === -1 ? total / known : size));
  const fresh = tensor.from === null && tensor.plus === null ? freshTensor(sizes, at) : null;
  if (fresh && sizes.length === 4) examples.push(sizes);
  return fresh ?? relabelled(tensor, sizes, at);
}

export function squeezed(
  tensor: TensorNode,
  dim: Value | undefined,
  at: ReturnType<typeof place>,
): TensorNode {
  const { sizes } = tensor;
  const axis = dim?.kind === 'number' ? (dim.value < 0 ? sizes.length + dim.value : dim.value) : null;
  const kept = sizes.filter((size, i) => i === 0 || size !== 1 || (axis !== null && i !== axis));
  return kept.length === sizes.length ? tensor : relabelled(tensor, kept, at);
}

function unsqueezed(
  { trace }: Reading,
  tensor: TensorNode,
  dim: Value | undefined,
  at: ReturnType<typeof place>,
): TensorNode {
  if (dim?.kind !== 'number') throw new NotUnderstood('operation-unknown', { what: 'x.unsqueeze' });
  // Images without a channel axis get one: here they have it already.
  if (tensor === trace?.input && dim.value === 1) return tensor;
  const axis = dim.value < 0 ? tensor.sizes.length + dim.value + 1 : dim.value;
  return relabelled(tensor, tensor.sizes.toSpliced(axis, 0, 1), at);
}

export function mean(reading: Reading, node: SyntaxNode, tensor: TensorNode, call: CallArguments): Value {
  const { sizes, shape } = tensor;
  const dim = call.named.get('dim') ?? call.positional[0];
  const keep = call.named.get('keepdim') ?? call.positional[1];
  const axes = (numbersOf(dim) ?? []).map((axis) => (axis < 0 ? axis + sizes.length : axis)).sort();
  const at = place(reading, node);
  const unfit = () => new NotUnderstood('operation-unknown', { what: 'mean' });
  if (shape.kind !== 'map' || sizes[1] !== shape.channels) throw unfit();
  const wholeMap = (isPlain(tensor) && axes.join() === '2,3') || (sizes.length === 3 && axes.join() === '2');
  if (wholeMap) {
    if (keep && truth(keep)) {
      const kernel = [shape.height, shape.width] as const;
      const output = { ...shape, height: 1, width: 1 };
      return asTensor({
        from: tensor,
        step: { kind: 'wholeAverage', kernel },
        plus: null,
        place: at,
        module: null,
        shape: output,
        sizes: sizesOf(output),
      });
    }
    const flat = { kind: 'flat', features: shape.channels } as const;
    return asTensor({
      from: tensor,
      step: { kind: 'mean' },
      plus: null,
      place: at,
      module: null,
      shape: flat,
      sizes: sizesOf(flat),
    });
  }
  // `mean(3).mean(2)` is complete with the second call.
  if (isPlain(tensor) && (axes.join() === '3' || axes.join() === '2'))
    return asTensor({ ...tensor, sizes: sizes.toSpliced(axes[0] as number, 1) });
  throw unfit();
}

export function sum(reading: Reading, node: SyntaxNode, left: TensorNode, right: TensorNode): Value {
  return asTensor({
    ...left,
    from: left,
    step: null,
    plus: right,
    place: place(reading, node),
    module: null,
  });
}

export function tensorOperator(
  reading: Reading,
  node: SyntaxNode,
  operator: string,
  left: Value,
  right: Value,
): Value {
  if (operator === '+' && left.kind === 'tensor' && right.kind === 'tensor')
    return sum(reading, node, left.node, right.node);
  const [tensor, other] = left.kind === 'tensor' ? [left, right] : [right, left];
  const neutral = other.kind === 'number' && other.value === ('+-'.includes(operator) ? 0 : 1);
  if (neutral && (left.kind === 'tensor' ? ['+', '-', '*', '/'] : ['+', '*']).includes(operator))
    return tensor;
  if (/^(==|!=|<|>|<=|>=|is|in|not)/.test(operator)) return unknown;
  if (!reading.trace) return unknown;
  reading.findings.add('error', 'operation-unknown', place(reading, node), { what: operator });
  return tensor;
}
