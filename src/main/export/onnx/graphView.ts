/**
 * An ONNX file as readers use it: its nodes, the consumers of values, and its constants, wherever they are
 * stored.
 */
import { Problem } from '../../../shared/base/problem.ts';
import { type FloatType, unsupportedType, widened } from '../../../shared/models/elements.ts';
import { transposed } from '../../../shared/models/channelsLast.ts';
import type { Weights } from '../../../shared/models/trainedModel.ts';
import { intsOf } from './attributes.ts';
import { type OnnxSize, shapeNodes, sizesOf } from './computedShape.ts';
import { ModelProto, type Node, TensorProto, type TensorMessage } from './proto.ts';

export interface ConstantValues {
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
  readonly #beside: ReadonlyMap<string, Uint8Array>;

  /** Parses a file; `beside` are files by name that are stored beside the model and may hold its weights. */
  constructor(bytes: Uint8Array, path: string, beside: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.path = path;
    this.#beside = beside;
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
      const value = node.opType === 'Constant' ? constantOf(node) : null;
      if (value) this.#constants.set(node.output?.[0] ?? '', value);
      for (const output of node.output ?? []) this.#producers.set(output, node);
    }
    const forShapes = new Set(
      nodes.flatMap((node) => (node.opType === 'Reshape' ? shapeNodes(this, node.input?.[1] ?? '') : [])),
    );
    this.nodes = nodes.filter((node) => node.opType !== 'Constant' && !forShapes.has(node));
    // Up to IR version 3, weights are listed among the inputs as well.
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

  /** Returns the nodes that compute something from this value. */
  consumers(value: string): Node[] {
    return this.nodes.filter((node) => node.input?.includes(value));
  }

  producer(value: string): Node | undefined {
    return this.#producers.get(value);
  }

  isConstant(value: string | undefined): boolean {
    return value !== undefined && this.constant(value) !== null;
  }

  /**
   * Returns the numbers of a constant, also through Identity and Transpose; null if the value is not
   * constant.
   */
  constant(value: string): ConstantValues | null {
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

  /** Returns the target shape of a Reshape; null if it cannot be determined. */
  target(node: Node): readonly OnnxSize[] | null {
    return sizesOf(this, node.input?.[1] ?? '');
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

  #values(tensor: TensorMessage): ConstantValues {
    const name = tensor.name ?? '';
    const shape = (tensor.dims ?? []).map(Number);
    const { DataType } = TensorProto;
    const external = tensor.dataLocation === TensorProto.DataLocation.EXTERNAL;
    const raw = external ? this.#external(tensor) : (tensor.rawData ?? new Uint8Array());
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

  /** Returns a tensor's bytes from a file beside the model, which is identified by its name alone. */
  #external({ name, externalData = [] }: TensorMessage): Uint8Array {
    const entry = (wanted: string) => externalData?.find(({ key }) => key === wanted)?.value ?? undefined;
    const file = entry('location') ?? '';
    if (/[/\\]/.test(file) || file === '..')
      throw new Problem(
        'import.external-path',
        `${this.path} says that weights lie in "${file}", outside of its folder, which is not read`,
        { path: this.path, file },
      );
    const bytes = this.#beside.get(file);
    if (!bytes)
      throw new Problem(
        'import.external-data',
        `${this.path} keeps its weights in another file, "${file}", which must be given with it`,
        { path: this.path, file },
      );
    const start = Number(entry('offset') ?? 0);
    const end = start + Number(entry('length') ?? bytes.length - start);
    if (!(start >= 0 && end >= start && end <= bytes.length))
      throw new Problem(
        'import.damaged',
        `${file} is damaged: it ends before the weights of "${name}"; get the file again`,
        { path: file, detail: name ?? '' },
      );
    return bytes.subarray(start, end);
  }
}

/** Returns a Constant's tensor, whichever of its attributes holds it. */
function constantOf({ attribute = [] }: Node): TensorMessage | null {
  const found = (wanted: string) => attribute?.find(({ name }) => name === wanted);
  const { FLOAT, INT64 } = TensorProto.DataType;
  const ints = found('value_ints')?.ints ?? (found('value_int') ? [found('value_int')?.i ?? 0] : null);
  if (ints) return { dataType: INT64, dims: [ints.length], int64Data: ints };
  const floats =
    found('value_floats')?.floats ?? (found('value_float') ? [found('value_float')?.f ?? 0] : null);
  if (floats) return { dataType: FLOAT, dims: [floats.length], floatData: floats };
  return found('value')?.t ?? null;
}

export const nameOf = (node: Node): string => `${node.opType} "${node.name || node.output?.[0] || ''}"`;
