/**
 * Several steps in one operation. Between two steps nothing is left to TensorFlow, and the threads that compute the shards
 * stay together.
 */
import { ints } from '../graph/attributes.ts';
import { type Graph, type GraphNode, type Side, type Tensor, isByShard } from '../graph/graph.ts';
import { gathersRows } from './lines.ts';

/** A step whose nodes may be computed several times in one operation. */
export interface Repeatable {
  /** The nodes before the operation, and the operation as the last one. */
  readonly nodes: readonly GraphNode[];
  /** The loss among the operation's results. */
  readonly loss: Tensor;
}

/**
 * Returns what of a step is computed several times; null if TensorFlow has a part in it that depends on the step, other
 * than gathering the batch from the data set.
 */
export function repeatable(nodes: readonly GraphNode[], inputs: Side, loss: Tensor): Repeatable | null {
  const steps = nodes.filter(({ op }) => op === 'StrideStep');
  const [step] = steps;
  if (!step || steps.length > 1) return null;
  const fed = new Set(tensorsOf(inputs).map(({ node }) => node));
  const ofStep = new Set(fed);
  const before: GraphNode[] = [];
  let last = loss;
  for (const node of nodes) {
    const isAfter = [...node.inputs.map((input) => input.node), ...node.control].includes(step.name);
    if (isAfter) {
      if (node.op !== 'Identity') return null;
      if (node.name === last.node) last = node.inputs[0] as Tensor;
    } else if (node !== step) {
      before.push(node);
      if (!node.inputs.some((input) => ofStep.has(input.node))) continue;
      if (!gathersRows(node, fed)) return null;
      ofStep.add(node.name);
    }
  }
  return last.node === step.name ? { nodes: [...before, step], loss: last } : null;
}

/**
 * Adds several steps, whose inputs are stacked along a new first axis. `mailbox` has the number of the mailbox whose
 * messages end them early. Returns the losses of the steps that are taken.
 */
export function addRepeated(
  g: Graph,
  { nodes, loss }: Repeatable,
  stackedOf: ReadonlyMap<string, Tensor>,
  mailbox: Tensor,
): Tensor {
  const copies = new Map<string, string>();
  const stacked = new Set([...stackedOf.values()].map(({ node }) => node));
  for (const { name, op, inputs, control, attributes } of nodes) {
    const from = inputs.map((input) => {
      const node = copies.get(input.node);
      return node === undefined ? (stackedOf.get(input.node) ?? input) : { ...input, node };
    });
    const places = from.flatMap((input, place) => (stacked.has(input.node) ? [place] : []));
    const isStep = op === 'StrideStep';
    const copy = g.op(op, isStep ? [...from, mailbox] : from, {
      name,
      control: control.map((other) => copies.get(other) ?? other),
      attributes: isStep ? ofSeveral(attributes, places) : attributes,
    });
    if (places.length > 0) stacked.add(copy.node);
    copies.set(name, copy.node);
  }
  return { ...loss, node: copies.get(loss.node) as string };
}

function ofSeveral(attributes: GraphNode['attributes'], stacked: readonly number[]): GraphNode['attributes'] {
  const types = attributes['Tin'];
  if (types?.kind !== 'types') throw new Error('a step has a list of types');
  return { ...attributes, Tin: { kind: 'types', value: [...types.value, 'int32'] }, stacked: ints(stacked) };
}

const tensorsOf = (side: Side): Tensor[] =>
  Object.values(side).flatMap((value) => (isByShard(value) ? [...value] : [value]));
