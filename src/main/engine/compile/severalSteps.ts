/**
 * Several optimizer steps in one call of the session. The overhead of a call (waking TensorFlow's threads and the library's,
 * passing inputs in and the losses out, JavaScript between two calls) is 1.2 ms and more.
 *
 * Where a whole step is one operation (`sequences/wholeStep.ts`), so are any number of steps. The operation ends early when
 * the thread has been sent a message, so a call may take longer than a pause may wait. Otherwise TensorFlow computes the
 * nodes of 20, 10 or 5 steps, of which as many share one call as take 45 ms: a pause takes effect only between two calls.
 *
 * Each step computes the same as `train`, so the results are bit-identical.
 */
import { type Graph, type Side, type Signature, type Tensor, isByShard, slotsOf } from '../graph/graph.ts';
import { pack, placeholder, unpack } from '../graph/operations.ts';
import { type Outline, callOutline } from '../graph/outline.ts';
import { type Repeatable, addRepeated, repeatable } from '../sequences/repeated.ts';
import type { NumberInput, NumberInputs } from '../native/session.ts';
import { runningLossInterval } from '../../../shared/training/training.ts';

/** Numbers of steps whose nodes TensorFlow computes. Each divides the number of steps per running loss. */
const counts = [20, 10, 5] as const;

/**
 * Number of remaining steps from which calls of twenty pay off: TensorFlow takes 0.1 s longer to prepare that signature, and
 * so many steps save as much.
 */
const worthTwenty = 5000;

/** Seconds that one call may take, so that pause and stop take effect within 50 ms. */
const longest = 0.045;
/** Seconds that one call may take which ends early: a live chart shows the losses only between two calls. */
const longestOfEarly = 0.15;

/** Name of the signature that takes any number of steps. */
export const stepsInOneCall = 'trainSeveral';

/** Returns the name of the signature that takes `count` steps where TensorFlow computes their nodes. */
export const severalSteps = (count: number) => `train${count}`;

export interface StepBudget {
  /** Duration of a step in seconds. */
  readonly secondsAStep: number;
  /**
   * Steps of this epoch that have been taken. Where TensorFlow computes the nodes, a multi-step call starts only at a
   * multiple of its length.
   */
  readonly taken?: number;
  /** Steps of this epoch that may be taken together. */
  readonly left?: number;
  /** Approximate number of steps left in the training run. */
  readonly leftInAll?: number;
  /** Whether several steps are one operation, and whether that heeds a mailbox. */
  readonly inOne?: false | 'alone' | 'heeding';
}

/** Returns the number of steps to take in the next call of the session. No running loss falls inside a call. */
export function stepsAtOnce({
  secondsAStep,
  taken = 0,
  left = Infinity,
  leftInAll = Infinity,
  inOne = false,
}: StepBudget): number {
  if (inOne) {
    const fitting = Math.floor((inOne === 'heeding' ? longestOfEarly : longest) / secondsAStep);
    const untilRunningLoss = runningLossInterval - (taken % runningLossInterval);
    return Math.max(1, Math.min(fitting, untilRunningLoss, left));
  }
  const mayTake = (count: number) => taken % count === 0 && left >= count;
  const [most] = counts;
  const fits = (count: number) =>
    secondsAStep * count <= longest && (count < most || leftInAll >= worthTwenty);
  const count = counts.find(fits) ?? 1;
  // An epoch's last steps are not taken in a smaller call: TensorFlow would have to prepare it, which takes
  // longer than those steps.
  return mayTake(count) ? count : 1;
}

/** Input of `trainSeveral`: the number of the mailbox whose messages end it early, or 0 for none. */
export const mailboxInput = (number: number): NumberInputs => ({
  mailbox: { data: Int32Array.of(number), shape: [] },
});

/**
 * Rebuilds `train` from function calls and adds `trainSeveral`, or `train20` and so on, with the same inputs and the step as
 * a new first axis.
 */
export function addSteps(g: Graph, outline: Outline): void {
  const inputs: Side = g.signatures['train']?.inputs ?? {};
  g.signature('train', { inputs, outputs: callOutline(g, outline).outputs });
  const inOne = repeatable(outline.join, inputs, outline.outputs['loss'] as Tensor);
  if (inOne) {
    g.scope(stepsInOneCall, () => {
      g.signature(stepsInOneCall, stepsInOne(g, inOne, inputs));
    });
    return;
  }
  for (const count of counts) {
    const name = severalSteps(count);
    g.scope(name, () => {
      g.signature(name, stepsOf(g, outline, inputs, count));
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

function stepsInOne(g: Graph, step: Repeatable, inputs: Side): Signature {
  const parts = stackedInputs(g, inputs, -1);
  const stackedOf = new Map(parts.map(({ single, stacked }) => [single.node, stacked]));
  const mailbox = placeholder(g, 'mailbox', 'int32', []);
  return {
    inputs: { ...several(inputs, parts), mailbox },
    outputs: { losses: addRepeated(g, step, stackedOf, mailbox) },
  };
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
