/** Files that PyTorch and its exporters wrote (scripts/runtimes/write.py), read by Stride and held against PyTorch's numbers. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as OnnxRuntime from 'onnxruntime-node';
import { encodeOnnx } from '../../src/main/export/onnx/index.ts';
import { type ReadModel, readModelFile } from '../../src/main/export/read/model.ts';
import { Problem } from '../../src/shared/base/problem.ts';
import { trainedModel } from '../../src/shared/models/trainedModel.ts';
import { type Network, parseNetwork } from '../../src/shared/network/network.ts';

export type WrittenFile = { readonly file: string } & (
  | { readonly refused: string }
  /** Another file, whose weights it has. */
  | { readonly weights: string }
  /** Its net gives for the images what PyTorch's gives. */
  | { readonly outputs: true }
);

export interface WrittenFolder {
  readonly folder: string;
  readonly network: Network;
  readonly images: readonly number[];
  readonly logits: readonly number[];
  readonly files: readonly WrittenFile[];
}

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as unknown;

export function writtenFolders(root: string): WrittenFolder[] {
  return readdirSync(root).map((name) => {
    const folder = join(root, name);
    const rest = json(join(folder, 'files.json')) as Omit<WrittenFolder, 'folder' | 'network'>;
    return { folder, network: parseNetwork(json(join(folder, 'network.json'))), ...rest };
  });
}

/** What became of a file: a difference from PyTorch, or the code of its refusal. */
export type Outcome =
  { readonly difference: number; readonly notes: ReadModel['notes'] } | { readonly code: string };

export async function outcomeOf(written: WrittenFolder, each: WrittenFile): Promise<Outcome> {
  const read = (name: string) => readIn(written, name);
  try {
    const model = read(each.file);
    if ('outputs' in each) return { difference: await outputDifference(written, model), notes: model.notes };
    if ('weights' in each)
      return { difference: weightDifference(model, read(each.weights)), notes: model.notes };
    return { difference: 0, notes: model.notes };
  } catch (error) {
    if (error instanceof Problem) return { code: `${error.code}: ${error.message}` };
    throw error;
  }
}

/** Null where it is what was to come of it, else what is wrong. */
export function faultOf(each: WrittenFile, outcome: Outcome): string | null {
  if ('refused' in each)
    return 'code' in outcome && outcome.code.startsWith(`${each.refused}:`)
      ? null
      : `should have been refused by ${each.refused}, and was ${'code' in outcome ? outcome.code : 'read'}`;
  if ('code' in outcome) return outcome.code;
  const largest = 'weights' in each ? 0 : 1e-4;
  return outcome.difference <= largest ? null : `differs by ${outcome.difference}`;
}

function readIn({ folder, network }: WrittenFolder, name: string): ReadModel {
  const data = `${name}.data`;
  const path = join(folder, data);
  const beside = new Map(existsSync(path) ? [[data, readFileSync(path)]] : []);
  return readModelFile(readFileSync(join(folder, name)), name, { network, beside });
}

function weightDifference(a: ReadModel, b: ReadModel): number {
  const wanted = new Map(b.tensors.map((tensor) => [tensor.name, tensor]));
  if (a.tensors.length !== wanted.size) return NaN;
  return Math.max(
    ...a.tensors.map(({ name, shape, data }) => {
      const other = wanted.get(name);
      if (other?.shape.join() !== shape.join()) return NaN;
      return data.reduce((most, value, i) => Math.max(most, Math.abs(value - (other.data[i] as number))), 0);
    }),
  );
}

const require = createRequire(import.meta.url);

/** The net that was read, written as ONNX again and run in ONNX Runtime. */
async function outputDifference(written: WrittenFolder, { network, tensors }: ReadModel): Promise<number> {
  const { InferenceSession, Tensor } = require('onnxruntime-node') as typeof OnnxRuntime;
  const model = trainedModel({
    network,
    tensors,
    classes: [],
    normalisation: null,
    dataset: '',
    run: { id: 1, name: '', step: 0, epoch: 0 },
  });
  const [file] = encodeOnnx(model, { normalisation: 'outside', output: 'logits' }).files;
  const session = await InferenceSession.create(file?.bytes ?? new Uint8Array(), { logSeverityLevel: 3 });
  const numbers = new Float32Array(Uint8Array.from(readFileSync(join(written.folder, 'images.bin'))).buffer);
  const size = written.images.reduce((a, b) => a * b, 1);
  const images = new Tensor('float32', numbers.subarray(0, size), written.images);
  const found = (await session.run({ images }))['logits']?.data as Float32Array;
  const wanted = numbers.subarray(size);
  if (found.length !== wanted.length) return NaN;
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - (wanted[i] as number))), 0);
}
