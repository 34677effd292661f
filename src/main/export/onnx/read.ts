/**
 * An ONNX file as a net with its weights, for the operators that are layers here. The graph is followed from its input: a
 * value that two nodes take is the beginning of a residual block, or of an activation that is written as several nodes.
 * What no layer can express is named.
 */
import type { Layer } from '../../../shared/layers/index.ts';
import type { Network } from '../../../shared/network/network.ts';
import { parseNetwork } from '../../../shared/network/network.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import { courseNormalisation } from '../../../shared/training/training.ts';
import { GraphView, type Values, intOf, nameOf } from './graphView.ts';
import { type ReadLayer, layerOf } from './readLayers.ts';
import type { Node } from './proto.ts';

export interface OnnxModel {
  readonly network: Network;
  readonly tensors: readonly NamedTensor[];
  readonly notes: readonly string[];
  /** What the graph does to pixels before the first layer; undefined where it does nothing. */
  readonly normalisation: 'course' | undefined;
}

/** Throws a `Problem` that names the node which no layer can express. */
export function readOnnx(bytes: Uint8Array, path: string): OnnxModel {
  const reader = new Reader(new GraphView(bytes, path));
  const { view } = reader;
  const { start, normalisation } = reader.normalisation();
  const layers = reader.chain(start, view.output);
  const [, channels, height, width] = view.input.shape;
  if (!channels || !height || !width || view.input.shape.length !== 4)
    throw view.refused(
      'the input must be batch × channels × height × width, with sizes',
      view.input.shape.map((each) => each ?? '?').join(' × '),
    );
  const name = (view.name || path.replace(/^.*[/\\]/, '').replace(/\.onnx$/i, '')).slice(0, 80);
  const network = parseNetwork({ name, input: { height, width, channels }, layers: layers.map(plainLayer) });
  const tensors = layers.flatMap((layer, index) => tensorsOf(layer, `${index}`));
  // Whether the layers fit each other; and every weight must be of the size that they say.
  summarize(network);
  return { network, tensors, notes: reader.notes, normalisation };
}

function plainLayer({ layer, inner }: ReadLayer): Layer {
  return layer.type === 'residual' ? { ...layer, layers: inner.map(plainLayer) } : layer;
}

function tensorsOf({ weights, inner, shortcut }: ReadLayer, key: string): NamedTensor[] {
  const own = Object.entries(weights).map(([name, value]) => ({ name: `${key}.${name}`, ...value }));
  const within = inner.flatMap((layer, i) => tensorsOf(layer, `${key}.layers.${i}`));
  return [...own, ...within, ...(shortcut ? tensorsOf(shortcut, `${key}.shortcut`) : [])];
}

class Reader {
  readonly view: GraphView;
  readonly notes: string[] = [];

  constructor(view: GraphView) {
    this.view = view;
  }

  /** Constants that are taken from pixels and divided by, before the first layer. */
  normalisation(): { start: string; normalisation: 'course' | undefined } {
    const { view } = this;
    const found: Record<string, Values> = {};
    let start = view.input.name;
    for (;;) {
      const [node, ...others] = view.consumers(start);
      const [, constant] = node?.input ?? [];
      if (
        !node ||
        others.length > 0 ||
        !['Sub', 'Div'].includes(node.opType ?? '') ||
        !view.isConstant(constant)
      )
        break;
      found[node.opType ?? ''] = view.constant(constant ?? '') as Values;
      start = node.output?.[0] ?? '';
    }
    if (!found['Sub'] && !found['Div']) {
      this.notes.push(
        'the file says nothing of how pixels are normalised; Stride normalises them as the settings say',
      );
      return { start, normalisation: undefined };
    }
    const near = (values: Values | undefined, wanted: number) =>
      values?.data.every((each) => Math.abs(each - wanted) < 1e-5) === true;
    if (near(found['Sub'], courseNormalisation.mean) && near(found['Div'], courseNormalisation.deviation))
      return { start, normalisation: 'course' };
    const numbers = Object.values(found).map(({ data }) => [...data].join(', '));
    throw view.refused(
      'pixels can be normalised here by the course’s constants or the data set’s own',
      numbers.join('; '),
    );
  }

  /** The layers from one value to another. */
  chain(from: string, to: string): ReadLayer[] {
    const layers: ReadLayer[] = [];
    let value = from;
    while (value !== to) {
      const consumers = this.view.consumers(value);
      const [node] = consumers;
      if (!node) throw this.view.refused('every value leads to the output', `nothing takes "${value}"`);
      const step = consumers.length === 1 ? this.#single(node, value, to) : this.#several(consumers, value);
      layers.push(...step.layers);
      value = step.next;
    }
    return layers;
  }

