/**
 * Reads an ONNX file as a net with its weights, for the operators that correspond to layers. The graph is
 * traversed from its input: a value with two consumers begins a residual block or an activation that consists
 * of several nodes. A node that no layer can express is named in a `Problem`.
 */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import { importNotes } from '../read/notes.ts';
import type { Layer } from '../../../shared/layers/index.ts';
import type { Network } from '../../../shared/network/network.ts';
import { parseNetwork } from '../../../shared/network/network.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import { transposed } from '../../../shared/models/channelsLast.ts';
import { intOf, intsOf } from './attributes.ts';
import { GraphView, type ConstantValues, nameOf } from './graphView.ts';
import { type ReadLayer, layerOf, meanAxes } from './readLayers.ts';
import { readPreparation, withPaddingOf } from './preparation.ts';
import type { Node } from './proto.ts';

export interface OnnxModel {
  readonly network: Network;
  readonly tensors: readonly NamedTensor[];
  readonly notes: readonly ProblemRecord[];
  /** The graph's normalisation of pixels before the first layer; undefined if there is none. */
  readonly normalisation: 'course' | undefined;
}

/**
 * Throws a `Problem` that names the node which no layer can express. `beside` are files by name that are
 * stored beside the model and may hold its weights.
 */
export function readOnnx(
  bytes: Uint8Array,
  path: string,
  beside: ReadonlyMap<string, Uint8Array> = new Map(),
): OnnxModel {
  const view = new GraphView(bytes, path, beside);
  const notes: ProblemRecord[] = [];
  const { start, channelsLast, normalisation } = readPreparation(view, notes);
  const layers = new Reader(view, notes).chain(start, view.output);
  const { shape } = view.input;
  const [, channels, height, width] = channelsLast ? [shape[0], shape[3], shape[1], shape[2]] : shape;
  if (!channels || !height || !width || shape.length !== 4)
    throw view.refused(
      'the input must be batch × channels × height × width, with sizes',
      shape.map((each) => each ?? '?').join(' × '),
    );
  const name = (view.name || path.replace(/^.*[/\\]/, '').replace(/\.onnx$/i, '')).slice(0, 80);
  const network = parseNetwork({ name, input: { height, width, channels }, layers: layers.map(plainLayer) });
  const tensors = inOrderOfChannels(view, layers, network).flatMap((layer, index) =>
    tensorsOf(layer, `${index}`),
  );
  return { network, tensors, notes, normalisation };
}

/**
 * Permutes the columns of a linear layer after a map that is flattened with channels last into PyTorch's
 * order.
 */
