/**
 * The engine held against PyTorch's own numbers: a vector file has a network, a seed, a batch, and what PyTorch gives
 * for them; `verifyCase` computes the same and reports the largest error of each quantity.
 */
import { z } from 'zod';
import type { NamedTensor } from '../../shared/checkpoint.ts';
import { networkSchema } from '../../shared/network.ts';
import { Problem } from '../../shared/problem.ts';
import { type Optimizer, optimizerSchema, trainingSettingsSchema } from '../../shared/training.ts';
import { type CompiledNetwork, compile } from './compile.ts';
import { optimizerScalars } from './optimizers.ts';
import { initialParameters, parameterKey } from './parameters.ts';
import { Generator } from './random/generator.ts';
import { type Input, Session } from './session.ts';
import { writeState } from './state.ts';

const arraySchema = z.object({ shape: z.array(z.int().min(0)), data: z.array(z.number()) });

const vectorSchema = z.object({
  name: z.string(),
  seed: z.int().min(0),
  network: networkSchema,
  optimizer: optimizerSchema,
  input: arraySchema,
  labels: z.array(z.int().min(0)),
  initialParameters: z.record(z.string(), arraySchema),
  evalLogits: arraySchema,
  evalActivations: z.array(arraySchema).optional(),
  trainLoss: z.number(),
  gradients: z.record(z.string(), arraySchema),
  stepLosses: z.array(z.number()),
  parametersAfterSteps: z.record(z.string(), arraySchema),
});
export type VectorCase = z.infer<typeof vectorSchema>;

export function parseVectorCase(value: unknown, file: string): VectorCase {
  const result = vectorSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const detail = issue ? `${issue.path.join('.')}: ${issue.message}` : 'not a vector file';
  throw new Problem('verify.bad-file', `${file} is not a vector file: ${detail}`, { file, detail });
}

/** What is compared, in the order of computation. */
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

export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  /** Largest absolute difference; `past` of them are beyond the tolerance. */
  readonly errors: Readonly<Record<Quantity, { readonly largest: number; readonly past: number }>>;
}

/** An element is right where it is within either. */
const tolerance = { absolute: 2e-5, relative: 2e-4 };
/** Initial parameters come from integers; only their float32 rounding may differ. */
const initialTolerance = { absolute: 1e-7, relative: 0 };

class Comparison {
  private readonly errors = Object.fromEntries(
    quantities.map((name) => [name, { largest: 0, past: 0 }]),
  ) as Record<Quantity, { largest: number; past: number }>;

  compare(quantity: Quantity, actual: ArrayLike<number> | undefined, expected: readonly number[]): void {
    const entry = this.errors[quantity];
    const { absolute, relative } = quantity === 'initialParameters' ? initialTolerance : tolerance;
    if (actual?.length !== expected.length) {
      entry.past += 1;
      entry.largest = Infinity;
      return;
    }
    expected.forEach((wanted, i) => {
      const error = Math.abs((actual[i] as number) - wanted);
      const right = error <= absolute || error <= relative * Math.abs(wanted);
      if (!right) entry.past += 1;
      if (!(error <= entry.largest)) entry.largest = error;
    });
  }

  result(name: string): CaseResult {
    const passed = quantities.every((quantity) => this.errors[quantity].past === 0);
    return { name, passed, errors: this.errors };
  }
}

/** Runs one case, the batch split in `shards`. */
export async function verifyCase(vector: VectorCase, shards = 1): Promise<CaseResult> {
  const { network, optimizer, seed } = vector;
  const settings = trainingSettingsSchema.parse({ optimizer, seed });
  const compiled = compile({ network, settings, dataset: null, shards, constants: null });
  const session = await Session.load(compiled.graph);
  try {
    const comparison = new Comparison();
    const initial = initialParameters(compiled.parameters, new Generator(seed));
    compareTensors(comparison, 'initialParameters', initial, vector.initialParameters);

    const slots = compiled.state.map(({ name, shape }) => ({ name, shape, data: zeros(shape) }));
    const values = initial.map((tensor) => ({ ...tensor, name: parameterKey(tensor.name) }));
    writeState(session, compiled, [...slots, ...values]);
    const images = { data: Float32Array.from(vector.input.data), shape: vector.input.shape };
    const predicted = session.run('predict', { images });
    comparison.compare('logits', predicted['logits']?.data, vector.evalLogits.data);
    vector.evalActivations?.forEach(({ data }, index) =>
      comparison.compare('activations', predicted[`layer_${index}`]?.data, data),
    );

    const batch = shardsOf(vector, shards);
    const { loss, ...gradients } = session.run(
      'gradients',
      stepInputs(compiled, batch, optimizer, vector, 1),
    );
    comparison.compare('loss', loss?.data, [vector.trainLoss]);
    for (const [name, { data }] of Object.entries(vector.gradients)) {
      comparison.compare('gradients', gradients[name]?.data, data);
    }

    const losses = vector.stepLosses.map((_, i) => {
      const outputs = session.run('train', stepInputs(compiled, batch, optimizer, vector, i + 1));
      return outputs['loss']?.data[0] as number;
    });
    comparison.compare('stepLosses', losses, vector.stepLosses);
    const after = session.run('read', {});
    for (const [name, { data }] of Object.entries(vector.parametersAfterSteps)) {
      comparison.compare('parametersAfterSteps', after[parameterKey(name)]?.data, data);
    }
    return comparison.result(vector.name);
  } finally {
    session.close();
  }
}

function compareTensors(
  comparison: Comparison,
  quantity: Quantity,
  tensors: readonly NamedTensor[],
  expected: Readonly<Record<string, { data: number[] }>>,
): void {
  for (const [name, { data }] of Object.entries(expected)) {
    comparison.compare(quantity, tensors.find((tensor) => tensor.name === name)?.data, data);
  }
}

const zeros = (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1));

function shardsOf({ input, labels }: VectorCase, shards: number): Record<string, Input> {
  const [count = 0, ...rest] = input.shape;
  const each = rest.reduce((a, b) => a * b, 1);
  const inputs: Record<string, Input> = {};
  for (let shard = 0; shard < shards; shard += 1) {
    const from = Math.floor((count * shard) / shards);
    const to = Math.floor((count * (shard + 1)) / shards);
    inputs[`images_${shard}`] = {
      data: Float32Array.from(input.data.slice(from * each, to * each)),
      shape: [to - from, ...rest],
    };
    inputs[`labels_${shard}`] = { data: Int32Array.from(labels.slice(from, to)) };
  }
  return inputs;
}

function stepInputs(
  compiled: CompiledNetwork,
  batch: Readonly<Record<string, Input>>,
  optimizer: Optimizer,
  { labels }: VectorCase,
  step: number,
): Record<string, Input> {
  const scalars = [1 / labels.length, ...optimizerScalars(optimizer, optimizer.learningRate, step)];
  return {
    ...batch,
    scalars: { data: Float32Array.from(scalars) },
    ...(compiled.random ? { step: { data: Int32Array.of(step), shape: [] } } : {}),
  };
}
