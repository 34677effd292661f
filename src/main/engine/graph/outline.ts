/**
 * Puts what belongs to one shard of a batch into a function of its own, which TensorFlow's single-threaded executor runs
 * from its first operation to its last.
 *
 * Left in one graph, every operation is handed from thread to thread when its inputs are ready: with maps as small as
 * ours that costs a fifth of a step, and a shard's first operations wait until the other shard's have been handed out. As
 * functions, a step is as many calls as there are shards, side by side, and what adds their gradients up and takes the
 * step. The operations are the same ones, so the numbers are.
 */
import {
  type Graph,
  type GraphFunction,
  type GraphNode,
  type Side,
  type Signature,
  type Tensor,
  isByShard,
  slotsOf,
} from './graph.ts';
import { entryOf } from './opTable.ts';

const isHeavy = ({ op }: GraphNode) => entryOf(op).cost === 'heavy';
const writes = ({ op }: GraphNode) => entryOf(op).effect === 'write';
const reads = ({ op }: GraphNode) => entryOf(op).effect === 'read';

/** A signature's graph, cut up. */
export interface Outline {
  /** One a shard. */
  readonly shards: readonly GraphFunction[];
  /** What takes the results of several shards, with all that it needs beside them. */
  readonly join: readonly GraphNode[];
  readonly outputs: Side;
}

/**
 * Cuts a signature's graph up: what depends on an input of one shard belongs to that shard. Null where much work depends
 * on several shards: batch normalisation exchanges sums in the middle of a net.
 */
export function outlineShards(graph: Graph, signatureName: string): Outline | null {
  const signature = graph.signatures[signatureName];
  if (!signature) throw new Error(`the graph has no signature ${signatureName}`);
  const outputs = slotsOf(signature.outputs).map(({ tensor }) => tensor);
  const nodes = reachable(
    graph,
    outputs.map(({ node }) => node),
  );
  const owners = ownersOf(nodes, signature);
  const ownerCount = ({ name }: GraphNode) => owners.get(name)?.size ?? 0;
  if (nodes.some((node) => ownerCount(node) > 1 && isHeavy(node))) return null;

  const computed = nodes.filter((node) => node.op !== 'Placeholder');
  const common = computed.filter((node) => ownerCount(node) === 0);
  const joined = computed.filter((node) => ownerCount(node) > 1);
  const wantedOutside = [...joined.flatMap(({ inputs }) => inputs), ...outputs];
  const shards = [...new Set([...owners.values()].flatMap((of) => [...of]))].sort((a, b) => a - b);
  return {
    shards: shards.map((shard): GraphFunction => {
      const own = computed.filter((node) => ownerCount(node) === 1 && owners.get(node.name)?.has(shard));
      const inside = withCommon(own, common);
      return {
        name: `${signatureName}_shard_${shard}`,
        inputs: tensorsOutside(inside),
        nodes: inside,
        outputs: different(wantedOutside.filter(({ node }) => own.some(({ name }) => name === node))),
      };
    }),
    join: withCommon(joined, common),
    outputs: signature.outputs,
  };
}

/** One call of all that an outline consists of. */
export interface OutlineCall {
  readonly outputs: Side;
  /** Nodes after which all is changed that the signature changes. */
  readonly changes: readonly string[];
}

/**
 * Adds an outline's calls and what joins them. `given` is what takes the place of tensors of the graph that was cut up,
 * its inputs, and `after` is what has to be done before a variable is read.
 */
export function callOutline(
  graph: Graph,
  { shards, join, outputs }: Outline,
  given: readonly (readonly [Tensor, Tensor])[] = [],
  after: readonly string[] = [],
): OutlineCall {
  const known = new Map(given.map(([from, to]) => [keyOf(from), to]));
  const place = (tensor: Tensor) => known.get(keyOf(tensor)) ?? tensor;
  const calls = shards.map((shard) => {
    const results = graph.call(shard, shard.inputs.map(place), after);
    shard.outputs.forEach((tensor, position) => known.set(keyOf(tensor), results[position] as Tensor));
    return (results[0] as Tensor).node;
  });
  const copies = new Map<string, string>();
  for (const node of join) {
    const { name, op, inputs, control, attributes } = node;
    const copy = graph.node(
      op,
      inputs.map((tensor) => {
        const inside = copies.get(tensor.node);
        return inside === undefined ? place(tensor) : { ...tensor, node: inside };
      }),
      {
        name: `join/${name}`,
        control: [...control.map((other) => copies.get(other) ?? other), ...(reads(node) ? after : [])],
        attributes,
      },
    );
    copies.set(name, (copy[0] as Tensor).node);
  }
  const result = (tensor: Tensor): Tensor => {
    const inside = copies.get(tensor.node);
    return inside === undefined ? place(tensor) : { ...tensor, node: inside };
  };
  return {
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [
        name,
        isByShard(value) ? value.map(result) : result(value),
      ]),
    ),
    changes: [
      ...calls.filter((_, shard) => shards[shard]?.nodes.some(writes)),
      ...join.filter(writes).map(({ name }) => copies.get(name) as string),
    ],
  };
}

const keyOf = ({ node, output }: Tensor) => `${node}:${output}`;

function different(tensors: readonly Tensor[]): Tensor[] {
  return [...new Map(tensors.map((tensor) => [keyOf(tensor), tensor])).values()];
}

/** In the graph's own order, in which a node comes after its inputs. */
function reachable(graph: Graph, from: readonly string[]): GraphNode[] {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const found = new Set<string>();
  const open = [...from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const node = byName.get(name);
    if (!node) throw new Error(`the graph has no node ${name}`);
    open.push(...node.inputs.map((input) => input.node), ...node.control);
  }
  return graph.nodes.filter(({ name }) => found.has(name));
}

/** By node, the shards that it depends on. */
function ownersOf(nodes: readonly GraphNode[], { inputs }: Signature): Map<string, ReadonlySet<number>> {
  const shardOf = new Map<string, number>();
  for (const { shard, tensor } of slotsOf(inputs)) {
    if (shard !== undefined) shardOf.set(tensor.node, shard);
  }
  const owners = new Map<string, ReadonlySet<number>>();
  for (const { name, inputs: from, control } of nodes) {
    const own = shardOf.get(name);
    const all = [...from.map(({ node }) => node), ...control].flatMap((other) => [
      ...(owners.get(other) ?? []),
    ]);
    owners.set(name, new Set(own === undefined ? all : [own, ...all]));
  }
  return owners;
}

/**
 * The nodes, and before them what they need and that belongs to no shard: variables, their reads, constants. Each part
 * has its own of those. A variable is read before it is changed, as it was by the order of the data.
 */
function withCommon(nodes: readonly GraphNode[], common: readonly GraphNode[]): GraphNode[] {
  const needed = new Set<string>();
  const need = ({ inputs, control }: GraphNode) => {
    for (const { node } of inputs) needed.add(node);
    for (const other of control) needed.add(other);
  };
  nodes.forEach(need);
  const before: GraphNode[] = [];
  for (const node of [...common].reverse()) {
    if (!needed.has(node.name)) continue;
    before.unshift(node);
    need(node);
  }
  const readsBefore = before.filter(reads).map(({ name }) => name);
  return [...before, ...nodes].map((node) =>
    writes(node) ? { ...node, control: [...new Set([...node.control, ...readsBefore])] } : node,
  );
}

function tensorsOutside(nodes: readonly GraphNode[]): Tensor[] {
  const names = new Set(nodes.map(({ name }) => name));
  return different(nodes.flatMap(({ inputs }) => inputs).filter(({ node }) => !names.has(node)));
}
