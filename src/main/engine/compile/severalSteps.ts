/**
 * Several optimizer steps in one run of the session. What a run costs beside its steps (waking TensorFlow's threads,
 * getting inputs in and the loss out, JavaScript between two runs) is a tenth of a small net's step. Twenty of them share it,
 * or ten or five where those would take too long: a pause takes effect between two runs.
 *
 * Each step is the same calls of the same functions as in `train`, so the numbers are the same to the bit.
 */
import { type Graph, type Side, type Signature, type Tensor, isByShard, slotsOf } from '../graph/graph.ts';
import { pack, placeholder, unpack } from '../graph/operations.ts';
import { type Outline, callOutline } from '../graph/outline.ts';
import type { NumberInput, NumberInputs } from '../native/session.ts';

/** Each divides the 300 steps of a running loss. */
const counts = [20, 10, 5] as const;

/** TensorFlow takes a tenth of a second longer to prepare the first; in so many steps it saves as much. */
const worthTwenty = 5000;

/** Seconds that the steps of one run may take together, for pause and stop to take effect within 50 ms. */
const longest = 0.04;

/** The signature that takes so many steps at once. */
export const severalSteps = (count: number) => `train${count}`;

export interface StepBudget {
  /** Seconds that a step takes. */
  readonly secondsAStep: number;
  /** Steps of this epoch that were taken. So that no running loss is due within, a run begins at a multiple of its steps. */
  readonly taken?: number;
  /** Steps of this epoch that may be taken together. */
  readonly left?: number;
  /** Of the training run, about. */
  readonly leftInAll?: number;
}

/** How many steps to take in the next run of the session. */
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
  // Not a smaller one for an epoch's last steps: TensorFlow would prepare that first, which takes longer than they do.
  return taken % count === 0 && left >= count ? count : 1;
}

/** Makes `train` of calls, and adds `train20` and so on: the same inputs, each with the step as a new first axis. */
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

/** The inputs of some runs of `train`, in order, as those of one run that takes so many steps. */
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

/** Arrays of one length, one behind the other, along a new first axis. */
function stack(inputs: readonly NumberInput[]): NumberInput {
  const { data: first, shape = [first.length] } = inputs[0] as NumberInput;
  const length = first.length * inputs.length;
  const data = first instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
  inputs.forEach((input, step) => {
    data.set(input.data, step * first.length);
  });
  return { data, shape: [inputs.length, ...shape] };
}