  #single(node: Node, value: string, to: string): { layers: ReadLayer[]; next: string } {
    const next = node.output?.[0] ?? '';
    switch (node.opType ?? '') {
      case 'Identity':
      case 'Cast':
        return { layers: [], next };
      case 'Softmax':
      case 'LogSoftmax':
        if (next === this.view.output || next === to) {
          this.notes.push(`${node.opType} at the end was left out: training adds it to the loss`);
          return { layers: [], next };
        }
        break;
      case 'MatMul': {
        const [add] = this.view.consumers(next);
        const bias = add?.opType === 'Add' ? add.input?.find((each) => each !== next) : undefined;
        if (add && this.view.consumers(next).length === 1 && this.view.isConstant(bias)) {
          const layer = layerOf(this.view, node, this.notes, this.view.constant(bias ?? ''));
          return { layers: layer, next: add.output?.[0] ?? '' };
        }
      }
    }
    return {
      layers: layerOf(this.view, node, this.notes, null),
      next: this.#afterFlatten(node, next, value),
    };
  }

  /** A global average is flat here: what only takes away its two last axes belongs to it. */
  #afterFlatten(node: Node, next: string, _value: string): string {
    if (node.opType !== 'GlobalAveragePool' && node.opType !== 'ReduceMean') return next;
    const [after, ...others] = this.view.consumers(next);
    const flattens = ['Flatten', 'Squeeze', 'Reshape'].includes(after?.opType ?? '');
    return after && others.length === 0 && flattens ? (after.output?.[0] ?? '') : next;
  }

  /** SiLU, GELU, or a residual block. */
  #several(consumers: readonly Node[], value: string): { layers: ReadLayer[]; next: string } {
    const activation = this.#activation(consumers, value);
    if (activation) return activation;
    const join = this.#join(value);
    if (!join) throw this.view.refused('branches must be added up again', consumers.map(nameOf).join(', '));
    const [left = '', right = ''] = join.input ?? [];
    const isSide = (end: string) => end === value || this.#isShortcut(end, value);
    const side = isSide(right) ? right : isSide(left) ? left : undefined;
    if (side === undefined)
      throw this.view.refused('one branch of a block is the input itself or a 1×1 convolution', nameOf(join));
    const inner = this.chainWithin(value, side === right ? left : right);
    const beside = this.view.producer(side);
    const shortcut = side === value || !beside ? undefined : layerOf(this.view, beside, this.notes, null)[0];
    const block: ReadLayer = {
      layer: { type: 'residual', layers: [] },
      weights: {},
      inner,
      ...(shortcut && { shortcut }),
    };
    return { layers: [block], next: join.output?.[0] ?? '' };
  }

  /** Like `chain`, where the first value is taken by the other branch too. */
  chainWithin(from: string, to: string): ReadLayer[] {
    if (from === to) return [];
    const first = this.view.consumers(from).find((node) => this.#reaches(node.output?.[0] ?? '', to));
    if (!first) throw this.view.refused('a block has layers', 'a branch without any');
    const { layers, next } = this.#single(first, from, to);
    return [...layers, ...this.chain(next, to)];
  }

  #isShortcut(end: string, value: string): boolean {
    const node = this.view.producer(end);
    return node?.opType === 'Conv' && node.input?.[0] === value && intOf(node, 'group', 1) === 1;
  }

  #activation(consumers: readonly Node[], value: string): { layers: ReadLayer[]; next: string } | null {
    const ready = (name: 'silu' | 'gelu', next: string) => ({
      layers: [{ layer: { type: 'activation', function: name } as const, weights: {}, inner: [] }],
      next,
    });
    const product = consumers.find(({ opType }) => opType === 'Mul');
    const sigmoid = consumers.find(({ opType }) => opType === 'Sigmoid');
    if (consumers.length === 2 && product && sigmoid && product.input?.includes(sigmoid.output?.[0] ?? ''))
      return ready('silu', product.output?.[0] ?? '');
    // x · (1 + erf(x / √2)) / 2, in whatever order it is multiplied.
    const erf = this.view.nodes.find(
      (node) => node.opType === 'Erf' && this.#comesFrom(node.input?.[0] ?? '', value),
    );
    if (!erf) return null;
    let end = erf.output?.[0] ?? '';
    for (let i = 0; i < 4; i += 1) {
      const [next] = this.view.consumers(end);
      if (!next || !['Add', 'Mul', 'Div'].includes(next.opType ?? '')) break;
      end = next.output?.[0] ?? '';
    }
    return ready('gelu', end);
  }

  /** Whether a value is another one, scaled by a constant. */
  #comesFrom(end: string, value: string): boolean {
    const node = this.view.producer(end);
    return node?.input?.includes(value) === true && ['Mul', 'Div'].includes(node.opType ?? '');
  }

  /** The first addition of two computed values through which every way to the output leads. */
  #join(value: string): Node | undefined {
    return this.view.nodes.find(
      (node) =>
        node.opType === 'Add' &&
        !node.input?.some((each) => this.view.isConstant(each)) &&
        this.#reaches(value, node.output?.[0] ?? '') &&
        !this.#reaches(value, this.view.output, node),
    );
  }

  #reaches(from: string, to: string, without?: Node): boolean {
    const seen = new Set<string>();
    const open = [from];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (value === to) return true;
      if (seen.has(value)) continue;
      seen.add(value);
      for (const node of this.view.consumers(value)) if (node !== without) open.push(...(node.output ?? []));
    }
    return false;
  }
}
