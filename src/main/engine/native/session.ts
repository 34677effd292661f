/**
 * A compiled net, loaded: one native session with the graph's variables, run by signature. tfjs-node's
 * addon is loaded at the first use, in the thread that uses it; of the package, graph/savedModel.ts uses the
 * protobuf messages.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TFJSBinding } from '@tensorflow/tfjs-node/dist/tfjs_binding.js';
import { Problem } from '../../../shared/base/problem.ts';
import { type Graph, type NamedSlot, type Signature, isByShard, slotsOf } from '../graph/graph.ts';
import { servingTag, writeSavedModel } from '../graph/savedModel.ts';
import { addonFile, tfjsNodeFolder } from './addon.ts';
import { loadKernels } from './kernels.ts';
import { whileMarked } from './loadingMark.ts';

/**
 * Numbers as float32 or int32, by the array's type; without a shape there is one axis as long as the data.
 */
export interface NumberInput {
  readonly data: Float32Array | Int32Array;
  readonly shape?: readonly number[];
}

/** A signature's numeric inputs by name: one array, or one per shard. */
export type NumberInputs = Readonly<Record<string, NumberInput | readonly NumberInput[]>>;

/** A numeric input, or one string. */
export type Input = NumberInput | { readonly data: string };

/** A signature's inputs by name; a value that is given by shard is a list. */
export type Inputs = Readonly<Record<string, Input | readonly Input[]>>;

export interface Output {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/**
 * The binding below tfjs-node's own classes, which is all that the engine needs: per call of a small net those
 * classes take 2 % of the time, for every signature they read the graph's file again to learn what the engine
 * already knows, and a thread that loads them starts 0.4 s later.
 */
let loaded: TFJSBinding | undefined;

function tensorflow(): TFJSBinding {
  if (loaded) return loaded;
  try {
    const folder = tfjsNodeFolder();
    if (folder === undefined) throw new Error('the package @tensorflow/tfjs-node is not installed');
    const load = createRequire(import.meta.url);
    loaded = whileMarked(() =>
      keepingLibraries(() => {
        const binding = load(join(folder, addonFile)) as TFJSBinding;
        loadKernels();
        return binding;
      }),
    );
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

/** `RTLD_NODELETE` of <dlfcn.h>, which Node does not define. Windows has no such flag. */
const noDelete: Partial<Record<NodeJS.Platform, number>> = { linux: 0x1000, darwin: 0x80 };

/**
 * Keeps native libraries that are loaded meanwhile until the process ends. Node unloads an addon when the
 * last worker that used it ends, which would unload TensorFlow while its own threads live on: the next one to
 * wake, or the end of the process, would run code that is gone. The next worker also starts sooner.
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

/** Returns the version of the native library, for example `2.21.0`. Throws a `Problem` if there is none. */
export function tensorflowVersion(): string {
  return tensorflow().TF_Version;
}

/**
 * A signature as the binding takes it: the caller's names in order, and the graph's names joined by commas.
 */
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
    // The library is loaded first, so that no folder is left behind if that fails.
    tensorflow();
    const folder = await mkdtemp(join(tmpdir(), 'stride-graph-'));
    try {
      await writeSavedModel(graph, folder);
      return Session.open(folder, graph.signatures);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Loads the SavedModel in a folder; afterwards only the graph is needed. */
  static open(folder: string, signatures: Readonly<Record<string, Signature>>): Session {
    const native = tensorflow();
    const prepared = Object.entries(signatures).map(
      ([name, signature]) => [name, prepare(signature)] as const,
    );
    return new Session(native, native.loadSavedModel(folder, servingTag), new Map(prepared));
  }

  /** Returns whether the graph has such a signature. */
  has(signature: string): boolean {
    return this.#signatures.has(signature);
  }

  /**
   * Runs a signature whose outputs are one tensor each and returns all of them, copied out of TensorFlow's
   * memory.
   */
  run(signature: string, inputs: Inputs): Record<string, Output> {
    return Object.fromEntries(
      this.#results(signature, inputs).map(([{ flatName }, output]) => [flatName, output]),
    );
  }

  /** Runs a signature whose outputs are one tensor per shard and returns all of them. */
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

  /**
   * Returns the number of tensors that JavaScript holds; it is constant over a run unless something leaks.
   */
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
 * Returns the numbers at an address that makes TensorFlow copy them. An array whose address is a multiple of
 * 64 is used in place, and one of TensorFlow's threads may be the last to release it; it then releases the
 * array from that thread, whatever JavaScript is doing, and once in many thousand runs the process crashes.
 * Any other array is copied at once (`TF_NewTensor` in tensorflow/c/tf_tensor.cc). The memory of an
 * `ArrayBuffer` begins at a multiple of 16, so that 4 bytes further on is never a multiple of 64.
 */
export function copiedByTensorFlow<T extends Float32Array | Int32Array>(data: T): T {
  const { length } = data;
  const buffer = new ArrayBuffer(4 + data.byteLength);
  const copy =
    data instanceof Int32Array ? new Int32Array(buffer, 4, length) : new Float32Array(buffer, 4, length);
  copy.set(data);
  return copy as T;
}
