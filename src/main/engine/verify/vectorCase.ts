/**
 * A vector file: a network, a seed, a batch, and PyTorch's results for them. Such files have many authors, so
 * anything that does not affect the results is accepted: unknown fields, options that are off, a counter of
 * batches. Anything unknown that would affect them is reported by name.
 */
import { z } from 'zod';
import { enabledLayers, type Layer } from '../../../shared/layers/index.ts';
import { elements } from '../../../shared/layers/layer.ts';
import { type Network, parseNetwork } from '../../../shared/network/network.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import { type Optimizer, optimizerSchema } from '../../../shared/training/training.ts';

const arraySchema = z.object({
  shape: z.array(z.int().min(0)),
  // A scalar may be given without brackets.
  data: z.union([z.array(z.number()), z.number().transform((value) => [value])]),
});
export type VectorArray = z.infer<typeof arraySchema>;

/** Arrays by the names of a `state_dict`. */
const namedArrays = z
  .record(z.string(), z.unknown())
  .transform((entries) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => !/(^|\.)num_batches_tracked$/.test(name))),
  )
  .pipe(z.record(z.string(), arraySchema));

const vectorSchema = z.object({
  name: z.string().optional(),
  seed: z.int().min(0),
  network: z.record(z.string(), z.unknown()),
  optimizer: z.record(z.string(), z.unknown()),
  input: arraySchema,
  labels: z.array(z.int().min(0)),
  initialParameters: namedArrays,
  evalLogits: arraySchema,
  evalActivations: z.array(arraySchema).optional(),
  trainLoss: z.number(),
  gradients: namedArrays,
  stepLosses: z.array(z.number()),
  parametersAfterSteps: namedArrays,
});

export interface VectorCase extends Omit<z.infer<typeof vectorSchema>, 'name' | 'network' | 'optimizer'> {
  readonly name: string;
  readonly network: Network;
  readonly optimizer: Optimizer;
}

/** Returns whether a file's JSON is meant to be a case, because other files may lie beside the cases. */
export function isVectorCase(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('network' in value)) return false;
  return typeof value.network === 'object' && value.network !== null;
}

/** Throws a `Problem` that names the file. */
export function parseVectorCase(value: unknown, file: string): VectorCase {
  const result = vectorSchema.safeParse(value);
  if (!result.success) throw bad(file, issueText(result.error));
  const { data } = result;
  const name = data.name ?? file.replace(/\.json$/, '');
  try {
    const vector = {
      ...data,
      name,
      network: networkOf(data.network, name),
      optimizer: optimizerOf(data.optimizer),
    };
    requireFit(vector);
    return vector;
  } catch (error) {
    throw error instanceof Problem ? bad(file, error.message) : error;
  }
}

function bad(file: string, detail: string): Problem {
  return new Problem('verify.bad-file', `${file} is not a vector file that can be verified: ${detail}`, {
    file,
    detail,
  });
}

/** Returns a problem that keeps a case from being run; `parseVectorCase` adds the file. */
function misfit(detail: string): Problem {
  return new Problem('verify.bad-file', detail);
}

function issueText(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'it does not fit';
  return `${issue.path.join('.') || 'the file'}: ${issue.message}`;
}

function networkOf({ name, input, layers }: Record<string, unknown>, caseName: string): Network {
  const { height, width, channels } = (input ?? {}) as Record<string, unknown>;
  return parseNetwork({
    name: typeof name === 'string' && name.trim() ? name : caseName.slice(0, 80),
    input: { height, width, channels },
    layers,
  });
}

/** Accepts an option that Stride does not have if it is off. */
function optimizerOf(given: Record<string, unknown>): Optimizer {
  const result = optimizerSchema.safeParse(given);
  if (result.success) return result.data;
  const unknown = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [],
  );
  const on = unknown.filter((key) => ![false, null, 0].some((off) => off === given[key]));
  if (on.length > 0) throw misfit(unsupported(given, on));
  if (unknown.length === 0) throw misfit(`optimizer.${issueText(result.error)}`);
  return optimizerOf(Object.fromEntries(Object.entries(given).filter(([key]) => !unknown.includes(key))));
}

function unsupported({ type }: Record<string, unknown>, keys: readonly string[]): string {
  const known = optimizerSchema.options.find(({ shape }) => shape.type.value === type);
  const named = keys.map((key) => `"${key}"`).join(', ');
  return `the optimizer ${String(type)} has no option ${named}; it has ${Object.keys(known?.shape ?? {})
    .filter((key) => key !== 'type')
    .join(', ')}`;
}

function requireFit({ network, input, labels, evalLogits }: VectorCase): void {
  const { output } = summarize(network);
  const { height, width, channels } = network.input;
  const wanted = [labels.length, channels, height, width];
  const count = wanted.reduce((a, b) => a * b, 1);
  if (input.shape.join() !== wanted.join() || input.data.length !== count || labels.length === 0) {
    throw misfit(
      `input has shape ${input.shape.join('×')} and ${input.data.length} numbers, but ${labels.length} labels and ` +
        `the network's input make ${wanted.join('×')}`,
    );
  }
  const classes = elements(output);
  if (output.kind !== 'flat' || evalLogits.data.length !== labels.length * classes) {
    throw misfit(
      `evalLogits has shape ${evalLogits.shape.join('×')}, but the network gives ${classes} numbers`,
    );
  }
  const beyond = labels.find((label) => label >= classes);
  if (beyond !== undefined) throw misfit(`label ${beyond} is no class of a network that gives ${classes}`);
  const dropout = dropouts(network.layers).find(({ p }) => p !== 0);
  if (dropout) {
    throw misfit(
      `dropout with p = ${dropout.p ?? 0.5}: its mask is not the one that PyTorch drew; only p = 0 can be held against it`,
    );
  }
}

function dropouts(layers: readonly Layer[]): Extract<Layer, { type: 'dropout' }>[] {
  return enabledLayers(layers).flatMap((layer) => {
    if (layer.type === 'dropout') return [layer];
    return layer.type === 'residual' ? dropouts(layer.layers) : [];
  });
}
