/**
 * A compiled net, loaded: one native session with the graph's variables, run by signature. tfjs-node is loaded at the
 * first use, in the thread that uses it; beside this file only graph/savedModel.ts imports it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import type * as TfjsNode from '@tensorflow/tfjs-node';
import type { TFJSBinding } from '@tensorflow/tfjs-node/dist/tfjs_binding.js';
import { Problem } from '../../../shared/base/problem.ts';
import { type Graph, type NamedSlot, type Signature, isByShard, slotsOf } from '../graph/graph.ts';
import { servingTag, writeSavedModel } from '../graph/savedModel.ts';
import { whileMarked } from './loadingMark.ts';

/** float32 or int32, by the array's type; without a shape it is one axis as long as the data. */
export interface NumberInput {
  readonly data: Float32Array | Int32Array;
  readonly shape?: readonly number[];
}

/** What a signature is given by name: one array, or one a shard. */
export type NumberInputs = Readonly<Record<string, NumberInput | readonly NumberInput[]>>;

/** Numbers, or one string. */
export type Input = NumberInput | { readonly data: string };

/** By name; a value that a signature takes by shard is a list. */
export type Inputs = Readonly<Record<string, Input | readonly Input[]>>;

export interface Output {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/**
 * What tfjs-node's own classes stand on. The engine calls it directly: around a run of a small net those classes take 2 %
 * of the time, and for every signature they read the graph's file again for what the engine knows.
 */
let loaded: TFJSBinding | undefined;

function tensorflow(): TFJSBinding {
  if (loaded) return loaded;
  // tfjs-node calls two functions that Node 23 removed (tensorflow/tfjs#8609); the fix was never released.
  const legacy = util as unknown as Record<string, unknown>;
  legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  legacy['isArray'] ??= Array.isArray;
  try {
    loaded = whileMarked(() => {
      const tf = keepingLibraries(
        () => createRequire(import.meta.url)('@tensorflow/tfjs-node') as typeof TfjsNode,
      );
      return (tf.backend() as unknown as { binding: TFJSBinding }).binding;
    });
  } catch (error) {
    const detail = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
    throw new Problem(
      'engine.no-tensorflow',
      `training needs TensorFlow's native library, which could not be loaded (${detail}). ` +
        'Run "npm run doctor" to see what is missing and how to get it.',
      { detail },
    );
  }
  return loaded;
}

/** `RTLD_NODELETE` of <dlfcn.h>; Node does not name it. Windows knows nothing like it. */
const noDelete: Partial<Record<NodeJS.Platform, number>> = { linux: 0x1000, darwin: 0x80 };

/**
 * Native libraries that are loaded meanwhile stay to the end of the process. Node unloads an addon when the last worker
 * that used it ends. With it would go TensorFlow, whose own threads live on: the one that wakes next, or the end of the
 * process, would find its code gone. The next worker also starts sooner.
 */
function keepingLibraries<T>(load: () => T): T {
  const dlopen = process.dlopen.bind(process);
  process.dlopen = (module: object, file: string, flags: number = constants.dlopen.RTLD_LAZY) => {
    dlopen(module, file, flags | (noDelete[process.platform] ?? 0));
  };
  try {
    return load();
  } finally {
    process.dlopen = dlopen;
  }
}

/** The version of the native library, for example `2.21.0`. Throws a `Problem` where there is none. */
export function tensorflowVersion(): string {
  return tensorflow().TF_Version;
}

/** A signature as the binding takes it: names of a caller in order, and those of the graph, joined by commas. */
interface Prepared {
  readonly inputs: readonly NamedSlot[];
  readonly inputTensors: string;
  readonly outputs: readonly NamedSlot[];
  readonly outputTensors: string;
}

function prepare({ inputs, outputs }: Signature): Prepared {
  const tensors = (slots: readonly NamedSlot[]) =>
    slots.map(({ tensor: { node, output } }) => `${node}:${output}`).join(',');
  const [given, found] = [slotsOf(inputs), slotsOf(outputs)];
  return {
    inputs: given,
    inputTensors: tensors(given),
    outputs: found,
    outputTensors: tensors(found),
  };
}

export class Session {
  readonly #native: TFJSBinding;
  readonly #model: number;
  readonly #signatures: ReadonlyMap<string, Prepared>;

