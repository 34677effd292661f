/** Writes the program of a sequence (`src/native/sequence/program.h`). */
import { int, ints, string } from '../graph/attributes.ts';
import type { Constant, DataType, GraphNode, Tensor } from '../graph/graph.ts';
import { type OpName, entryOf } from '../graph/opTable.ts';
import { type ProgramLine, type View, viewOf } from './lines.ts';

export const keyOf = ({ node, output }: Tensor) => `${node}:${output}`;

/** What the nodes of a graph say about a tensor. */
export class Nodes {
  readonly byName: ReadonlyMap<string, GraphNode>;
  readonly #reads = new Map<string, Tensor>();

  constructor(nodes: readonly GraphNode[]) {
    this.byName = new Map(nodes.map((node) => [node.name, node]));
    for (const { name, op, inputs, attributes } of nodes) {
      const [handle] = inputs;
      const dtype = attributes['dtype'];
      if (op !== 'ReadVariableOp' || !handle || dtype?.kind !== 'type' || this.#reads.has(handle.node))
        continue;
      this.#reads.set(handle.node, { node: name, output: 0, dtype: dtype.value });
    }
  }

  constantOf = (tensor: Tensor | undefined): Constant | undefined => {
    const value = tensor && this.byName.get(tensor.node)?.attributes['value'];
    return value?.kind === 'tensor' ? value.value : undefined;
  };

  viewOf(tensor: Tensor): View | undefined {
    const node = this.byName.get(tensor.node);
    // Variables are flat, and of what is fed only the step's scalars are taken apart.
    const isFlat = (of: Tensor) =>
      of.dtype === 'float32' && (this.byName.get(of.node)?.op ?? 'ReadVariableOp') === 'ReadVariableOp';
    return node && viewOf(node, tensor.output, this.constantOf, isFlat);
  }

  /** Follows views to what they are of. All reads of a variable are the first one. */
  baseOf(tensor: Tensor): Tensor {
    const view = this.viewOf(tensor);
    return view ? this.baseOf(view.of) : this.#firstRead(tensor);
  }

  /** Returns how many numbers a variable has; 0 if that is not known. */
  numbersOf(handle: Tensor | undefined): number {
    const shape = handle && this.byName.get(handle.node)?.attributes['shape'];
    return shape?.kind === 'shape' ? shape.value.reduce((a, b) => a * b, 1) : 0;
  }

  #firstRead(tensor: Tensor): Tensor {
    const node = this.byName.get(tensor.node);
    const [handle] = node?.op === 'ReadVariableOp' ? node.inputs : [];
    return (handle && this.readOf(handle)) ?? tensor;
  }

  /** Returns the first read of a variable; undefined if there is none. */
  readOf(handle: Tensor): Tensor | undefined {
    return this.#reads.get(handle.node);
  }
}

/** Lines that are computed one after another; only those of several blocks have a heading. */
export interface Block {
  readonly heading?: string;
  readonly lines: readonly { readonly node: GraphNode; readonly line: ProgramLine }[];
}

export interface Program {
  readonly text: string;
  readonly inputs: readonly Tensor[];
  /** The outputs of nodes by `keyOf`, with their values' numbers. */
  readonly made: ReadonlyMap<string, number>;
}

export function programOf(blocks: readonly Block[], nodes: Nodes): Program {
  const own = new Set(blocks.flatMap(({ lines }) => lines.map(({ node }) => node.name)));
  const inputs = new Map<string, Tensor>();
  for (const { lines } of blocks)
    for (const { line } of lines)
      for (const tensor of line.inputs) {
        const base = nodes.baseOf(tensor);
        if (!own.has(base.node)) inputs.set(keyOf(base), base);
      }
  const values = new Map([...inputs.keys()].map((key, number) => [key, number]));
  const made = new Map<string, number>();
  const text: string[] = [];
  let next = values.size;
  for (const { heading, lines } of blocks) {
    if (heading) text.push(heading);
    // Another block may run at the same time, so each has its own views.
    const views = new Map<string, number>();
    const valueOf = (tensor: Tensor): number => {
      const view = nodes.viewOf(tensor);
      const key = keyOf(view ? tensor : nodes.baseOf(tensor));
      const there = values.get(key) ?? views.get(key);
      if (there !== undefined) return there;
      if (!view) throw new Error(`${key} is not computed before it is needed`);
      const of = valueOf(view.of);
      text.push(written('View', tensor.node, [of], view.attributes));
      views.set(key, next);
      return next++;
    };
    for (const { node, line } of lines) {
      text.push(written(line.operation, node.name, line.inputs.map(valueOf), line.attributes));
      for (let output = 0; output < outputsOf(node.op); output += 1) {
        values.set(`${node.name}:${output}`, next);
        made.set(`${node.name}:${output}`, next);
        next += 1;
      }
    }
  }
  return { text: text.join('\n'), inputs: [...inputs.values()], made };
}

