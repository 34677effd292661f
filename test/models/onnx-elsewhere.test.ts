/** ONNX graphs in the forms in which other exporters write them, one small input each. */
import { describe, expect, test } from 'vitest';
import { type Node, AttributeProto, ModelProto, TensorProto } from '../../src/main/export/onnx/proto.ts';
import { readOnnx } from '../../src/main/export/onnx/read.ts';
import { problemOf } from './support.ts';

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
