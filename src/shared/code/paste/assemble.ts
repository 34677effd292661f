/**
 * From the tensor that `forward` gives back to a net's layers: its steps in a row, sums as residual blocks, and what
 * depends on the map's size decided as the sizes come out. What the code says of its inputs (channels, features) is held
 * against what it is given.
 */
import { type Layer, layerKind } from '../../layers/index.ts';
import { type MapShape, type Shape, describeShape, elements } from '../../layers/layer.ts';
import { type Residual, shortcut } from '../../layers/residual.ts';
import { Problem } from '../../base/problem.ts';
import { canonicalLayer } from '../canonical.ts';
import { Findings } from './findings.ts';
import type { LayerModule, Place, Step, TensorNode } from './values.ts';

type Item =
  | { readonly kind: 'step'; readonly step: Step; readonly place: Place; readonly module: LayerModule | null }
  | { readonly kind: 'residual'; readonly main: Item[]; readonly side: Item | null; readonly place: Place };

export interface Trace {
  readonly items: readonly Item[];
  readonly findings: Findings;
}

/** Where a node's own part ends: what a sum has in common on both sides. */
function before(node: TensorNode): TensorNode | null {
  return node.plus && node.from ? common(node.from, node.plus) : node.from;
}

function common(left: TensorNode, right: TensorNode): TensorNode | null {
  const spine = new Set<TensorNode>();
  for (let node: TensorNode | null = left; node; node = before(node)) spine.add(node);
  for (let node: TensorNode | null = right; node; node = before(node)) if (spine.has(node)) return node;
  return null;
}

