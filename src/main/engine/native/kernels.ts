/**
 * Stride's own kernels (`src/native`): a library beside tfjs-node's addon that registers operations with TensorFlow.
 * Set-up builds it, and places it only if it can be loaded. Without it, every net has a graph of TensorFlow's own
 * operations.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type KernelSource, kernelSourceSchema } from '../../../shared/training/kernels.ts';
import type { Graph } from '../graph/graph.ts';
import { kernelsFile as kernelsInFolder, tfjsNodeFolder } from './addon.ts';
import { hasFlags } from './cpu.ts';

/** Returns the library's path, whether or not it is there. */
function kernelsFile(): string {
  const folder = tfjsNodeFolder();
  if (folder === undefined) throw new Error('the package @tensorflow/tfjs-node is not installed');
  return join(folder, kernelsInFolder);
}

let usable: boolean | undefined;

/** Returns whether the library is there, and the processor has the AVX2 and FMA that it needs. */
export function hasKernels(): boolean {
  usable ??= existsSync(kernelsFile()) && hasFlags('avx2', 'fma');
  return usable;
}

/** Returns the kernels that a run goes on with: its own, unless they are not there. */
export const availableKernels = (wanted: KernelSource, available = hasKernels()): KernelSource =>
  available ? wanted : 'tensorflow';

/**
 * Returns the kernels that STRIDE_KERNELS names for new runs, "stride" or "tensorflow", so that both can be measured
 * and tested; undefined if it is not set. Throws on any other value, because nobody would notice a misspelling.
 */
export function wantedKernels(env: NodeJS.ProcessEnv = process.env): KernelSource | undefined {
  const wanted = env['STRIDE_KERNELS'] ?? '';
  if (wanted === '') return undefined;
  const { success, data } = kernelSourceSchema.safeParse(wanted);
  if (success) return data;
  throw new Error(`STRIDE_KERNELS is "${wanted}"; it can be "stride", "tensorflow", or not be set`);
}

/** Returns the kernels of a net that nobody has measured. */
export const kernelSource = (env: NodeJS.ProcessEnv = process.env): KernelSource =>
  availableKernels(wantedKernels(env) ?? 'stride');

/** Returns whether a graph computes anything with Stride's kernels. */
export const isUsing = ({ nodes, functions }: Pick<Graph, 'nodes' | 'functions'>): boolean =>
  [{ nodes }, ...functions].some((part) =>
    part.nodes.some(({ op }) => op === 'StrideConv2D' || op === 'StrideLinear'),
  );

/** What the library has for JavaScript, beside the operations. */
interface Library {
  /** Returns the number of a mailbox (`train/mailbox.ts`). */
  openMailbox(counters: Int32Array): number;
}

/** Registers the operations with TensorFlow, which must have been loaded. Throws if that fails. */
export function loadKernels(): void {
  if (hasKernels()) library();
}

const library = (): Library => createRequire(import.meta.url)(kernelsFile()) as Library;

const mailboxNumbers = new WeakMap<Int32Array, number>();

/**
 * Returns the number by which operations know this thread's mailbox, or 0 if it has none. The operations must have been
 * registered.
 */
export function numberOfMailbox(counters: Int32Array | undefined): number {
  if (!counters) return 0;
  const known = mailboxNumbers.get(counters);
  if (known !== undefined) return known;
  const number = library().openMailbox(counters);
  mailboxNumbers.set(counters, number);
  return number;
}
