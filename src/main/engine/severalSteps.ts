/**
 * Several optimizer steps in one run of the session. What a run costs beside its steps (waking TensorFlow's threads,
 * getting inputs in and the loss out) is a tenth of a small net's step. Five of them share it: more gain nothing, and a
 * pause takes effect between two runs.
 *
 * Each step is the same calls of the same functions as in `train`, so the numbers are the same to the bit.
 */
import type { Graph, Tensor } from './graph/graph.ts';
import { pack, placeholder, unpack } from './graph/operations.ts';
import { type Outline, callOutline } from './graph/outline.ts';
import type { Input, NumberInput } from './session.ts';

/** Divides the 300 steps of a running loss. */
export const stepsAtOnce = 5;

/** Seconds that the steps of one run may take together, for pause and stop to take effect within 50 ms. */
const longest = 0.04;

/** Whether steps that take so many seconds may be run several at once. */
export function mayRunSeveral(secondsAStep: number): boolean {
  return secondsAStep * stepsAtOnce <= longest;
}

/** Makes `train` of calls, and adds `trainSeveral`: the same inputs, each with the step as a new first axis. */
export function addSteps(g: Graph, outline: Outline): void {
  const inputs: Readonly<Record<string, Tensor>> = g.signatures['train']?.inputs ?? {};
  g.signature('train', { inputs, outputs: callOutline(g, outline) });
  g.scope('trainSeveral', () => {
    const several: Record<string, Tensor> = {};
    const parts = Object.entries(inputs).map(([name, single]) => {
      const stacked = placeholder(g, name, single.dtype, [stepsAtOnce, ...shapeOf(g, single)]);
      several[name] = stacked;
      return { single, steps: unpack(g, stacked, stepsAtOnce) };
    });
    const losses: Tensor[] = [];
    for (let step = 0; step < stepsAtOnce; step += 1) {
      const given = parts.map(({ single, steps }) => [single, steps[step] as Tensor] as const);
      // A loss is there when its step's updates are done.
      const before = losses.slice(-1).map(({ node }) => node);
      losses.push(callOutline(g, outline, given, before)['loss'] as Tensor);
    }
    g.signature('trainSeveral', { inputs: several, outputs: { losses: pack(g, losses) } });
  });
}

function shapeOf(g: Graph, { node: name }: Tensor): readonly number[] {
  const shape = g.nodes.find((node) => node.name === name)?.attributes['shape'];
  if (shape?.kind !== 'shape') throw new Error(`${name} is no placeholder`);
  return shape.value;
}

/** The inputs of `stepsAtOnce` runs of `train`, in order, as those of one run of `trainSeveral`. */
export function stackInputs(steps: readonly Readonly<Record<string, NumberInput>>[]): Record<string, Input> {
  const stacked: Record<string, Input> = {};
  for (const [name, { data: first, shape = [first.length] }] of Object.entries(steps[0] ?? {})) {
    const data =
      first instanceof Int32Array
        ? new Int32Array(first.length * steps.length)
        : new Float32Array(first.length * steps.length);
    steps.forEach((inputs, step) => {
      data.set(inputs[name]?.data ?? [], step * first.length);
    });
    stacked[name] = { data, shape: [steps.length, ...shape] };
  }
  return stacked;
}
