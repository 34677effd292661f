/**
 * A whole training step as one operation (`StrideStep`): all shards, what they exchange, and the step of the optimizer.
 * The shards are computed by threads of the library (`src/native/sequence/team.h`), which wait for each other in less than a
 * microsecond; TensorFlow's take 20 to 50 µs to start on what has become ready.
 */
import type { GraphNode, Tensor } from '../graph/graph.ts';
import { type OpName, entryOf } from '../graph/opTable.ts';
import { type ProgramLine, effectOf, lineOf } from './lines.ts';
import {
  type Block,
  Nodes,
  type Sequenced,
  inOrder,
  keyOf,
  neededOutside,
  programOf,
  sequenceNode,
} from './program.ts';

/** Where a node is computed: before the operation or after it by TensorFlow, or in it. */
type Part = 'before' | 'in' | 'after';

/** A line with its place. Shards of one phase are computed at the same time. */
interface Placed {
  readonly node: GraphNode;
  readonly line: ProgramLine;
  readonly phase: number;
  /** The shard; −1 for what depends on several. */
  readonly owner: number;
}

const stepName = 'step';
const shared = -1;
const isHeavy = ({ op }: GraphNode) => entryOf(op).cost === 'heavy';

/**
 * Operations on the few numbers of all shards that take less time than waiting for the thread that computes them. Each shard
 * computes them itself.
 */
const quick: ReadonlySet<OpName> = new Set(['StrideNormalisation', 'StrideNormalisationGradient']);

/**
 * Returns the nodes of a step with one operation in the place of all that the library can compute; null if something that
 * it cannot compute stands in the middle. `shardOf` has the shards of the placeholders that are those of one shard.
 */
export function asOneStep(
  whole: readonly GraphNode[],
  wanted: readonly Tensor[],
  shardOf: ReadonlyMap<string, number>,
): Sequenced | null {
  const { nodes: given, owners } = withQuickInEach(whole, ownersOf(whole, shardOf));
  const nodes = new Nodes(given);
  const reads: GraphNode[] = [];
  const parts = new Map<string, Part>();
  const lines = new Map<string, ProgramLine>();
  for (const node of given) {
    const line = lineIn(node, nodes, reads);
    const sources = [...node.inputs.map((input) => nodes.baseOf(input).node), ...node.control];
    const isAfter = (part: Part) => sources.some((name) => parts.get(name) === part);
    const part = line && !isAfter('after') ? 'in' : isAfter('in') || isAfter('after') ? 'after' : 'before';
    if (part === 'after' && isHeavy(node) && !nodes.viewOf({ node: node.name, output: 0, dtype: 'float32' }))
      return null;
    parts.set(node.name, part);
    if (line && part === 'in') lines.set(node.name, line);
  }
  joinSums(lines, nodes, new Set(wanted.map(({ node }) => node)));
  const placed = inPhases(given, lines, nodes, owners);
  if (!placed.some(({ node }) => isHeavy(node))) return null;

  const program = programOf(blocksOf(placed), nodes);
  const inside = new Set(placed.map(({ node }) => node.name));
  const results = neededOutside(nodes, inside, wanted);
  const { node: step, places } = sequenceNode('StrideStep', stepName, program, results);
  const place = (tensor: Tensor) => places.get(keyOf(tensor)) ?? tensor;
  const left = given.filter(({ name }) => !inside.has(name));
  const changed = [...reads, ...left, step].map((node) => ({
    ...node,
    inputs: node.inputs.map(place),
    control: [...new Set(node.control.map((name) => (inside.has(name) ? stepName : name)))],
  }));
  return { nodes: inOrder(changed, wanted.map(place)), place };
}

/**
 * Returns the shard in which each node is computed. What is computed from several shards is shared, such as a batch norm's
 * statistics, and what is computed from it and from one shard is that shard's.
 */
function ownersOf(given: readonly GraphNode[], shardOf: ReadonlyMap<string, number>): Map<string, number> {
  const owners = new Map(shardOf);
  for (const { name, inputs } of given) {
    const from = new Set(inputs.map(({ node }) => owners.get(node) ?? shared));
    from.delete(shared);
    const [only] = from;
    owners.set(name, from.size === 1 && only !== undefined ? only : shared);
  }
  return owners;
}

/** Returns the nodes with a copy of each quick one for every shard but the first, whose own the node itself becomes. */
function withQuickInEach(
  given: readonly GraphNode[],
  shared: ReadonlyMap<string, number>,
): { readonly nodes: readonly GraphNode[]; readonly owners: ReadonlyMap<string, number> } {
  const owners = new Map(shared);
  const shards = 1 + Math.max(0, ...shared.values());
  const copyOf = (name: string, shard: number) => `${name}/${shard}`;
  const copied = new Set<string>();
  const nodes = given.flatMap((node): GraphNode[] => {
    const owner = owners.get(node.name) ?? 0;
    const inShard = (tensor: Tensor, shard: number): Tensor =>
      copied.has(tensor.node) && shard > 0 ? { ...tensor, node: copyOf(tensor.node, shard) } : tensor;
    if (!quick.has(node.op) || shards === 1)
      return [{ ...node, inputs: node.inputs.map((input) => inShard(input, owner)) }];
    copied.add(node.name);
    return Array.from({ length: shards }, (_, shard) => {
      const name = shard === 0 ? node.name : copyOf(node.name, shard);
      owners.set(name, shard);
      return { ...node, name, inputs: node.inputs.map((input) => inShard(input, shard)) };
    });
  });
  return { nodes, owners };
}

