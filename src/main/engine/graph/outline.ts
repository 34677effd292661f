/**
 * Moves the nodes of each shard of a batch into a function, which TensorFlow's single-threaded executor runs
 * from its first operation to its last.
 *
 * In a single graph, every operation is scheduled on a thread when its inputs are ready. With maps of this
 * size that costs a fifth of a step, and a shard's first operations wait until those of the other shards have
 * been scheduled. With functions, a step consists of one call per shard, run in parallel, and of the nodes
 * that add their gradients and take the step. The operations do not change, so neither do the results.
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
import { inSequences } from '../sequences/sequences.ts';
import { asOneStep } from '../sequences/wholeStep.ts';

const isHeavy = ({ op }: GraphNode) => entryOf(op).cost === 'heavy';
const writes = ({ op }: GraphNode) => entryOf(op).effect === 'write';
const reads = ({ op }: GraphNode) => entryOf(op).effect === 'read';

/** What a shard computes. */
export interface Shard {
  readonly called: GraphFunction;
  /** The nodes of the graph that was cut that it contains. */
  readonly names: readonly string[];
  /** The tensors of that graph that it returns, in the order of the function's outputs. */
  readonly results: readonly Tensor[];
}

/** A signature's graph, cut into functions. */
export interface Outline {
  /** One for each shard; none if the shards depend on each other, and all nodes are in `join`. */
  readonly shards: readonly Shard[];
  /** Nodes that combine the results of several shards, with everything else that they need. */
  readonly join: readonly GraphNode[];
  readonly outputs: Side;
}

/**
 * Cuts a signature's graph: nodes that depend on an input of one shard belong to that shard. With `sequences`, Stride's
 * library computes the whole step in one operation, or each shard in as few as possible. Returns null if much work depends
 * on several shards: batch normalisation exchanges sums in the middle of a net.
 */
export function outlineShards(graph: Graph, signatureName: string, sequences = false): Outline | null {
  const signature = graph.signatures[signatureName];
  if (!signature) throw new Error(`the graph has no signature ${signatureName}`);
  const outputs = slotsOf(signature.outputs).map(({ tensor }) => tensor);
  const nodes = reachable(
    graph,
    outputs.map(({ node }) => node),
  );
  const owners = ownersOf(nodes, signature);
  const ownerCount = ({ name }: GraphNode) => owners.get(name)?.size ?? 0;
  const computed = nodes.filter((node) => node.op !== 'Placeholder');
  if (sequences) {
    const step = asOneStep(computed, outputs, shardsOf(signature));
    if (step)
      return {
        shards: [],
        join: afterReads(step.nodes, step.nodes),
        outputs: placed(signature.outputs, step.place),
      };
  }
  if (nodes.some((node) => ownerCount(node) > 1 && isHeavy(node))) return null;

  const common = computed.filter((node) => ownerCount(node) === 0);
  const joined = computed.filter((node) => ownerCount(node) > 1);
  const wantedOutside = [...joined.flatMap(({ inputs }) => inputs), ...outputs];
  const shards = [...new Set([...owners.values()].flatMap((of) => [...of]))].sort((a, b) => a - b);
  return {
    shards: shards.map((shard): Shard => {
      const own = computed.filter((node) => ownerCount(node) === 1 && owners.get(node.name)?.has(shard));
      const results = different(wantedOutside.filter(({ node }) => own.some(({ name }) => name === node)));
      const inside = withCommon(own, common);
      const whole = { nodes: inside, place: (tensor: Tensor) => tensor };
      const { nodes: body, place } = sequences ? inSequences(inside, results) : whole;
      return {
        called: {
          name: `${signatureName}_shard_${shard}`,
          inputs: tensorsOutside(body),
          nodes: body,
          outputs: results.map(place),
        },
        names: inside.map(({ name }) => name),
        results,
      };
    }),
    join: withCommon(joined, common),
    outputs: signature.outputs,
  };
}

/** One call of everything in an outline. */
export interface OutlineCall {
  readonly outputs: Side;
  /** Nodes after which all changes of the signature have been made. */
  readonly changes: readonly string[];
}

/**
 * Adds an outline's calls and the nodes that join them. `given` replaces the inputs of the graph that was
 * cut, and `after` lists the nodes that must run before a variable is read.
 */
export function callOutline(
  graph: Graph,
  { shards, join, outputs }: Outline,
  given: readonly (readonly [Tensor, Tensor])[] = [],
  after: readonly string[] = [],
): OutlineCall {
  const known = new Map(given.map(([from, to]) => [keyOf(from), to]));
  const place = (tensor: Tensor) => known.get(keyOf(tensor)) ?? tensor;
  /** The call in which a shard's node runs. */
  const callOf = new Map<string, string>();
  const calls = shards.map(({ called, names, results: given }) => {
    const results = graph.call(called, called.inputs.map(place), after);
    for (const name of names) callOf.set(name, (results[0] as Tensor).node);
    given.forEach((tensor, position) => known.set(keyOf(tensor), results[position] as Tensor));
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
        control: [
          ...new Set(control.map((other) => copies.get(other) ?? callOf.get(other) ?? other)),
          ...(reads(node) ? after : []),
        ],
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
    outputs: placed(outputs, result),
    changes: [
      ...calls.filter((_, shard) => shards[shard]?.called.nodes.some(writes)),
      ...join.filter(writes).map(({ name }) => copies.get(name) as string),
    ],
  };
}

const placed = (side: Side, place: (tensor: Tensor) => Tensor): Side =>
  Object.fromEntries(
    Object.entries(side).map(([name, value]) => [name, isByShard(value) ? value.map(place) : place(value)]),
  );

const keyOf = ({ node, output }: Tensor) => `${node}:${output}`;

function different(tensors: readonly Tensor[]): Tensor[] {
  return [...new Map(tensors.map((tensor) => [keyOf(tensor), tensor])).values()];
}

/** Returns the reachable nodes in the graph's own order, in which a node comes after its inputs. */
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

/** Returns the shards of the inputs that are those of one shard. */
function shardsOf({ inputs }: Pick<Signature, 'inputs'>): Map<string, number> {
  const slots = slotsOf(inputs);
  return new Map(slots.flatMap(({ shard, tensor }) => (shard === undefined ? [] : [[tensor.node, shard]])));
}

/** Returns the shards that each node depends on. */
function ownersOf(
  nodes: readonly GraphNode[],
  { inputs }: Pick<Signature, 'inputs'>,
): Map<string, ReadonlySet<number>> {
  const shardOf = shardsOf({ inputs });
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
 * Returns the nodes, preceded by the nodes that they need and that belong to no shard: variables, their reads
 * and constants, of which each part has its own copy. Control edges keep a variable's read before its change,
 * as the data flow did before.
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
  return afterReads([...before, ...nodes], before);
}

/** Returns the nodes, of which those that change a variable run after all reads among `before`. */
function afterReads(nodes: readonly GraphNode[], before: readonly GraphNode[]): GraphNode[] {
  const readsBefore = before.filter(reads).map(({ name }) => name);
  return nodes.map((node) =>
    writes(node) ? { ...node, control: [...new Set([...node.control, ...readsBefore])] } : node,
  );
}

function tensorsOutside(nodes: readonly GraphNode[]): Tensor[] {
  const names = new Set(nodes.map(({ name }) => name));
  return different(nodes.flatMap(({ inputs }) => inputs).filter(({ node }) => !names.has(node)));
}
