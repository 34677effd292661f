/**
 * Several optimizer steps in one call of the session. The overhead of a call (waking TensorFlow's threads,
 * passing inputs in and the loss out, JavaScript between two calls) is a tenth of a small net's step. Twenty
 * steps share one call, or ten or five if twenty would take too long: a pause takes effect only between two
 * calls.
 *
 * Each step calls the same functions as `train`, so the results are bit-identical.
 */
import { type Graph, type Side, type Signature, type Tensor, isByShard, slotsOf } from '../graph/graph.ts';
import { pack, placeholder, unpack } from '../graph/operations.ts';
import { type Outline, callOutline } from '../graph/outline.ts';
import type { NumberInput, NumberInputs } from '../native/session.ts';

/** Each of these divides 300, the number of steps per running loss. */
const counts = [20, 10, 5] as const;

/**
 * Number of remaining steps from which calls of twenty pay off: TensorFlow takes 0.1 s longer to prepare that
 * signature, and so many steps save as much.
 */
const worthTwenty = 5000;

/** Seconds that one call may take, so that pause and stop take effect within 50 ms. */
const longest = 0.04;

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
}

/** Returns the number of steps to take in the next call of the session. */
export function stepsAtOnce({
  secondsAStep,
  taken = 0,
  left = Infinity,
  leftInAll = Infinity,
}: StepBudget): number {
  const [most] = counts;
  const fits = (count: number) =>
    secondsAStep * count <= longest && (count < most || leftInAll >= worthTwenty);
  const count = counts.find(fits) ?? 1;
  // An epoch's last steps are not taken in a smaller call: TensorFlow would have to prepare it, which takes
  // longer than those steps.
  return taken % count === 0 && left >= count ? count : 1;
}

/**
 * Rebuilds `train` from function calls and adds `train20` and so on, with the same inputs and the step as a
 * new first axis.
 */
export function addSteps(g: Graph, outline: Outline): void {
  const inputs: Side = g.signatures['train']?.inputs ?? {};
  g.signature('train', { inputs, outputs: callOutline(g, outline).outputs });
  for (const count of counts) {
    const name = severalSteps(count);
    g.scope(name, () => {
      g.signature(name, stepsOf(g, outline, inputs, count));
    });
  }
}

function stepsOf(g: Graph, outline: Outline, inputs: Side, count: number): Signature {
  const parts = slotsOf(inputs).map(({ name, flatName, tensor: single }) => {
    const stacked = placeholder(g, flatName, single.dtype, [count, ...shapeOf(g, single)]);
    return { name, single, stacked, steps: unpack(g, stacked, count) };
  });
  const stackedOf = (wanted: string) =>
    parts.filter(({ name }) => name === wanted).map(({ stacked }) => stacked);
  const several = Object.fromEntries(
    Object.entries(inputs).map(([name, value]): [string, Tensor | Tensor[]] => {
      const stacked = stackedOf(name);
      return [name, isByShard(value) ? stacked : (stacked[0] as Tensor)];
    }),
  );
  const losses: Tensor[] = [];
  let changed: readonly string[] = [];
  for (let step = 0; step < count; step += 1) {
    const given = parts.map(({ single, steps }) => [single, steps[step] as Tensor] as const);
    const { outputs, changes } = callOutline(g, outline, given, changed);
    losses.push(outputs['loss'] as Tensor);
    changed = changes;
  }
  return { inputs: several, outputs: { losses: pack(g, losses) } };
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
