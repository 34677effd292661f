/**
 * A compiled net, loaded: one native session with the graph's variables, run by signature. The only importer of
 * tfjs-node, which is loaded on the first use, in the thread that uses it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import type * as TfjsNode from '@tensorflow/tfjs-node';
import { Problem } from '../../shared/problem.ts';
import type { Graph } from './graph/graph.ts';
import { servingTag, writeSavedModel } from './graph/savedModel.ts';

/** float32 or int32, by the array's type; without a shape it is one axis as long as the data. */
export interface NumberInput {
  readonly data: Float32Array | Int32Array;
  readonly shape?: readonly number[];
}

/** Numbers, or one string. */
export type Input = NumberInput | { readonly data: string };

export interface Output {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

type SavedModel = Awaited<ReturnType<(typeof TfjsNode)['node']['loadSavedModel']>>;

let loaded: typeof TfjsNode | undefined;

function tensorflow(): typeof TfjsNode {
  if (loaded) return loaded;
  // tfjs-node calls two functions that Node 23 removed (tensorflow/tfjs#8609); the fix was never released.
  const legacy = util as unknown as Record<string, unknown>;
  legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  legacy['isArray'] ??= Array.isArray;
  try {
    loaded = keepingLibraries(
      () => createRequire(import.meta.url)('@tensorflow/tfjs-node') as typeof TfjsNode,
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
  const backend = tensorflow().backend() as unknown as { binding: { TF_Version: string } };
  return backend.binding.TF_Version;
}

export class Session {
  private readonly signatures: ReadonlyMap<string, SavedModel>;
  private readonly tf: typeof TfjsNode;

  private constructor(tf: typeof TfjsNode, signatures: ReadonlyMap<string, SavedModel>) {
    this.tf = tf;
    this.signatures = signatures;
  }

  /** Loads the graph. Its variables have no values yet. */
  static async load(graph: Graph): Promise<Session> {
    const tf = tensorflow();
    const folder = await mkdtemp(join(tmpdir(), 'stride-graph-'));
    const signatures = new Map<string, SavedModel>();
    try {
      await writeSavedModel(graph, folder);
      for (const name of Object.keys(graph.signatures)) {
        signatures.set(name, await tf.node.loadSavedModel(folder, [servingTag], name));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return new Session(tf, signatures);
  }

  /** Whether the graph has such a signature. */
  has(signature: string): boolean {
    return this.signatures.has(signature);
  }

  /** Runs a signature; gives all its outputs, copied out of TensorFlow's memory. */
  run(signature: string, inputs: Readonly<Record<string, Input>>): Record<string, Output> {
    const model = this.signatures.get(signature);
    if (!model) throw new Error(`the graph has no signature ${signature}`);
    const { tf } = this;
    const given: Record<string, TfjsNode.Tensor> = {};
    for (const [name, input] of Object.entries(inputs)) given[name] = toTensor(tf, input);
    const results = model.predict(given) as Record<string, TfjsNode.Tensor>;
    const outputs: Record<string, Output> = {};
    for (const [name, tensor] of Object.entries(results)) {
      outputs[name] = { data: tensor.dataSync() as Float32Array | Int32Array, shape: tensor.shape };
      tensor.dispose();
    }
    for (const tensor of Object.values(given)) tensor.dispose();
    return outputs;
  }

  /** Tensors that JavaScript holds; constant over a run, or something leaks. */
  get liveTensors(): number {
    return this.tf.memory().numTensors;
  }

  /** Frees the native session and its variables. */
  close(): void {
    for (const model of this.signatures.values()) model.dispose();
  }
}

function toTensor(tf: typeof TfjsNode, input: Input): TfjsNode.Tensor {
  if (typeof input.data === 'string') return tf.scalar(input.data, 'string');
  const data = copiedByTensorFlow(input.data);
  const shape = 'shape' in input && input.shape ? [...input.shape] : [data.length];
  return tf.tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32');
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
