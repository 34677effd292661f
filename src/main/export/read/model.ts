/** Reads a file of weights as a net with its weights, named as in a run's checkpoints. */
import { type ProblemRecord, Problem } from '../../../shared/base/problem.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import { readOnnx } from '../onnx/read.ts';
import { weightsFileKind } from './fileKind.ts';
import { readWeightsFile } from './index.ts';
import { matchWeights } from './match.ts';

export interface ReadModel {
  readonly network: Network;
  /** Tensors by name: `0.weight`, `3.layers.1.bias`. */
  readonly tensors: readonly NamedTensor[];
  /** Notes about decisions made while reading. */
  readonly notes: readonly ProblemRecord[];
  /** Normalisation of pixels, if the file specifies one. */
  readonly normalisation?: 'course' | undefined;
}

export interface ReadOptions {
  readonly network: Network | null;
  /** Key of the set of weights to use, if the file has several. */
  readonly key?: string | undefined;
  /** Files by name that are stored beside it and may hold its weights. */
  readonly beside?: ReadonlyMap<string, Uint8Array> | undefined;
}

export function readModelFile(
  bytes: Uint8Array,
  path: string,
  { network, key, beside }: ReadOptions,
): ReadModel {
  const kind = weightsFileKind(bytes, path);
  if (kind === 'onnx') return readOnnx(bytes, path, beside);
  if (!network) {
    throw new Problem(
      'import.no-network',
      `${path} holds weights without a net; name the net that they belong to: a preset, a JSON file or the script`,
      { path },
    );
  }
  const { tensors, notes } = matchWeights(network, readWeightsFile(bytes, path, kind), path, key);
  return { network, tensors, notes };
}
