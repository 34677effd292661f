/**
 * What people report of files of weights in other programs, one small input each: ONNX graphs in the forms in which exporters
 * write them, and what our own files must hold so that other programs take them.
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
import { type Node, AttributeProto, ModelProto, TensorProto } from '../../src/main/export/onnx/proto.ts';
import { readOnnx } from '../../src/main/export/onnx/read.ts';
import { encodePyTorch } from '../../src/main/export/pytorch/index.ts';
import { readModelFile } from '../../src/main/export/read/model.ts';
import { unzip } from '../../src/main/export/read/zip.ts';
import { encodeTfjs } from '../../src/main/export/tfjs/index.ts';
import { encodeTflite } from '../../src/main/export/tflite/index.ts';
import { encodeTensorFile } from '../../src/shared/models/safetensors.ts';
import { readPickle } from '../../src/shared/pickle/readPickle.ts';
import type { Network } from '../../src/shared/network/network.ts';
import { drawnModel, everyActivation, everyLayer, smallNet } from './support.ts';

const options = { normalisation: 'inside', output: 'logits' } as const;
const words = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

interface Graph {
  readonly nodes: Node[];
  readonly constants?: Readonly<Record<string, readonly [shape: number[], values: number[], type?: 'int64']>>;
  readonly input?: readonly number[];
  readonly opset?: number;
  readonly ir?: number;
  /** Up to IR version 3, weights are among the inputs. */
  readonly weightsAsInputs?: boolean;
}

const { AttributeType } = AttributeProto;
const node = (
  opType: string,
  input: string[],
  output: string,
  own: Record<string, number | number[]> = {},
): Node => ({
  opType,
  name: output,
  input,
  output: [output],
  attribute: Object.entries(own).map(([name, value]) =>
    Array.isArray(value)
      ? { name, type: AttributeType.INTS, ints: value }
      : { name, type: AttributeType.INT, i: value },
  ),
});

const valueOf = (name: string, shape: readonly number[]) => ({
  name,
  type: {
    tensorType: {
      elemType: TensorProto.DataType.FLOAT,
      shape: { dim: shape.map((dimValue) => ({ dimValue })) },
    },
  },
});

/** A batch of one image of two channels, 3 × 2 pixels, unless said otherwise; the output is `y`. */
function graph({
  nodes,
  constants = {},
  input = [1, 2, 3, 2],
  opset = 13,
  ir = 7,
  weightsAsInputs,
}: Graph): Uint8Array {
  const initializer = Object.entries(constants).map(([name, [dims, values, type]]) => ({
    name,
    dims,
    ...(type
      ? { dataType: TensorProto.DataType.INT64, int64Data: values }
      : { dataType: TensorProto.DataType.FLOAT, floatData: values }),
  }));
  const weights = weightsAsInputs
    ? Object.entries(constants).map(([name, [dims]]) => valueOf(name, dims))
    : [];
  return ModelProto.encode({
    irVersion: ir,
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      name: 'g',
      node: nodes,
      initializer,
      input: [...weights, valueOf('x', input)],
      output: [valueOf('y', [1, 2])],
    },
  }).finish();
}

const dense = { w: [[2, 12], Array.from({ length: 24 }, (_, i) => i / 8)], b: [[2], [0.5, -1]] } as const;
const constants = { w: [[...dense.w[0]], [...dense.w[1]]], b: [[2], [0.5, -1]] } as NonNullable<
  Graph['constants']
>;
const gemm = (input = 'f', output = 'y') => node('Gemm', [input, 'w', 'b'], output, { transB: 1 });
const read = (model: Graph) => readOnnx(graph(model), 'net.onnx');
const types = (model: Graph) => read(model).network.layers.map(({ type }) => type);

function problemOf(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was refused');
}

