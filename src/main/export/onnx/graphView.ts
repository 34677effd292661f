/** An ONNX file as a reader sees it: its nodes, who takes what, and its constants, wherever they stand. */
import { Problem } from '../../../shared/base/problem.ts';
import { type FloatType, unsupportedType, widened } from '../../../shared/models/elements.ts';
import { transposed } from '../../../shared/models/channelsLast.ts';
import type { Weights } from '../../../shared/models/trainedModel.ts';
import { type Attribute, ModelProto, type Node, TensorProto, type TensorMessage } from './proto.ts';

export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export class GraphView {
  readonly path: string;
  readonly nodes: readonly Node[];
  readonly input: { readonly name: string; readonly shape: readonly (number | null)[] };
  readonly output: string;
  readonly name: string;
  readonly #constants = new Map<string, TensorMessage>();
  readonly #producers = new Map<string, Node>();

  constructor(bytes: Uint8Array, path: string) {
    this.path = path;
    let model;
    try {
      model = ModelProto.decode(bytes);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new Problem('import.damaged', `${path} is damaged: ${detail}; get the file again`, {
        path,
        detail,
      });
    }
    const graph = model.graph ?? {};
    for (const tensor of graph.initializer ?? []) this.#constants.set(tensor.name ?? '', tensor);
    const nodes = graph.node ?? [];
    for (const node of nodes) {
      const value =
        node.opType === 'Constant' ? node.attribute?.find(({ name }) => name === 'value')?.t : null;
      if (value) this.#constants.set(node.output?.[0] ?? '', value);
      for (const output of node.output ?? []) this.#producers.set(output, node);
    }
    this.nodes = nodes.filter(({ opType }) => opType !== 'Constant');
    // Up to IR version 3, weights are listed among the inputs too.
    const inputs = (graph.input ?? []).filter(({ name }) => !this.#constants.has(name ?? ''));
    const outputs = graph.output ?? [];
    const [input] = inputs;
    if (!input || inputs.length !== 1 || outputs.length !== 1) {
      throw this.refused(
        'a net here has one input and one output',
        `${inputs.length} inputs and ${outputs.length} outputs`,
      );
    }
    const dims = input.type?.tensorType?.shape?.dim ?? [];
    this.input = {
      name: input.name ?? '',
      shape: dims.map(({ dimValue }) => (dimValue ? Number(dimValue) : null)),
    };
    this.output = outputs[0]?.name ?? '';
    this.name = graph.name ?? '';
  }

  /** Nodes that take this value and compute something from it. */
  consumers(value: string): Node[] {
    return this.nodes.filter((node) => node.input?.includes(value));
  }

  producer(value: string): Node | undefined {
    return this.#producers.get(value);
  }

  isConstant(value: string | undefined): boolean {
    return value !== undefined && this.constant(value) !== null;
  }

  /** The numbers of a constant, also through Identity and Transpose; null where the value is none. */
  constant(value: string): Values | null {
    const tensor = this.#constants.get(value);
    if (tensor) return this.#values(tensor);
    const node = this.#producers.get(value);
    const [from] = node?.input ?? [];
    if (!node || from === undefined) return null;
    if (node.opType === 'Identity') return this.constant(from);
    if (node.opType !== 'Transpose') return null;
    const inner = this.constant(from);
    if (!inner) return null;
    const order = intsOf(node, 'perm') ?? inner.shape.map((_, axis) => inner.shape.length - 1 - axis);
    return transposed(inner, order);
  }

  weights(node: Node, position: number, what: string): Weights {
    const found = this.constant(node.input?.[position] ?? '');
    if (!found) throw this.refused(`${what} of ${nameOf(node)} must be constant`, 'it is computed');
    return found;
  }

  refused(what: string, found: string): Problem {
    return new Problem('import.onnx-graph', `${this.path}: ${what}; found: ${found}`, {
      path: this.path,
      what,
      found,
    });
  }

  #values(tensor: TensorMessage): Values {
    const name = tensor.name ?? '';
    const shape = (tensor.dims ?? []).map(Number);
    if (tensor.dataLocation === TensorProto.DataLocation.EXTERNAL) {
      const file = tensor.externalData?.find(({ key }) => key === 'location')?.value ?? '';
      throw new Problem(
        'import.external-data',
        `${this.path} keeps its weights in another file, "${file}"; save the model as one file`,
        { path: this.path, file },
      );
    }
    const { DataType } = TensorProto;
    const raw = tensor.rawData ?? new Uint8Array();
    const floats: Partial<Record<number, FloatType>> = {
      [DataType.FLOAT]: 'F32',
      [DataType.FLOAT16]: 'F16',
      [DataType.DOUBLE]: 'F64',
      [DataType.BFLOAT16]: 'BF16',
    };
    const type = floats[tensor.dataType ?? 0];
    if (type && raw.length > 0) return { shape, data: widened(raw, type) };
    if (type === 'F32') return { shape, data: Float32Array.from(tensor.floatData ?? []) };
    if (type === 'F64') return { shape, data: Float32Array.from(tensor.doubleData ?? []) };
    if (tensor.dataType === DataType.INT64) {
      const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
      const numbers =
        raw.length > 0
          ? Array.from({ length: raw.length / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)))
          : (tensor.int64Data ?? []).map(Number);
      return { shape, data: Float32Array.from(numbers) };
    }
    throw unsupportedType(this.path, name, DataType[tensor.dataType ?? 0] ?? 'unknown');
  }
}

export const nameOf = (node: Node): string => `${node.opType} "${node.name || node.output?.[0] || ''}"`;

const attributeOf = (node: Node, name: string): Attribute | undefined =>
  node.attribute?.find((each) => each.name === name);

export function intOf(node: Node, name: string, otherwise: number): number {
  const found = attributeOf(node, name);
  return found ? Number(found.i ?? 0) : otherwise;
}

export function floatOf(node: Node, name: string, otherwise: number): number {
  return attributeOf(node, name)?.f ?? otherwise;
}

export function intsOf(node: Node, name: string): number[] | undefined {
  return attributeOf(node, name)?.ints?.map(Number);
}

export function textOf(node: Node, name: string, otherwise: string): string {
  const found = attributeOf(node, name)?.s;
  return found ? new TextDecoder().decode(found) : otherwise;
}