function outputsOf(op: OpName): number {
  const { outputs } = entryOf(op);
  return 'list' in outputs ? 1 : outputs.length;
}

function written(
  operation: string,
  name: string,
  inputs: readonly number[],
  attributes: Readonly<Record<string, string>>,
): string {
  const assignments = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
  return [operation, name, inputs.join(','), ...assignments].join(' ');
}

/** Returns the node that computes a program, and where its results are, by `keyOf`. */
export function sequenceNode(
  op: 'StrideSequence' | 'StrideStep',
  name: string,
  { text, inputs, made }: Program,
  results: readonly Tensor[],
): { readonly node: GraphNode; readonly places: ReadonlyMap<string, Tensor> } {
  const types: readonly DataType[] = results.map(({ dtype }) => dtype);
  const node: GraphNode = {
    name,
    op,
    inputs,
    control: [],
    attributes: {
      Tin: { kind: 'types', value: inputs.map(({ dtype }) => dtype) },
      Tout: { kind: 'types', value: types },
      program: string(text),
      inputs_count: int(inputs.length),
      values: ints(results.map((tensor) => made.get(keyOf(tensor)) as number)),
      stacked: ints([]),
    },
  };
  const place = (tensor: Tensor, output: number) =>
    [keyOf(tensor), { ...tensor, node: name, output }] as const;
  return { node, places: new Map(results.map(place)) };
}

/** Nodes that were rearranged. */
export interface Sequenced {
  /** In an order in which a node comes after its inputs. */
  readonly nodes: readonly GraphNode[];
  /** Returns where a tensor is now that was computed by a node. */
  readonly place: (tensor: Tensor) => Tensor;
}

/** Returns the nodes that `wanted` and nodes with an effect need, each after its inputs. */
export function inOrder(nodes: readonly GraphNode[], wanted: readonly Tensor[]): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const ordered = new Set<GraphNode>();
  const visit = (name: string) => {
    const node = byName.get(name);
    if (!node || ordered.has(node)) return;
    node.inputs.forEach((input) => visit(input.node));
    node.control.forEach(visit);
    ordered.add(node);
  };
  wanted.forEach(({ node }) => visit(node));
  nodes.filter(({ op }) => entryOf(op).effect === 'write').forEach(({ name }) => visit(name));
  return [...ordered];
}

/**
 * Returns the tensors of nodes in `inside` that something outside of it needs: `wanted`, nodes with an effect, and what
 * these need.
 */
export function neededOutside(
  nodes: Nodes,
  inside: ReadonlySet<string>,
  wanted: readonly Tensor[],
): Tensor[] {
  const needed = new Map<string, Tensor>();
  const seen = new Set<string>();
  const need = (tensor: Tensor) => {
    if (inside.has(tensor.node)) needed.set(keyOf(tensor), tensor);
    else needNode(nodes.byName.get(tensor.node));
  };
  const needNode = (node: GraphNode | undefined) => {
    if (!node || inside.has(node.name) || seen.has(node.name)) return;
    seen.add(node.name);
    node.inputs.forEach(need);
    for (const other of node.control) needNode(nodes.byName.get(other));
  };
  wanted.forEach(need);
  [...nodes.byName.values()].filter(({ op }) => entryOf(op).effect === 'write').forEach(needNode);
  return [...needed.values()];
}
