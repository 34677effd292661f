/**
 * What people report of files of weights in other programs, one small input each: state_dicts as they come, and what our
 * own files must hold so that other programs take them.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { encodeC } from '../../src/main/export/c/index.ts';
import { encodeKeras } from '../../src/main/export/keras/index.ts';
import { encodeOnnx } from '../../src/main/export/onnx/index.ts';
import { ModelProto } from '../../src/main/export/onnx/proto.ts';
import { encodePyTorch } from '../../src/main/export/pytorch/index.ts';
import { readModelFile } from '../../src/main/export/read/model.ts';
import { unzip } from '../../src/main/export/read/zip.ts';
import { encodeTfjs } from '../../src/main/export/tfjs/index.ts';
import { encodeTflite } from '../../src/main/export/tflite/index.ts';
import { encodeTensorFile } from '../../src/shared/models/safetensors.ts';
import { readPickle } from '../../src/shared/pickle/readPickle.ts';
import type { Network } from '../../src/shared/network/network.ts';
import { drawnModel, everyActivation, everyLayer, problemOf, smallNet } from './support.ts';

const options = { normalisation: 'inside', output: 'logits' } as const;
const words = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

describe('state_dicts', () => {
  const weights = drawnModel(smallNet);
  const file = (rename: (name: string, i: number) => string) => {
    const tensors = weights.layers.flatMap(({ name, weights: own }) =>
      Object.entries(own).map(([key, { shape, data }]) => ({ name: `${name}.${key}`, shape, data })),
    );
    return encodeTensorFile({
      metadata: {},
      tensors: tensors.map(({ name, shape, data }, i) => ({
        name: rename(name, i),
        dtype: 'F32',
        shape,
        bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      })),
    });
  };
  const network: Network = { ...smallNet, layers: smallNet.layers.filter(({ type }) => type !== 'residual') };

  test('a prefix that only half of the names have is part of the names', () => {
    const half = file((name, i) => (i % 2 === 0 ? `module.${name}` : name));
    const { code, message } = problemOf(() => readModelFile(half, 'net.safetensors', { network: smallNet }));
    expect(code).toBe('import.misfit');
    expect(message).toContain('"conv1.weight" (4×1×3×3) is missing');
  });

  test('a net of another kind is told what is missing and what is too much', () => {
    const { message } = problemOf(() =>
      readModelFile(
        file((name) => name),
        'net.safetensors',
        { network },
      ),
    );
    expect(message).toMatch(/the net has|missing|of no layer/);
  });

  test.each([
    ['a number in the metadata', { __metadata__: { a: 1 } }],
    ['no tensors', {}],
    ['a float8 weight', { w: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }],
  ])('safetensors with %s are refused', (_, header) => {
    const json = new TextEncoder().encode(JSON.stringify(header));
    const bytes = new Uint8Array(8 + json.length + ('w' in header ? 1 : 0));
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    expect(problemOf(() => readModelFile(bytes, 'net.safetensors', { network: smallNet })).code).toMatch(
      /^(checkpoint|import|model|safetensors)\./,
    );
  });

  test('a header of every length is padded with spaces to eight bytes', () => {
    for (let extra = 0; extra < 8; extra += 1) {
      const bytes = encodeTensorFile({ metadata: { a: 'x'.repeat(extra) }, tensors: [] });
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(length % 8).toBe(0);
      expect(words(bytes.subarray(8))).toMatch(/^\{.*\} *$/);
    }
  });
});

describe('what other programs ask of our files', () => {
  const model = drawnModel(everyLayer);

  test('a .pt uses no name that torch.load(weights_only=True) does not take', () => {
    const file = encodePyTorch(model).files.find(({ path }) => path === 'model.pt')!;
    const pickle = unzip(file.bytes, 'model.pt')['model/data.pkl']!;
    const names = new Set<string>();
    readPickle(pickle, { path: 'model.pt', allows: ({ fullName }) => Boolean(names.add(fullName)) });
    expect([...names].sort()).toEqual([
      'collections.OrderedDict',
      'torch.FloatStorage',
      'torch.LongStorage',
      'torch._utils._rebuild_tensor_v2',
    ]);
    expect([...pickle.subarray(0, 2)]).toEqual([0x80, 2]);
  });

  test('ONNX: opset 17 and IR 8, a named batch, one file, the constants of the normalisation', () => {
    const [file, ...more] = encodeOnnx(model, options).files;
    const read = ModelProto.decode(file!.bytes);
    expect([Number(read.irVersion), Number(read.opsetImport?.[0]?.version)]).toEqual([8, 17]);
    expect(more).toEqual([]);
    expect(read.graph?.input?.[0]?.type?.tensorType?.shape?.dim?.[0]?.dimParam).toBe('batch');
    const metadata = Object.fromEntries((read.metadataProps ?? []).map(({ key, value }) => [key, value]));
    expect(JSON.parse(metadata['normalisation']!)).toEqual({ mean: [0.1307], deviation: [0.3081] });
    expect(JSON.parse(metadata['classes']!)).toHaveLength(10);
  });

  test('TensorFlow.js: names by layer, none that ends in a number, one shard of the exact length, Keras 2’s words', () => {
    const [json, shard] = encodeTfjs(model, options).files;
    const { modelTopology, weightsManifest } = JSON.parse(words(json!.bytes)) as {
      modelTopology: object;
      weightsManifest: { paths: string[]; weights: { name: string; shape: number[] }[] }[];
    };
    const [{ paths, weights }] = weightsManifest as [(typeof weightsManifest)[0]];
    expect(paths).toEqual(['model.weights.bin']);
    const count = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(shard!.bytes.length).toBe(4 * count);
    for (const { name } of weights)
      expect(name).toMatch(/^\w+\/(kernel|bias|gamma|beta|moving_mean|moving_variance)$/);
    expect(new Set(weights.map(({ name }) => name)).size).toBe(weights.length);
    const topology = JSON.stringify(modelTopology);
    expect(topology).toContain('batch_input_shape');
    expect(topology).not.toContain('DTypePolicy');
  });

  test('Keras: three members at the root, and no other', async () => {
    const [file] = (await encodeKeras(model, options)).files;
    expect(Object.keys(unzip(file!.bytes, 'model.keras')).sort()).toEqual([
      'config.json',
      'metadata.json',
      'model.weights.h5',
    ]);
  });

  test.each([everyLayer, everyActivation])(
    'LiteRT: every operator of version 1, weights aligned ($name)',
    (network) => {
      const [file] = encodeTflite(drawnModel(network), options).files;
      const { versions, buffers } = liteRtParts(file!.bytes);
      expect(words(file!.bytes.subarray(4, 8))).toBe('TFL3');
      expect(new Set(versions)).toEqual(new Set([1]));
      expect(buffers.length).toBeGreaterThan(10);
      for (const place of buffers) expect(place % 16).toBe(0);
    },
  );

  test('C compiles as C99 and as C++ without a warning', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stride-c-'));
    try {
      for (const { path, bytes } of encodeC(model, options).files) writeFileSync(join(folder, path), bytes);
      const strict = [
        '-Wall',
        '-Wextra',
        '-Wpedantic',
        '-Werror',
        '-c',
        join(folder, 'model.c'),
        '-o',
        join(folder, 'o'),
      ];
      await promisify(execFile)('cc', ['-std=c99', ...strict]);
      await promisify(execFile)('c++', ['-x', 'c++', '-std=c++17', ...strict]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Versions of the operators, and where the bytes of each buffer of weights begin: slots of schema.fbs. */
function liteRtParts(bytes: Uint8Array): { versions: number[]; buffers: number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const field = (table: number, slot: number): number | null => {
    const vtable = table - view.getInt32(table, true);
    const place = 4 + 2 * slot;
    const offset = place < view.getUint16(vtable, true) ? view.getUint16(vtable + place, true) : 0;
    return offset === 0 ? null : table + offset;
  };
  const follow = (at: number) => at + view.getUint32(at, true);
  const tables = (at: number) => {
    const vector = follow(at);
    return Array.from({ length: view.getUint32(vector, true) }, (_, i) => follow(vector + 4 + 4 * i));
  };
  const model = follow(0);
  const versions = tables(field(model, 1)!).map((code) => view.getInt32(field(code, 2)!, true));
  const buffers = tables(field(model, 4)!).flatMap((buffer) => {
    const data = field(buffer, 0);
    // Texts are not computed with.
    return data === null || bytes[follow(data) + 4] === 0x7b ? [] : [follow(data) + 4];
  });
  return { versions, buffers };
}
