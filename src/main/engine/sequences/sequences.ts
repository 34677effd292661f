/**
 * Puts neighbouring nodes into sequences (`src/native/sequence/program.h`), each of which TensorFlow calls as one operation. A
 * node costs TensorFlow 3 to 6 µs beside its computation, and a step of a small net has a hundred nodes that compute for
 * 10 µs or give a tensor another shape.
 */
import type { GraphNode, Tensor } from '../graph/graph.ts';
import { entryOf, isOwn } from '../graph/opTable.ts';
import { type ProgramLine, lineOf } from './lines.ts';
import { Nodes, type Sequenced, inOrder, keyOf, neededOutside, programOf, sequenceNode } from './program.ts';

/** Fewer operations are left to TensorFlow. */
const fewest = 2;

interface Group {
  readonly name: string;
  readonly members: { readonly node: GraphNode; readonly line: ProgramLine }[];
}

/**
 * Returns the nodes of one shard with sequences in the place of those that they can compute. `wanted` is what others need
 * of them.
 */
export function inSequences(given: readonly GraphNode[], wanted: readonly Tensor[]): Sequenced {
  const nodes = new Nodes(given);
  const groups = groupsOf(given, nodes).filter(({ members }) => members.length >= fewest);
  const groupOf = new Map(groups.flatMap((group) => group.members.map(({ node }) => [node.name, group])));
  const programs = groups.map((group) => ({ group, program: programOf([{ lines: group.members }], nodes) }));
  const places = new Map<string, Tensor>();
  const added = programs.map(({ group, program }) => {
    const inside = new Set(group.members.map(({ node }) => node.name));
    const others = programs.flatMap((other) => (other.group === group ? [] : other.program.inputs));
    const needed = neededOutside(nodes, new Set(groupOf.keys()), [...wanted, ...others]);
    const results = needed.filter(({ node }) => inside.has(node));
    const made = sequenceNode('StrideSequence', group.name, program, results);
    made.places.forEach((tensor, key) => places.set(key, tensor));
    return made.node;
  });
  const place = (tensor: Tensor) => places.get(keyOf(tensor)) ?? tensor;
  const left = given.filter(({ name }) => !groupOf.has(name));
  const changed = [...left, ...added].map((node) => ({
    ...node,
    inputs: node.inputs.map(place),
    control: [...new Set(node.control.map((name) => groupOf.get(name)?.name ?? name))],
  }));
  return { nodes: inOrder(changed, wanted.map(place)), place };
}

/**
 * Returns the nodes that may be put together: those of one level. A node's level is how often one enters or leaves the
 * sequences on the longest way to it, so no way leads from one node of a level to another through a node of no sequence.
 */
function groupsOf(given: readonly GraphNode[], nodes: Nodes): Group[] {
  const levels = new Map<string, number>();
  const known = new Set<string>();
  const groups = new Map<number, Group>();
  for (const node of given) {
    const sources = [...node.inputs.map((input) => nodes.baseOf(input).node), ...node.control];
    // TensorFlow computes a sum or an activation together with its own convolution or product before it.
    const isOfHeavy = sources.some((name) => {
      const source = nodes.byName.get(name);
      return source && entryOf(source.op).cost === 'heavy' && !known.has(name);
    });
    const mayBe = node.control.length === 0 && (isOwn(node.op) || !isOfHeavy);
    const line = mayBe ? lineOf(node, nodes.constantOf) : undefined;
    const crossings = (name: string) => (known.has(name) === (line !== undefined) ? 0 : 1);
    const level = Math.max(0, ...sources.map((name) => (levels.get(name) ?? 0) + crossings(name)));
    levels.set(node.name, level);
    if (!line) continue;
    known.add(node.name);
    const group = groups.get(level) ?? { name: `sequence_${level}`, members: [] };
    groups.set(level, group);
    group.members.push({ node, line });
  }
  return [...groups.values()];
}
