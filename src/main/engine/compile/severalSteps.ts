/**
 * Several optimizer steps in one call of the session. The overhead of a call (waking TensorFlow's threads,
 * passing inputs in and the loss out, JavaScript between two calls) is half a small net's step. As many steps
 * share one call as take 45 ms: a pause takes effect only between two calls.
 *
 * Each step computes the same as `train`, so the results are bit-identical.
 */
import { type Graph, type Side, type Signature, type Tensor, isByShard, slotsOf } from '../graph/graph.ts';
import { pack, placeholder, unpack } from '../graph/operations.ts';
import { type Outline, callOutline } from '../graph/outline.ts';
import { type Repeatable, addRepeated, repeatable } from '../sequences/repeated.ts';
import type { NumberInput, NumberInputs } from '../native/session.ts';

/** Each of these divides 300, the number of steps per running loss. */
const counts = [30, 20, 15, 10, 6, 5, 4, 3, 2] as const;

/** Those for which TensorFlow would otherwise have to prepare the nodes of each step. */
const countsOfNodes: readonly number[] = [20, 10, 5];

/**
 * Number of remaining steps from which calls of twenty pay off where TensorFlow prepares each step's nodes: it takes 0.1 s
 * longer to prepare that signature, and so many steps save as much.
 */
const worthTwenty = 5000;

/** Seconds that one call may take, so that pause and stop take effect within 50 ms. */
const longest = 0.045;

/** Returns the name of the signature that takes `count` steps. */
export const severalSteps = (count: number) => `train${count}`;

export interface StepBudget {
  /** Duration of a step in seconds. */
  readonly secondsAStep: number;
  /**
   * Steps of this epoch that have been taken. A multi-step call starts only at a multiple of its length, so
   * that no running loss falls inside it.
   */
  readonly taken?: number;
  /** Steps of this epoch that may be taken together. */
  readonly left?: number;
  /** Approximate number of steps left in the training run. */
  readonly leftInAll?: number;
  /** Whether several steps are one operation, so that TensorFlow has nothing to prepare. */
  readonly inOne?: boolean;
}

/** Returns the number of steps to take in the next call of the session. */
export function stepsAtOnce({
  secondsAStep,
  taken = 0,
  left = Infinity,
  leftInAll = Infinity,
  inOne = false,
}: StepBudget): number {
  const mayTake = (count: number) => taken % count === 0 && left >= count;
  if (inOne) return counts.find((count) => secondsAStep * count <= longest && mayTake(count)) ?? 1;
  const [most] = countsOfNodes;
  const fits = (count: number) =>
    secondsAStep * count <= longest && (count < (most ?? 0) || leftInAll >= worthTwenty);
  const count = countsOfNodes.find(fits) ?? 1;
  // An epoch's last steps are not taken in a smaller call: TensorFlow would have to prepare it, which takes
  // longer than those steps.
  return mayTake(count) ? count : 1;
}

/** Returns whether a graph, which has these signatures, has several steps as one operation. */
export const hasStepsInOne = (has: (signature: string) => boolean): boolean => has(severalSteps(counts[0]));

/**
 * Rebuilds `train` from function calls and adds `train20` and so on, with the same inputs and the step as a
 * new first axis.
 */
export function addSteps(g: Graph, outline: Outline): void {
  const inputs: Side = g.signatures['train']?.inputs ?? {};
  g.signature('train', { inputs, outputs: callOutline(g, outline).outputs });
  const inOne = repeatable(outline.join, inputs, outline.outputs['loss'] as Tensor);
  for (const count of inOne ? counts : countsOfNodes) {
    const name = severalSteps(count);
    g.scope(name, () => {
      g.signature(name, inOne ? stepsInOne(g, inOne, inputs, count) : stepsOf(g, outline, inputs, count));
    });
  }
}

function stackedInputs(g: Graph, inputs: Side, count: number) {
  return slotsOf(inputs).map(({ name, flatName, tensor: single }) => ({
    name,
    single,
    stacked: placeholder(g, flatName, single.dtype, [count, ...shapeOf(g, single)]),
  }));
}

function stepsInOne(g: Graph, step: Repeatable, inputs: Side, count: number): Signature {
  const parts = stackedInputs(g, inputs, count);
  const stackedOf = new Map(parts.map(({ single, stacked }) => [single.node, stacked]));
  return { inputs: several(inputs, parts), outputs: { losses: addRepeated(g, step, count, stackedOf) } };
}

/** Returns the inputs of several steps, each like that of one. */
function several(inputs: Side, parts: readonly { readonly name: string; readonly stacked: Tensor }[]): Side {
  const stackedOf = (wanted: string) =>
    parts.filter(({ name }) => name === wanted).map(({ stacked }) => stacked);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]): [string, Tensor | Tensor[]] => {
      const stacked = stackedOf(name);
      return [name, isByShard(value) ? stacked : (stacked[0] as Tensor)];
    }),
  );
}

function stepsOf(g: Graph, outline: Outline, inputs: Side, count: number): Signature {
  const parts = stackedInputs(g, inputs, count).map((part) => ({
    ...part,
    steps: unpack(g, part.stacked, count),
  }));
  const losses: Tensor[] = [];
  let changed: readonly string[] = [];
  for (let step = 0; step < count; step += 1) {
    const given = parts.map(({ single, steps }) => [single, steps[step] as Tensor] as const);
    const { outputs, changes } = callOutline(g, outline, given, changed);
    losses.push(outputs['loss'] as Tensor);
    changed = changes;
  }
  return { inputs: several(inputs, parts), outputs: { losses: pack(g, losses) } };
}

function shapeOf(g: Graph, { node: name }: Tensor): readonly number[] {
  const shape = g.nodes.find((node) => node.name === name)?.attributes['shape'];
  if (shape?.kind !== 'shape') throw new Error(`${name} is no placeholder`);
  return shape.value;
}

/** Stacks the inputs of several calls of `train`, in order, into those of one multi-step call. */
export function stackInputs(steps: readonly NumberInputs[]): NumberInputs {
  const [first = {}] = steps;
  return Object.fromEntries(
    Object.entries(first).map(([name, value]) => {
      const ofStep = (step: NumberInputs, shard: number): NumberInput => {
        const given = step[name];
        const input = given && isByShard(given) ? given[shard] : given;
        if (!input) throw new Error(`a step is not given ${name}`);
        return input;
      };
      const stackedShard = (shard: number) => stack(steps.map((step) => ofStep(step, shard)));
      return [name, isByShard(value) ? value.map((_, shard) => stackedShard(shard)) : stackedShard(0)];
    }),
  );
}

/** Stacks arrays of one length along a new first axis. */
function stack(inputs: readonly NumberInput[]): NumberInput {
  const { data: first, shape = [first.length] } = inputs[0] as NumberInput;
  const length = first.length * inputs.length;
  const data = first instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
  inputs.forEach((input, step) => {
    data.set(input.data, step * first.length);
  });
  return { data, shape: [inputs.length, ...shape] };
}
