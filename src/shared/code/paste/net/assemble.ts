/** Converts the tensor that `forward` returns to a net's layers: its steps in sequence, and sums as residual blocks. */
import { Problem } from '../../../base/problem.ts';
import type { Layer } from '../../../layers/index.ts';
import { type Shape, describeShape } from '../../../layers/layer.ts';
import { type Residual, shortcut } from '../../../layers/residual.ts';
import { canonicalLayer } from '../../canonical.ts';
import type { Findings } from '../findings.ts';
import type { LossKind } from '../training/losses.ts';
import type { LayerModule, Place, Step, TensorNode } from '../values.ts';

export type Item =
  | { readonly kind: 'step'; readonly step: Step; readonly place: Place; readonly module: LayerModule | null }
  | {
      readonly kind: 'residual';
      readonly main: Item[];
      readonly side: Item | null;
      readonly place: Place;
      readonly input: Shape;
      readonly output: Shape;
    };

/** Returns the node before a node's own part: a sum's part ends at what both sides have in common. */
function before(node: TensorNode): TensorNode | null {
  return node.plus && node.from ? common(node.from, node.plus) : node.from;
}

/** Views of one tensor are one node for sums. */
const same = (a: TensorNode, b: TensorNode) =>
  a === b ||
  (a.step !== null && a.step === b.step && a.from === b.from) ||
  (a.from === null && b.from === null);

function common(left: TensorNode, right: TensorNode): TensorNode | null {
  const spine: TensorNode[] = [];
  for (let node: TensorNode | null = left; node; node = before(node)) spine.push(node);
  const members = new Set(spine);
  for (let node: TensorNode | null = right; node; node = before(node)) {
    if (members.has(node)) return node;
    const view = node;
    const found = spine.find((each) => same(each, view));
    if (found) return found;
  }
  return null;
}

/** Returns the steps from `base` (exclusive) to `end`. */
export function itemsBetween(base: TensorNode | null, end: TensorNode, findings: Findings): Item[] {
  const items: Item[] = [];
  let node: TensorNode | null = end;
  while (node && !(base && same(node, base))) {
    const { place, step, module, shape } = node;
    if (node.plus && node.from) {
      const shared = common(node.from, node.plus);
      const left = itemsBetween(shared, node.from, findings);
      const right = itemsBetween(shared, node.plus, findings);
      items.unshift(...sumOf(left, right, place, { input: shared?.shape ?? shape, output: shape }, findings));
      node = shared;
    } else {
      if (step) items.unshift({ kind: 'step', step, place, module });
      node = node.from;
    }
  }
  return items;
}

function isProjection(items: readonly Item[]): Item | null {
  const [only] = items;
  if (items.length !== 1 || only?.kind !== 'step' || only.step.kind !== 'layer') return null;
  const { layer } = only.step;
  return layer.type === 'conv2d' && layer.kernelSize === 1 && !layer.padding ? only : null;
}

function sumOf(
  left: Item[],
  right: Item[],
  place: Place,
  shapes: { input: Shape; output: Shape },
  findings: Findings,
): Item[] {
  const block = (main: Item[], side: Item | null): Item[] => [
    { kind: 'residual', main, side, place, ...shapes },
  ];
  if (left.length > 0 && right.length === 0) return block(left, null);
  if (right.length > 0 && left.length === 0) return block(right, null);
  const besideRight = isProjection(right);
  if (besideRight && left.length > 0) return block(left, besideRight);
  const besideLeft = isProjection(left);
  if (besideLeft && right.length > 0) return block(right, besideLeft);
  findings.add('error', 'sum-unknown', place);
  return left;
}

/** Returns the modules that draw parameters, in the order in which Stride's net would draw them. */
export function drawing(items: readonly Item[]): LayerModule[] {
  return items.flatMap((item) => {
    if (item.kind === 'residual') return [...drawing(item.main), ...(item.side ? drawing([item.side]) : [])];
    return item.module && item.module.made !== null ? [item.module] : [];
  });
}

/** `loss` is the loss that receives the net's output. */
export function layersOf(
  items: readonly Item[],
  loss: LossKind | null,
  findings: Findings,
  outermost = true,
): Layer[] {
  const layers: Layer[] = [];
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i] as Item;
    if (item.kind === 'residual') {
      layers.push(...residual(item, findings));
      continue;
    }
    const { step, place } = item;
    const next = items[i + 1];
    switch (step.kind) {
      case 'layer':
        layers.push(step.layer);
        break;
      case 'flatten':
        layers.push({ type: 'flatten' });
        break;
      case 'mean':
        layers.push({ type: 'globalAveragePool' });
        break;
      case 'wholeAverage':
        if (next?.kind === 'step' && next.step.kind === 'flatten') {
          layers.push({ type: 'globalAveragePool' });
          i += 1;
        } else if (step.kernel.some((n) => n > 1)) layers.push(wholeAverage(step.kernel, place, findings));
        break;
      case 'softmax':
        // A softmax belongs to the net's output only if it is the last step.
        softmax(step.logarithm, place, outermost && i === items.length - 1, loss, findings);
        break;
    }
  }
  return layers;
}

function wholeAverage(kernel: readonly [number, number], place: Place, findings: Findings): Layer {
  findings.add('note', 'adaptive-plain', place, { kernel: kernel.join('×') });
  return canonicalLayer({ type: 'avgPool2d', kernelSize: [kernel[0], kernel[1]] });
}

function softmax(
  logarithm: boolean,
  place: Place,
  last: boolean,
  loss: LossKind | null,
  findings: Findings,
): void {
  if (!last) findings.add('error', 'softmax-inside', place);
  else if (loss === 'other') findings.add('warning', 'softmax-other-loss', place);
  else if (logarithm && loss === 'nll') findings.add('note', 'log-softmax', place);
  else if (logarithm) findings.add('warning', 'log-softmax-twice', place);
  else findings.add('error', 'softmax-before-loss', place);
}

function residual(
  { main, side, place, input, output }: Extract<Item, { kind: 'residual' }>,
  findings: Findings,
): Layer[] {
  const layers = layersOf(main, null, findings, false);
  if (layers.length === 0) {
    findings.add('error', 'sum-unknown', place);
    return [];
  }
  const block: Residual = { type: 'residual', layers };
  try {
    const wanted = shortcut(block, input);
    const own = side?.kind === 'step' && side.step.kind === 'layer' ? side.step.layer : null;
    const same = JSON.stringify(wanted && canonicalLayer(wanted)) === JSON.stringify(own ?? undefined);
    if (!same) {
      if (own) findings.add('error', 'residual-shortcut', side?.place ?? place);
      else
        findings.add('error', 'residual-needs-shortcut', place, {
          input: describeShape(input),
          output: describeShape(output),
        });
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  return [block];
}