/** Returns a node's line, which takes each variable's value from one read. `reads` receives those that were missing. */
function lineIn(node: GraphNode, nodes: Nodes, reads: GraphNode[]): ProgramLine | undefined {
  const effect = effectOf(node, nodes.constantOf);
  const line = effect ?? (node.control.length === 0 ? lineOf(node, nodes.constantOf) : undefined);
  if (!line) return undefined;
  return { ...line, inputs: line.inputs.map((tensor) => valueIn(tensor, nodes, reads)) };
}

function valueIn(tensor: Tensor, nodes: Nodes, reads: GraphNode[]): Tensor {
  if (tensor.dtype !== 'resource') return tensor;
  const known = nodes.readOf(tensor);
  if (known) return known;
  const name = `${tensor.node}/value`;
  if (!reads.some((read) => read.name === name))
    reads.push({
      name,
      op: 'ReadVariableOp',
      inputs: [tensor],
      control: [],
      attributes: { dtype: { kind: 'type', value: 'float32' } },
    });
  return { node: name, output: 0, dtype: 'float32' };
}

/** Makes a sum and the ReLU after it, or the ReLU's gradient, one line where nothing else reads the sum. */
function joinSums(lines: Map<string, ProgramLine>, nodes: Nodes, wanted: ReadonlySet<string>): void {
  for (const [name, line] of lines) {
    if (line.operation !== 'Relu' && line.operation !== 'ReluGrad') continue;
    const [of, ...rest] = line.inputs;
    const sum = of && lines.get(of.node);
    if (!of || sum?.operation !== 'AddV2' || readersOf(of.node, lines, nodes) > 1 || wanted.has(of.node))
      continue;
    lines.delete(of.node);
    lines.set(name, { operation: `Add${line.operation}`, inputs: [...sum.inputs, ...rest], attributes: {} });
  }
}

/**
 * Places the lines: one that needs what another shard computes is in a later phase, and variables change when all shards
 * are done.
 */
function inPhases(
  given: readonly GraphNode[],
  lines: ReadonlyMap<string, ProgramLine>,
  nodes: Nodes,
  owners: ReadonlyMap<string, number>,
): Placed[] {
  const placed = new Map<string, Placed>();
  const phaseFor = (line: ProgramLine, owner: number) =>
    Math.max(
      0,
      ...line.inputs.map((input) => {
        const source = placed.get(nodes.baseOf(input).node);
        return source ? source.phase + (source.owner === owner ? 0 : 1) : 0;
      }),
    );
  const add = (node: GraphNode, owner: number, first: number) => {
    const line = lines.get(node.name);
    if (line) placed.set(node.name, { node, line, owner, phase: Math.max(first, phaseFor(line, owner)) });
  };
  for (const node of given) if (!isEffect(node)) add(node, owners.get(node.name) ?? shared, 0);
  const ofShards = [...placed.values()].filter(({ owner }) => owner !== shared);
  const afterShards = 1 + Math.max(-1, ...ofShards.map(({ phase }) => phase));
  const shards = 1 + Math.max(0, ...ofShards.map(({ owner }) => owner));
  // The shards' threads share the optimizer's work: the sum of a gradient and its step are done by one of them.
  const work = new Array<number>(shards).fill(0);
  const effects = given.filter(isEffect).map((node) => ({ node, numbers: nodes.numbersOf(node.inputs[0]) }));
  // The largest come first, so that the last ones even out what the threads have.
  for (const { node, numbers } of effects.toSorted((a, b) => b.numbers - a.numbers)) {
    const part = node.attributes['part'];
    if (part?.kind === 'int') {
      add(node, part.value, afterShards);
      continue;
    }
    const owner = work.indexOf(Math.min(...work));
    work[owner] = (work[owner] as number) + numbers;
    for (const { node: name } of lines.get(node.name)?.inputs ?? []) {
      const source = placed.get(name);
      if (source?.node.op === 'AddN' && readersOf(name, lines, nodes) === 1)
        add(source.node, owner, afterShards);
    }
    add(node, owner, afterShards);
  }
  return [...placed.values()];
}

/** Returns how many lines read what a node computes, or a view of it. */
const readersOf = (name: string, lines: ReadonlyMap<string, ProgramLine>, nodes: Nodes): number =>
  [...lines.values()].filter(({ inputs }) => inputs.some((input) => nodes.baseOf(input).node === name))
    .length;

const isEffect = (node: GraphNode) => entryOf(node.op).effect === 'write';

function blocksOf(placed: readonly Placed[]): Block[] {
  const blocks = new Map<string, Placed[]>();
  for (const each of placed) {
    const key = `${each.phase} ${each.owner}`;
    blocks.set(key, [...(blocks.get(key) ?? []), each]);
  }
  // What several shards need comes last in a phase, because each thread begins with its own shard.
  const rank = ({ owner }: Placed) => (owner === shared ? Infinity : owner);
  return [...blocks.entries()]
    .sort(([, [a]], [, [b]]) => {
      const [first, second] = [a as Placed, b as Placed];
      return first.phase === second.phase ? rank(first) - rank(second) : first.phase - second.phase;
    })
    .map(([key, lines]) => ({ heading: `Block ${key}`, lines }));
}
