/** Reads a file of weights of any format as the sets of named tensors in it. */
import { isFloatType, unsupportedType, widened } from '../../../shared/models/elements.ts';
import { decodeTensorFile } from '../../../shared/models/safetensors.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { readTorchLegacy, readTorchZip } from '../pytorch/read.ts';
import { importNotes } from './notes.ts';
import type { WeightsFile } from './candidates.ts';
import type { WeightsFileKind } from './fileKind.ts';

export function readWeightsFile(
  bytes: Uint8Array,
  path: string,
  kind: Exclude<WeightsFileKind, 'onnx'>,
): WeightsFile {
  switch (kind) {
    case 'torchZip':
      return readTorchZip(bytes, path);
    case 'torchLegacy':
      return readTorchLegacy(bytes, path);
    case 'safetensors':
      return readSafetensors(bytes, path);
  }
}

const counter = /(^|\.)num_batches_tracked$/;

function readSafetensors(bytes: Uint8Array, path: string): WeightsFile {
  const { tensors } = decodeTensorFile(bytes, path);
  const types = new Set<string>();
  const weights = tensors
    .filter(({ name }) => !counter.test(name))
    .map(({ name, dtype, shape, bytes: data }) => {
      if (!isFloatType(dtype)) throw unsupportedType(path, name, dtype);
      if (dtype !== 'F32') types.add(dtype);
      return { name, shape, data: widened(data, dtype) };
    });
  if (weights.length === 0) throw new Problem('import.no-tensors', `${path} has no tensors in it`, { path });
  return {
    candidates: [{ key: '', tensors: weights }],
    ordered: false,
    notes: [...types].map(importNotes.widened),
  };
}