  private constructor(native: TFJSBinding, model: number, signatures: ReadonlyMap<string, Prepared>) {
    this.#native = native;
    this.#model = model;
    this.#signatures = signatures;
  }

  /** Loads the graph. Its variables have no values yet. */
  static async load(graph: Graph): Promise<Session> {
    // Before a folder is made for it.
    tensorflow();
    const folder = await mkdtemp(join(tmpdir(), 'stride-graph-'));
    try {
      await writeSavedModel(graph, folder);
      return Session.open(folder, graph.signatures);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Loads the SavedModel in a folder, of which only the graph is needed afterwards. */
  static open(folder: string, signatures: Readonly<Record<string, Signature>>): Session {
    const native = tensorflow();
    const prepared = Object.entries(signatures).map(
      ([name, signature]) => [name, prepare(signature)] as const,
    );
    return new Session(native, native.loadSavedModel(folder, servingTag), new Map(prepared));
  }

  /** Whether the graph has such a signature. */
  has(signature: string): boolean {
    return this.#signatures.has(signature);
  }

  /** Runs a signature whose outputs are one tensor each; gives them all, copied out of TensorFlow's memory. */
  run(signature: string, inputs: Inputs): Record<string, Output> {
    return Object.fromEntries(
      this.#results(signature, inputs).map(([{ flatName }, output]) => [flatName, output]),
    );
  }

  /** The same for a signature whose outputs are one tensor a shard. */
  runByShard(signature: string, inputs: Inputs): Record<string, Output[]> {
    const outputs: Record<string, Output[]> = {};
    for (const [{ name }, output] of this.#results(signature, inputs)) (outputs[name] ??= []).push(output);
    return outputs;
  }

  #results(signature: string, inputs: Inputs): (readonly [NamedSlot, Output])[] {
    const native = this.#native;
    const model = this.#model;
    const prepared = this.#signatures.get(signature);
    if (!prepared) throw new Error(`the graph has no signature ${signature}`);
    const given: number[] = [];
    try {
      for (const { name, shard, flatName } of prepared.inputs) {
        const value = inputs[name];
        const input = value && isByShard(value) ? value[shard ?? 0] : value;
        if (!input) throw new Error(`${signature} is not given ${flatName}`);
        given.push(toTensor(native, input));
      }
      const results = native.runSavedModel(model, given, prepared.inputTensors, prepared.outputTensors);
      return results.map(({ id, shape }, position) => {
        const data = native.tensorDataSync(id) as Float32Array | Int32Array;
        native.deleteTensor(id);
        return [prepared.outputs[position] as NamedSlot, { data, shape }] as const;
      });
    } finally {
      for (const id of given) native.deleteTensor(id);
    }
  }

  /** Tensors that JavaScript holds; constant over a run, or something leaks. */
  get liveTensors(): number {
    return this.#native.getNumOfTensors();
  }

  /** Frees the native session and its variables. */
  close(): void {
    this.#native.deleteSavedModel(this.#model);
  }
}

function toTensor(native: TFJSBinding, input: Input): number {
  if (typeof input.data === 'string') {
    return native.createTensor([], native.TF_STRING, [Buffer.from(input.data, 'utf8')]);
  }
  const data = copiedByTensorFlow(input.data);
  const shape = 'shape' in input && input.shape ? [...input.shape] : [data.length];
  return native.createTensor(shape, data instanceof Int32Array ? native.TF_INT32 : native.TF_FLOAT, data);
}

/**
 * The same numbers where TensorFlow does not want to have them. An array that begins at a multiple of 64 bytes it uses
 * in place, and it is a thread of its own that may let go of it last; it then releases the array from that thread, in
 * the middle of whatever JavaScript is doing, and once in many thousand runs the process is gone. Any other array it
 * copies at once (`TF_NewTensor` in tensorflow/c/tf_tensor.cc). Memory of an `ArrayBuffer` begins at a multiple of 16,
 * so that 4 bytes further on is never one of 64.
 */
export function copiedByTensorFlow<T extends Float32Array | Int32Array>(data: T): T {
  const { length } = data;
  const buffer = new ArrayBuffer(4 + data.byteLength);
  const copy =
    data instanceof Int32Array ? new Int32Array(buffer, 4, length) : new Float32Array(buffer, 4, length);
  copy.set(data);
  return copy as T;
}
