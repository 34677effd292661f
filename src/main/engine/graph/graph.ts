/**
 * A TensorFlow graph under construction: nodes in order, each with inputs, attributes and control edges.
 * `opTable.ts` lists each operation's inputs and outputs, `operations.ts` has a function for each, `print.ts`
 * shows a graph as text and `savedModel.ts` writes it for TensorFlow.
 */
import { type OpName, entryOf } from './opTable.ts';

export type DataType = 'float32' | 'int32' | 'int64' | 'uint8' | 'bool' | 'string' | 'resource';

/** One output of a node. */
export interface Tensor {
  readonly node: string;
  readonly output: number;
  readonly dtype: DataType;
}

/** The size of an axis that is known only when the graph runs. */
export const unknown = -1;

export type Attribute =
  | { readonly kind: 'type'; readonly value: DataType }
  | { readonly kind: 'types'; readonly value: readonly DataType[] }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: Constant }
  /** A function, by its name. */
  | { readonly kind: 'function'; readonly value: string };

export interface Constant {
  readonly dtype: 'float32' | 'int32' | 'int64';
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface GraphNode {
  readonly name: string;
  readonly op: OpName;
  readonly inputs: readonly Tensor[];
  readonly control: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph of its own that a node of another graph calls. */
export interface GraphFunction {
  readonly name: string;
  /** Tensors of the enclosing graph whose values its nodes use. */
  readonly inputs: readonly Tensor[];
  readonly nodes: readonly GraphNode[];
  /** Tensors of its own nodes that it returns. */
  readonly outputs: readonly Tensor[];
}

/** The tensors of one value, one for each shard of the batch. */
export type ByShard = readonly Tensor[];

/** Tensors by the names that a caller uses for them. */
export type Side = Readonly<Record<string, Tensor | ByShard>>;

export interface Signature {
  readonly inputs: Side;
  readonly outputs: Side;
  /** Metadata for programs that rely on the SavedModel's own description; the engine's sessions do not. */
  readonly served?: {
    readonly method: string;
    /** Shapes by the names of inputs and outputs. */
    readonly shapes: Readonly<Record<string, readonly number[]>>;
  };
}

/** A tensor of a signature, with the one name by which TensorFlow knows it. */
export interface NamedSlot {
  /** The caller's name for the value. */
  readonly name: string;
  /** Shard that the tensor belongs to; undefined if the value is a single tensor. */
  readonly shard: number | undefined;
  /** `name`, or `name_0`, `name_1`, … by shard. */
  readonly flatName: string;
  readonly tensor: Tensor;
}

/** Returns the tensors of one side of a signature, in the order in which TensorFlow receives them. */
export function slotsOf(side: Side): NamedSlot[] {
  return Object.entries(side).flatMap(([name, value]): NamedSlot[] =>
    isByShard(value)
      ? value.map((tensor, shard) => ({ name, shard, flatName: `${name}_${shard}`, tensor }))
      : [{ name, shard: undefined, flatName: name, tensor: value }],
  );
}

export function isByShard<T extends object>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly control?: readonly string[];
  /** Types of its outputs; one float32 if left out. */
  readonly outputs?: readonly DataType[];
  /** Name in the printed graph; the operation's name if left out. */
  readonly name?: string;
}

export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly signatures: Record<string, Signature> = {};
  readonly functions: GraphFunction[] = [];
  readonly #names = new Map<string, number>();
  readonly #constants = new Map<string, Tensor>();
  #scopes: string[] = [];

  /** Prefixes the names of nodes that `build` adds with `name/`. */
  scope<T>(name: string, build: () => T): T {
    this.#scopes.push(name);
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  /** Adds a node and returns its outputs. */
  node(op: OpName, inputs: readonly Tensor[], options: NodeOptions = {}): Tensor[] {
    const { inputs: wanted } = entryOf(op);
    if (typeof wanted === 'number' && wanted !== inputs.length)
      throw new Error(`${op} takes ${wanted} inputs, it is given ${inputs.length}`);
    const name = this.#unique([...this.#scopes, options.name ?? op].join('/'));
    this.nodes.push({
      name,
      op,
      inputs,
      control: options.control ?? [],
      attributes: options.attributes ?? {},
    });
    return (options.outputs ?? ['float32']).map((dtype, output) => ({ node: name, output, dtype }));
  }

  /** Adds a node and returns its first output. */
  op(op: OpName, inputs: readonly Tensor[], options: NodeOptions = {}): Tensor {
    const [first] = this.node(op, inputs, options);
    if (!first) throw new Error(`${op} has no output`);
    return first;
  }

  /** Adds a node that runs for its effect and returns its name, for control edges. */
  effect(op: OpName, inputs: readonly Tensor[], options: Omit<NodeOptions, 'outputs'> = {}): string {
    this.node(op, inputs, { ...options, outputs: [] });
    const node = this.nodes.at(-1);
    if (!node) throw new Error('unreachable: a node was just added');
    return node.name;
  }

  /** Returns a constant; equal constants share one node. */
  constant(value: Constant): Tensor {
    const key = JSON.stringify(value);
    const known = this.#constants.get(key);
    if (known) return known;
    const name = this.#unique(
      `constant/${value.dtype}_${value.values
        .slice(0, 4)
        .join('_')
        .replace(/[^\w.]/g, 'm')}`,
    );
    this.nodes.push({
      name,
      op: 'Const',
      inputs: [],
      control: [],
      attributes: { dtype: { kind: 'type', value: value.dtype }, value: { kind: 'tensor', value } },
    });
    const tensor: Tensor = { node: name, output: 0, dtype: value.dtype };
    this.#constants.set(key, tensor);
    return tensor;
  }

  /**
   * Adds a node that calls a function, which runs in one thread from its first node to its last, and returns
   * its outputs.
   */
  call(called: GraphFunction, inputs: readonly Tensor[], control: readonly string[] = []): Tensor[] {
    if (!this.functions.includes(called)) this.functions.push(called);
    return this.node('StatefulPartitionedCall', inputs, {
      name: called.name,
      control,
      attributes: {
        Tin: { kind: 'types', value: called.inputs.map(({ dtype }) => dtype) },
        Tout: { kind: 'types', value: called.outputs.map(({ dtype }) => dtype) },
        f: { kind: 'function', value: called.name },
        config: { kind: 'string', value: '' },
        config_proto: { kind: 'string', value: '' },
        executor_type: { kind: 'string', value: 'SINGLE_THREADED_EXECUTOR' },
      },
      outputs: called.outputs.map(({ dtype }) => dtype),
    });
  }

  signature(name: string, signature: Signature): void {
    this.signatures[name] = signature;
  }

  #unique(name: string): string {
    const count = this.#names.get(name) ?? 0;
    this.#names.set(name, count + 1);
    return count === 0 ? name : this.#unique(`${name}_${count}`);
  }
}
