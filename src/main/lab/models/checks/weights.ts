/**
 * Checks formats that contain only weights: they are read back from the disk, loaded into the engine's own
 * graph, and run.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NamedTensor, parameterKey } from '../../../../shared/runs/checkpoint.ts';
import { decodeNpz } from '../../../export/npz/index.ts';
import { weightsFileKind } from '../../../export/read/fileKind.ts';
import { readWeightsFile } from '../../../export/read/index.ts';
import { matchWeights } from '../../../export/read/match.ts';
import type { Check, CheckInput } from './check.ts';

/** Returns the engine's logits with weights named as in the net's state_dict. */
async function logitsWith(
  { source: { run, dataset }, probe, engine }: CheckInput,
  tensors: readonly NamedTensor[],
): Promise<Float32Array> {
  const { logits } = await engine.probe({
    network: run.network,
    settings: run.settings,
    dataset,
    tensors: tensors.map((tensor) => ({ ...tensor, name: parameterKey(tensor.name) })),
    count: probe.pixels.shape[0] ?? 0,
  });
  return logits.data;
}

export const checkPyTorch: Check = async (input) => {
  const outputs: Float32Array[] = [];
  for (const name of ['model.pt', 'model.safetensors']) {
    const path = join(input.folder, name);
    const bytes = await readFile(path);
    const kind = weightsFileKind(bytes, path);
    if (kind === 'onnx') throw new Error(`${name} was written as ONNX`);
    const { tensors } = matchWeights(input.source.run.network, readWeightsFile(bytes, path, kind), path);
    outputs.push(await logitsWith(input, tensors));
  }
  return { runtime: 'Stride, from both files', outputs };
};

export const checkNpz: Check = async (input) => {
  const path = join(input.folder, 'model.npz');
  const candidates = [{ key: '', tensors: decodeNpz(await readFile(path), path) }];
  const { tensors } = matchWeights(input.source.run.network, { candidates, ordered: true, notes: [] }, path);
  return { runtime: 'Stride', outputs: [await logitsWith(input, tensors)] };
};