function inOrderOfChannels(view: GraphView, layers: readonly ReadLayer[], network: Network): ReadLayer[] {
  // This also checks that the layers fit each other.
  const { layers: shapes } = summarize(network);
  const result = [...layers];
  for (const [position, { channelsLast }] of layers.entries()) {
    const input = shapes[position]?.input;
    if (!channelsLast || input?.kind !== 'map') continue;
    const next = layers.findIndex(
      ({ layer }, i) => i > position && !['activation', 'dropout'].includes(layer.type),
    );
    const linear = layers[next];
    const weight = linear?.weights['weight'];
    if (!linear || linear.layer.type !== 'linear' || !weight)
      throw view.refused('a map with its channels last is flattened for a linear layer', 'another layer');
    const { channels, height, width } = input;
    const units = weight.shape[0] ?? 0;
    const { data } = transposed({ shape: [units, height, width, channels], data: weight.data }, [0, 3, 1, 2]);
    result[next] = { ...linear, weights: { ...linear.weights, weight: { shape: weight.shape, data } } };
  }
  return result;
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
  readonly notes: ProblemRecord[];
  /** Whether a map's channels are its last axis at this point of the graph. */
  #channelsLast = false;

  constructor(view: GraphView, notes: ProblemRecord[]) {
    this.view = view;
    this.notes = notes;
  }

  /** Returns the layers from one value to another. */
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
          this.notes.push(importNotes.leftOut(node.opType ?? ''));
          return { layers: [], next };
        }
        break;
      case 'Transpose':
        this.#channelsLast = this.#transposedTo(node);
        return { layers: [], next };
      case 'Pad':
        return this.#single(withPaddingOf(this.view, node), value, to);
      case 'MatMul':
      case 'Conv': {
        const [add] = this.view.consumers(next);
        const bias = add?.opType === 'Add' ? add.input?.find((each) => each !== next) : undefined;
        const bare = !node.input?.[2];
        if (bare && add && this.view.consumers(next).length === 1 && this.view.isConstant(bias)) {
          const layers = this.#layers(node, this.view.constant(bias ?? ''));
          return { layers, next: add.output?.[0] ?? '' };
        }
      }
    }
    return { layers: this.#layers(node, null), next: this.#afterFlatten(node, next) };
  }

  #layers(node: Node, bias: ConstantValues | null): ReadLayer[] {
    const layers = layerOf(this.view, node, this.notes, bias);
    if (node.opType === 'ReduceMean' && meanAxes(this.view, node) !== (this.#channelsLast ? '1,2' : '2,3'))
      throw this.view.refused('a mean is taken over height and width here', nameOf(node));
    if (!this.#channelsLast) return layers;
    return layers.map((each) => {
      const { type } = each.layer;
      if (type === 'activation' || type === 'dropout') return each;
      this.#channelsLast = false;
      if (type === 'flatten') return { ...each, channelsLast: true };
      // An average over height and width does not depend on the order of axes.
      if (type === 'globalAveragePool' && node.opType === 'ReduceMean') return each;
      throw this.view.refused('a map has its channels before height and width here', nameOf(node));
    });
  }

  /** Returns whether a map has its channels last after this node. */
  #transposedTo(node: Node): boolean {
    const order = intsOf(node, 'perm')?.join();
    if (order === '0,2,3,1' && !this.#channelsLast) return true;
    if (order === '0,3,1,2' && this.#channelsLast) return false;
    throw this.view.refused('axes change places only between channels first and channels last', nameOf(node));
  }

  /** Skips a node that only removes the last two axes after a global average, whose output is flat here. */
  #afterFlatten(node: Node, next: string): string {
    if (node.opType !== 'GlobalAveragePool' && node.opType !== 'ReduceMean') return next;
    const [after, ...others] = this.view.consumers(next);
    const flattens = ['Flatten', 'Squeeze', 'Reshape'].includes(after?.opType ?? '');
    return after && others.length === 0 && flattens ? (after.output?.[0] ?? '') : next;
  }

  /** Reads SiLU, GELU, softplus, or a residual block. */
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

  /** Reads like `chain` where the first value has a second consumer, the other branch. */
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
    const ready = (name: 'silu' | 'gelu' | 'softplus', next: string) => ({
      layers: [{ layer: { type: 'activation', function: name } as const, weights: {}, inner: [] }],
      next,
    });
    const product = consumers.find(({ opType }) => opType === 'Mul');
    const sigmoid = consumers.find(({ opType }) => opType === 'Sigmoid');
    if (consumers.length === 2 && product && sigmoid && product.input?.includes(sigmoid.output?.[0] ?? ''))
      return ready('silu', product.output?.[0] ?? '');
    // PyTorch's exporter writes softplus with its threshold: x if it is large, otherwise log(1 + eˣ).
    const where = consumers.find(({ opType }) => opType === 'Where');
    const softplus = consumers.find(({ opType }) => opType === 'Softplus');
    const greater = consumers.find(({ opType }) => opType === 'Greater');
    const branches = [greater?.output?.[0], value, softplus?.output?.[0]].join();
    if (consumers.length === 3 && where?.input?.join() === branches)
      return ready('softplus', where.output?.[0] ?? '');
    // GELU is x · (1 + erf(x / √2)) / 2, with its factors in any order.
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

  /** Returns whether a value is another one multiplied by a constant. */
  #comesFrom(end: string, value: string): boolean {
    const node = this.view.producer(end);
    return node?.input?.includes(value) === true && ['Mul', 'Div'].includes(node.opType ?? '');
  }

  /** Returns the first addition of two computed values that every path to the output passes. */
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