describe('ONNX graphs as they are written elsewhere', () => {
  const shapeOf = (target: number[]) => ({ ...constants, s: [[target.length], target, 'int64'] as const });
  test.each([[[-1, 12]], [[0, -1]], [[1, 12]], [[1, -1]]])('a Reshape to %j flattens', (target) => {
    const model = { nodes: [node('Reshape', ['x', 's'], 'f'), gemm()], constants: shapeOf(target) as never };
    expect(types(model)).toEqual(['flatten', 'linear']);
  });

  test.each([7, 9, 11, 13, 17, 21])('opset %i', (opset) => {
    const nodes = [
      node('Dropout', ['x'], 'd'),
      node('Flatten', ['d'], 'f'),
      gemm('f', 'z'),
      node('Softmax', ['z'], 'y'),
    ];
    const { network, notes } = read({ nodes, constants, opset });
    expect(network.layers.map(({ type }) => type)).toEqual(['dropout', 'flatten', 'linear']);
    expect(notes.map(({ message }) => message).join()).toContain('Softmax');
  });

  test('weights among the inputs, as Constant nodes, behind Identity, and as MatMul with Add', () => {
    const flat = node('Flatten', ['x'], 'f');
    const wanted = read({ nodes: [flat, gemm()], constants }).tensors.map(({ data }) => [...data]);
    const numbers = (model: Graph) => read(model).tensors.map(({ data }) => [...data]);
    expect(numbers({ nodes: [flat, gemm()], constants, ir: 3, weightsAsInputs: true })).toEqual(wanted);
    const asNode: Node = {
      opType: 'Constant',
      output: ['w'],
      attribute: [
        {
          name: 'value',
          type: AttributeType.TENSOR,
          t: { dims: [2, 12], dataType: TensorProto.DataType.FLOAT, floatData: [...dense.w[1]] },
        },
      ],
    };
    expect(numbers({ nodes: [asNode, flat, gemm()], constants: { b: constants['b']! } })).toEqual(wanted);
    const behind = [node('Identity', ['v'], 'w'), flat, gemm()];
    expect(numbers({ nodes: behind, constants: { v: constants['w']!, b: constants['b']! } })).toEqual(wanted);
    const turned = Array.from({ length: 24 }, (_, i) => dense.w[1][(i % 2) * 12 + Math.floor(i / 2)]!);
    const product = [flat, node('MatMul', ['f', 't'], 'p'), node('Add', ['p', 'b'], 'y')];
    expect(numbers({ nodes: product, constants: { t: [[12, 2], turned], b: constants['b']! } })).toEqual(
      wanted,
    );
  });

  test('logits, Softmax and LogSoftmax at the end are the same net', () => {
    const flat = node('Flatten', ['x'], 'f');
    const plain = read({ nodes: [flat, gemm()], constants });
    for (const last of ['Softmax', 'LogSoftmax']) {
      const found = read({ nodes: [flat, gemm('f', 'z'), node(last, ['z'], 'y')], constants });
      expect(found.network).toEqual(plain.network);
      expect(found.notes.map(({ message }) => message).join()).toContain(last);
    }
  });

  test('batch normalisation that was saved in training mode is read with a note', () => {
    const four = Object.fromEntries(['g', 'o', 'm', 'v'].map((name) => [name, [[2], [1, 2]]]));
    const norm = { ...node('BatchNormalization', ['x', 'g', 'o', 'm', 'v'], 'n', { training_mode: 1 }) };
    const nodes = [{ ...norm, output: ['n', 'mean', 'variance'] }, node('Flatten', ['n'], 'f'), gemm()];
    const { network, notes } = read({ nodes, constants: { ...constants, ...four } as never });
    expect(network.layers[0]?.type).toBe('batchNorm2d');
    expect(notes.map(({ message }) => message).join()).toContain('training mode');
  });

  const image = { w: [[2, 1, 3, 3], Array.from({ length: 18 }, (_, i) => i)] } as never;
  const conv = (own: Record<string, number | number[]>) =>
    ({
      input: [1, 1, 6, 6],
      constants: image,
      nodes: [
        node('Conv', ['x', 'w'], 'c', own),
        node('GlobalAveragePool', ['c'], 'a'),
        node('Flatten', ['a'], 'y'),
      ],
    }) satisfies Graph;

  test.each([
    ['uneven padding', conv({ pads: [0, 0, 1, 1] }), '0, 0, 1, 1'],
    ['groups', conv({ group: 2 }), 'one group'],
    ['an operation without a layer', { nodes: [node('Resize', ['x'], 'y')] }, 'Resize'],
    [
      'a pool that rounds up',
      { nodes: [node('MaxPool', ['x'], 'y', { kernel_shape: [2, 2], ceil_mode: 1 })] },
      'ceil_mode',
    ],
    [
      'an average that leaves its padding out',
      { nodes: [node('AveragePool', ['x'], 'y', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })] },
      'count_include_pad',
    ],
    [
      'pixels normalised by other numbers',
      { nodes: [node('Div', ['x', 'k'], 'y')], constants: { k: [[], [255]] } },
      '255',
    ],
  ] satisfies [string, Graph, string][])('%s is refused by name', (_, model, said) => {
    expect(problemOf(() => read(model))).toMatchObject({
      code: 'import.onnx-graph',
      message: expect.stringContaining(said) as string,
    });
  });

  test.each(['../x', '/etc/passwd', 'a\\b'])('weights in %s are not looked for', (location) => {
    const model = ModelProto.decode(graph({ nodes: [node('Flatten', ['x'], 'f'), gemm()], constants }));
    const [first] = model.graph!.initializer!;
    Object.assign(first!, {
      dataLocation: TensorProto.DataLocation.EXTERNAL,
      externalData: [{ key: 'location', value: location }],
    });
    const beside = new Map([[location, new Uint8Array(96)]]);
    expect(problemOf(() => readOnnx(ModelProto.encode(model).finish(), 'net.onnx', beside))).toMatchObject({
      code: 'import.external-path',
    });
  });
});

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