/** The steps from `base`, left out, to `end`. */
export function itemsBetween(base: TensorNode | null, end: TensorNode, findings: Findings): Item[] {
  const items: Item[] = [];
  let node: TensorNode | null = end;
  while (node && node !== base) {
    const { place, step, module } = node;
    if (node.plus && node.from) {
      const shared = common(node.from, node.plus);
      const item = sumOf(
        itemsBetween(shared, node.from, findings),
        itemsBetween(shared, node.plus, findings),
        place,
        findings,
      );
      items.unshift(...item);
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

function sumOf(left: Item[], right: Item[], place: Place, findings: Findings): Item[] {
  if (left.length > 0 && right.length === 0) return [{ kind: 'residual', main: left, side: null, place }];
  if (right.length > 0 && left.length === 0) return [{ kind: 'residual', main: right, side: null, place }];
  const besideRight = isProjection(right);
  if (besideRight && left.length > 0) return [{ kind: 'residual', main: left, side: besideRight, place }];
  const besideLeft = isProjection(left);
  if (besideLeft && right.length > 0) return [{ kind: 'residual', main: right, side: besideLeft, place }];
  findings.add('error', 'sum-unknown', place);
  return left;
}

/** Modules that draw parameters, in the order in which Stride's net would draw them. */
export function drawing(items: readonly Item[]): LayerModule[] {
  return items.flatMap((item) => {
    if (item.kind === 'residual') return [...drawing(item.main), ...(item.side ? drawing([item.side]) : [])];
    return item.module && item.module.made !== null ? [item.module] : [];
  });
}

/** The first thing that the code says of its input. */
export function firstTakes(items: readonly Item[]): { channels?: number; features?: number } | null {
  for (const item of items) {
    const found =
      item.kind === 'residual'
        ? firstTakes(item.main)
        : item.step.kind === 'layer' && item.step.takes
          ? item.step.takes
          : null;
    if (found) return found;
  }
  return null;
}

/** The layers for an input of that shape. */
export class Assembly {
  readonly findings = new Findings();
  private readonly loss: 'crossEntropy' | 'nll' | null;
  /** Null once something did not fit: what follows cannot be checked. */
  private shape: Shape | null;

  constructor(input: MapShape, loss: 'crossEntropy' | 'nll' | null) {
    this.shape = input;
    this.loss = loss;
  }

  get output(): Shape | null {
    return this.shape;
  }

  layers(items: readonly Item[], outermost = true): Layer[] {
    const layers: Layer[] = [];
    for (let i = 0; i < items.length; i += 1) {
      const item = items[i] as Item;
      if (item.kind === 'residual') {
        layers.push(...this.residual(item));
        continue;
      }
      const { step } = item;
      // What a module was made with is said where it was made.
      const place = item.module?.place ?? item.place;
      const next = items[i + 1];
      const flattens = next?.kind === 'step' && next.step.kind === 'flatten';
      if (
        step.kind === 'adaptive' &&
        step.pool === 'avgPool2d' &&
        step.size.every((n) => n === 1) &&
        flattens
      ) {
        layers.push(this.add({ type: 'globalAveragePool' }));
        i += 1;
      } else layers.push(...this.step(step, place, outermost && i === items.length - 1));
    }
    return layers;
  }

  private step(step: Step, place: Place, last: boolean): Layer[] {
    switch (step.kind) {
      case 'layer':
        this.checkTakes(step, place);
        return [this.add(step.layer)];
      case 'flatten':
        if (step.features !== undefined && this.shape && elements(this.shape) !== step.features)
          this.mismatch('features', step.features, place);
        return [this.add({ type: 'flatten' })];
      case 'mean':
        return [this.add({ type: 'globalAveragePool' })];
      case 'adaptive':
        return this.adaptive(step, place);
      case 'softmax':
        this.softmax(step, place, last);
        return [];
    }
  }

  private add(layer: Layer): Layer {
    if (!this.shape) return layer;
    try {
      this.shape = layerKind(layer).outputShape(layer, this.shape);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.shape = null;
    }
    return layer;
  }

  private checkTakes({ takes }: Extract<Step, { kind: 'layer' }>, place: Place): void {
    if (!this.shape || !takes) return;
    const { channels, features } = takes;
    if (channels !== undefined && this.shape.kind === 'map' && this.shape.channels !== channels)
      this.mismatch('channels', channels, place);
    if (features !== undefined && this.shape.kind === 'flat' && this.shape.features !== features)
      this.mismatch('features', features, place);
  }

  private mismatch(what: 'channels' | 'features', said: number, place: Place): void {
    if (!this.shape) return;
    const given =
      what === 'channels' && this.shape.kind === 'map' ? this.shape.channels : elements(this.shape);
    this.findings.add('error', `mismatch-${what}`, place, { said, given, shape: describeShape(this.shape) });
  }

  /** An adaptive pool whose output divides its input is a plain one. */
  private adaptive({ pool, size }: Extract<Step, { kind: 'adaptive' }>, place: Place): Layer[] {
    const { shape } = this;
    if (shape?.kind !== 'map') {
      this.findings.add('error', 'adaptive', place, {
        size: size.join('×'),
        map: shape ? describeShape(shape) : '?',
      });
      return [];
    }
    const kernel = [shape.height / size[0], shape.width / size[1]] as [number, number];
    if (kernel.every((n) => n === 1)) return [];
    if (kernel.some((n) => !Number.isInteger(n) || n > 64)) {
      this.findings.add('error', 'adaptive', place, {
        size: size.join('×'),
        map: `${shape.height}×${shape.width}`,
      });
      return [];
    }
    this.findings.add('note', 'adaptive-plain', place, { kernel: kernel.join('×') });
    return [this.add(canonicalLayer({ type: pool, kernelSize: kernel }))];
  }

  private softmax({ logarithm }: Extract<Step, { kind: 'softmax' }>, place: Place, last: boolean): void {
    if (!last) this.findings.add('error', 'softmax-inside', place);
    else if (logarithm && this.loss === 'nll') this.findings.add('note', 'log-softmax', place);
    else if (logarithm) this.findings.add('warning', 'log-softmax-twice', place);
    else this.findings.add('error', 'softmax-before-loss', place);
  }

  private residual({ main, side, place }: Extract<Item, { kind: 'residual' }>): Layer[] {
    const input = this.shape;
    const layers = this.layers(main, false);
    const block: Residual = { type: 'residual', layers };
    if (!input || !this.shape || layers.length === 0) return layers.length > 0 ? [block] : [];
    const output = this.shape;
    this.shape = input;
    try {
      const wanted = shortcut(block, input);
      const own = side?.kind === 'step' && side.step.kind === 'layer' ? side.step.layer : null;
      if (side?.kind === 'step' && side.step.kind === 'layer')
        this.checkTakes(side.step, side.module?.place ?? side.place);
      const same = JSON.stringify(wanted && canonicalLayer(wanted)) === JSON.stringify(own ?? undefined);
      if (!same) {
        if (!own)
          this.findings.add('error', 'residual-needs-shortcut', place, {
            input: describeShape(input),
            output: describeShape(output),
          });
        else this.findings.add('error', 'residual-shortcut', side?.place ?? place);
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
    this.shape = output;
    return [block];
  }
}
