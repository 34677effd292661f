/**
 * Compares the engine with PyTorch: for a vector file's network, seed and batch, `verifyCase` computes
 * PyTorch's results and reports the largest error of each quantity.
 */
import { type NamedTensor, parameterKey } from '../../../shared/runs/checkpoint.ts';
import { type Optimizer, trainingSettingsSchema } from '../../../shared/training/training.ts';
import { type CompiledNetwork, compile } from '../compile/compile.ts';
import { optimizerScalars } from '../compile/optimizers.ts';
import { activationKey } from '../compile/net.ts';
import { initialParameters } from '../compile/parameters.ts';
import { Generator } from '../random/generator.ts';
import { type Inputs, Session } from '../native/session.ts';
import { shardSizes } from '../compile/shards.ts';
import { writeState } from '../compile/state.ts';
import type { VectorArray, VectorCase } from './vectorCase.ts';

/** Quantities that are compared, in the order of computation. */
export const quantities = [
  'initialParameters',
  'activations',
  'logits',
  'loss',
  'gradients',
  'stepLosses',
  'parametersAfterSteps',
] as const;
export type Quantity = (typeof quantities)[number];

export interface QuantityResult {
  /** Largest absolute difference; infinite if an element is missing or not a number. */
  readonly largest: number;
  /** Number of elements compared, and of those beyond the tolerance. */
  readonly compared: number;
  readonly past: number;
  /** Arrays of PyTorch's that Stride lacks or has with another number of elements. */
  readonly missing: readonly string[];
}

export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  readonly errors: Readonly<Record<Quantity, QuantityResult>>;
}

/** An element passes if it is within either tolerance. */
export const tolerance = { absolute: 2e-5, relative: 2e-4 } as const;
/** Initial parameters come from integers; only their float32 rounding may differ. */
export const initialTolerance = { absolute: 1e-7, relative: 0 } as const;

type Entry = { -readonly [K in keyof QuantityResult]: QuantityResult[K] };

class Comparison {
  readonly #errors = Object.fromEntries(
    quantities.map((name) => [name, { largest: 0, compared: 0, past: 0, missing: [] }]),
  ) as unknown as Record<Quantity, Entry>;

  compare(
    quantity: Quantity,
    name: string,
    actual: ArrayLike<number> | undefined,
    expected: readonly number[],
  ): void {
    const entry = this.#errors[quantity];
    const { absolute, relative } = quantity === 'initialParameters' ? initialTolerance : tolerance;
    entry.compared += expected.length;
    if (actual?.length !== expected.length) {
      entry.past += Math.max(1, expected.length);
      entry.largest = Infinity;
      entry.missing = [...entry.missing, name];
      return;
    }
    expected.forEach((wanted, i) => {
      const difference = Math.abs((actual[i] as number) - wanted);
      const error = Number.isNaN(difference) ? Infinity : difference;
      if (error > absolute && error > relative * Math.abs(wanted)) entry.past += 1;
      if (error > entry.largest) entry.largest = error;
    });
  }

  result(name: string): CaseResult {
    const passed = quantities.every((quantity) => this.#errors[quantity].past === 0);
    return { name, passed, errors: this.#errors };
  }
}

/** Runs one case with the batch split into `shards`. */
export async function verifyCase(vector: VectorCase, shards = 1): Promise<CaseResult> {
  const { network, optimizer, seed } = vector;
  const settings = trainingSettingsSchema.parse({ optimizer, seed });
  const compiled = compile({
    network,
    settings,
    dataset: null,
    shards: shardSizes(vector.labels.length, shards),
    constants: null,
  });
  const session = await Session.load(compiled.graph);
  try {
    const comparison = new Comparison();
    const initial = initialParameters(compiled.parameters, new Generator(seed));
    for (const [name, { data }] of Object.entries(vector.initialParameters)) {
      const drawn = initial.find((tensor) => tensor.name === name);
      comparison.compare('initialParameters', name, drawn?.data, data);
    }

    const slots = compiled.state.map(({ name, shape }) => ({ name, shape, data: zeros(shape) }));
    const values = initial.map((tensor) => startingValue(tensor, vector.initialParameters[tensor.name]));
    writeState(session, compiled, [...slots, ...values]);
    const images = { data: Float32Array.from(vector.input.data), shape: vector.input.shape };
    const predicted = session.run('predict', { images });
    comparison.compare('logits', 'evalLogits', predicted['logits']?.data, vector.evalLogits.data);
    vector.evalActivations?.forEach(({ data }, index) =>
      comparison.compare('activations', `${index}`, predicted[activationKey(index)]?.data, data),
    );

    const batch = shardsOf(vector, shards);
    const { loss, ...gradients } = session.run(
      'gradients',
      stepInputs(compiled, batch, optimizer, vector, 1),
    );
    comparison.compare('loss', 'trainLoss', loss?.data, [vector.trainLoss]);
    for (const [name, { data }] of Object.entries(vector.gradients)) {
      comparison.compare('gradients', name, gradients[name]?.data, data);
    }

    const losses = vector.stepLosses.map((_, i) => {
      const outputs = session.run('train', stepInputs(compiled, batch, optimizer, vector, i + 1));
      return outputs['loss']?.data[0] as number;
    });
    comparison.compare('stepLosses', 'stepLosses', losses, vector.stepLosses);
    const after = session.run('read', {});
    for (const [name, { data }] of Object.entries(vector.parametersAfterSteps)) {
      comparison.compare('parametersAfterSteps', name, after[parameterKey(name)]?.data, data);
    }
    return comparison.result(vector.name);
  } finally {
    session.close();
  }
}

/**
 * Starts from PyTorch's value if there is one, so that a wrong draw is reported as such rather than as an
 * error in every quantity.
 */
function startingValue({ name, shape, data }: NamedTensor, given: VectorArray | undefined): NamedTensor {
  const fits = given?.data.length === data.length;
  return { name: parameterKey(name), shape, data: fits ? Float32Array.from(given.data) : data };
}

const zeros = (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1));

function shardsOf({ input, labels }: VectorCase, shards: number): Inputs {
  const [count = 0, ...rest] = input.shape;
  const each = rest.reduce((a, b) => a * b, 1);
  let to = 0;
  const parts = shardSizes(count, shards).map((size) => {
    const from = to;
    to += size;
    return {
      images: {
        data: Float32Array.from(input.data.slice(from * each, to * each)),
        shape: [to - from, ...rest],
      },
      labels: { data: Int32Array.from(labels.slice(from, to)) },
    };
  });
  return { images: parts.map(({ images }) => images), labels: parts.map((part) => part.labels) };
}

function stepInputs(
  compiled: CompiledNetwork,
  batch: Inputs,
  optimizer: Optimizer,
  { labels }: VectorCase,
  step: number,
): Inputs {
  const scalars = [1 / labels.length, ...optimizerScalars(optimizer, optimizer.learningRate, step)];
  return {
    ...batch,
    scalars: { data: Float32Array.from(scalars) },
    ...(compiled.random ? { step: { data: Int32Array.of(step), shape: [] } } : {}),
  };
}
