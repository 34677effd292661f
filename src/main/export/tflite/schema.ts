/**
 * The parts of LiteRT's file format (TFLite) that the nets need: tables, slots and numbers are those of the
 * published schema, tensorflow/compiler/mlir/lite/schema/schema.fbs, version 3. The bytes are laid out by npm
 * `flatbuffers`, which only this file imports.
 */
import { Builder } from 'flatbuffers';
import { bytesOf, utf8 } from '../encoded.ts';

const schemaVersion = 3;
const fileIdentifier = 'TFL3';
/** Alignment of weights, which runtimes use in place in the file (`force_align`). */
const alignment = 16;

/** Numbers of the enum BuiltinOperator. */
export const operatorCodes = {
  add: 0,
  averagePool2d: 1,
  conv2d: 3,
  fullyConnected: 9,
  logistic: 14,
  maxPool2d: 17,
  mul: 18,
  relu: 19,
  reshape: 22,
  softmax: 25,
  tanh: 28,
  pad: 34,
  transpose: 39,
  mean: 40,
  exp: 47,
  neg: 59,
  padV2: 60,
  log: 73,
  leakyRelu: 98,
  abs: 101,
  elu: 111,
  gelu: 150,
} as const;
export type OperatorName = keyof typeof operatorCodes;

/** The smallest code that does not fit into the byte that old runtimes read. */
const placeholderForGreaterCodes = 127;

/** Numbers of the enum TensorType. */
const elementTypes = { float32: 0, int32: 2 } as const;

/** A field of a table: a function that writes it into the table under construction. */
export type TableField = (builder: Builder) => void;

const int8 =
  (slot: number, value: number): TableField =>
  (b) =>
    b.addFieldInt8(slot, value, 0);
const int32 =
  (slot: number, value: number): TableField =>
  (b) =>
    b.addFieldInt32(slot, value, 0);
const float32 =
  (slot: number, value: number): TableField =>
  (b) =>
    b.addFieldFloat32(slot, value, 0);
const offset =
  (slot: number, value: number): TableField =>
  (b) =>
    b.addFieldOffset(slot, value, 0);

/** A table of the union BuiltinOptions: its number in the union, and its fields. */
export interface Options {
  readonly type: number;
  readonly slots: number;
  readonly fields: readonly TableField[];
}

type Pair = readonly [height: number, width: number];

/** Padding.VALID */
const valid = 1;

export const conv2dOptions = (stride: Pair, dilation: Pair): Options => ({
  type: 1,
  slots: 7,
  fields: [
    int8(0, valid),
    int32(1, stride[1]),
    int32(2, stride[0]),
    // The default is 1, so 1 must be written explicitly: `int32` only leaves out zeros.
    int32(4, dilation[1]),
    int32(5, dilation[0]),
  ],
});

export const pool2dOptions = (kernel: Pair, stride: Pair): Options => ({
  type: 5,
  slots: 6,
  fields: [
    int8(0, valid),
    int32(1, stride[1]),
    int32(2, stride[0]),
    int32(3, kernel[1]),
    int32(4, kernel[0]),
  ],
});

export const fullyConnectedOptions: Options = { type: 8, slots: 5, fields: [] };
export const softmaxOptions: Options = { type: 9, slots: 1, fields: [float32(0, 1)] };
export const addOptions: Options = { type: 11, slots: 2, fields: [] };
export const mulOptions: Options = { type: 21, slots: 1, fields: [] };
export const reshapeOptions: Options = { type: 17, slots: 1, fields: [] };
export const padOptions: Options = { type: 22, slots: 0, fields: [] };
export const transposeOptions: Options = { type: 26, slots: 0, fields: [] };
export const reducerOptions: Options = { type: 27, slots: 1, fields: [] };
export const expOptions: Options = { type: 33, slots: 0, fields: [] };
export const negOptions: Options = { type: 42, slots: 0, fields: [] };
export const padV2Options: Options = { type: 43, slots: 0, fields: [] };
export const leakyReluOptions = (alpha: number): Options => ({
  type: 75,
  slots: 1,
  fields: [float32(0, alpha)],
});
export const absOptions: Options = { type: 78, slots: 0, fields: [] };
/** Options of the exact GELU, without an approximation. */
export const geluOptions: Options = { type: 116, slots: 1, fields: [] };

export interface TensorRecord {
  readonly name: string;
  /** Shape, which is without the batch unless the tensor is a constant. */
  readonly shape: readonly number[];
  /** Data of a constant; null for a computed tensor, whose first axis is the batch. */
  readonly constant: Float32Array | Int32Array | null;
}

export interface OperatorRecord {
  readonly operator: OperatorName;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly options: Options | null;
}

export interface ModelRecord {
  readonly description: string;
  readonly tensors: readonly TensorRecord[];
  /** Operators in topological order. */
  readonly operators: readonly OperatorRecord[];
  readonly input: number;
  readonly output: number;
  /** Metadata by name, stored beside the graph. */
  readonly metadata: Readonly<Record<string, string>>;
}

function table(b: Builder, slots: number, fields: readonly TableField[]): number {
  b.startObject(slots);
  for (const field of fields) field(b);
  return b.endObject();
}

function offsets(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const value of [...values].reverse()) b.addOffset(value);
  return b.endVector();
}

function int32s(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const value of [...values].reverse()) b.addInt32(value);
  return b.endVector();
}

/** Writes an aligned vector whose elements take four bytes each. */
function alignedWords(b: Builder, bytes: Uint8Array): number {
  const words = new Int32Array(bytes.slice().buffer);
  b.startVector(1, bytes.length, alignment);
  for (let i = words.length - 1; i >= 0; i -= 1) b.addInt32(words[i] as number);
  return b.endVector();
}

/** Returns the bytes of the file. Its one graph has the signature `serving_default`. */
export function serializeTflite(model: ModelRecord): Uint8Array {
  const b = new Builder(1024);
  // Buffer 0 is empty by the format's rule and stands for "no data".
  const buffers = [table(b, 3, [])];
  const bufferOf = (data: number) => buffers.push(table(b, 3, [offset(0, data)])) - 1;
  const tensors = model.tensors.map((tensor) => tensorTable(b, tensor, bufferOf));
  const codes = [...new Set(model.operators.map(({ operator }) => operator))];
  const operators = model.operators.map((each) => operatorTable(b, each, codes.indexOf(each.operator)));
  const metadata = Object.entries(model.metadata).map(([key, value]) => {
    const buffer = bufferOf(b.createByteVector(utf8(value)));
    const name = b.createString(key);
    return table(b, 2, [offset(0, name), int32(1, buffer)]);
  });
  const subgraph = subgraphTable(b, model, tensors, operators);
  const fields = [
    int32(0, schemaVersion),
    offset(
      1,
      offsets(
        b,
        codes.map((operator) => codeTable(b, operator)),
      ),
    ),
    offset(2, offsets(b, [subgraph])),
    offset(3, b.createString(model.description)),
    offset(4, offsets(b, buffers)),
    offset(6, offsets(b, metadata)),
    offset(7, offsets(b, [signatureTable(b, model)])),
  ];
  b.finish(table(b, 8, fields), fileIdentifier);
  return b.asUint8Array().slice();
}

function tensorTable(
  b: Builder,
  { name, shape, constant }: TensorRecord,
  bufferOf: (data: number) => number,
): number {
  const buffer = constant ? bufferOf(alignedWords(b, bytesOf(constant))) : 0;
  const dims = int32s(b, constant ? shape : [1, ...shape]);
  // The batch may have any size.
  const signature = constant ? null : int32s(b, [-1, ...shape]);
  const text = b.createString(name);
  return table(b, 8, [
    offset(0, dims),
    int8(1, elementTypes[constant instanceof Int32Array ? 'int32' : 'float32']),
    int32(2, buffer),
    offset(3, text),
    ...(signature === null ? [] : [offset(7, signature)]),
  ]);
}

function operatorTable(b: Builder, { inputs, output, options }: OperatorRecord, code: number): number {
  const taken = int32s(b, inputs);
  const given = int32s(b, [output]);
  const own = options ? table(b, options.slots, options.fields) : 0;
  return table(b, 5, [
    int32(0, code),
    offset(1, taken),
    offset(2, given),
    ...(options ? [int8(3, options.type), offset(4, own)] : []),
  ]);
}

function codeTable(b: Builder, operator: OperatorName): number {
  const code = operatorCodes[operator];
  return table(b, 4, [int8(0, Math.min(code, placeholderForGreaterCodes)), int32(2, 1), int32(3, code)]);
}

function subgraphTable(
  b: Builder,
  { input, output }: ModelRecord,
  tensors: readonly number[],
  operators: readonly number[],
): number {
  const fields = [
    offset(0, offsets(b, tensors)),
    offset(1, int32s(b, [input])),
    offset(2, int32s(b, [output])),
    offset(3, offsets(b, operators)),
    offset(4, b.createString('main')),
  ];
  return table(b, 5, fields);
}

function signatureTable(b: Builder, { tensors, input, output }: ModelRecord): number {
  const named = (index: number) => {
    const name = b.createString(tensors[index]?.name ?? '');
    return offsets(b, [table(b, 2, [offset(0, name), int32(1, index)])]);
  };
  const fields = [
    offset(0, named(input)),
    offset(1, named(output)),
    offset(2, b.createString('serving_default')),
    int32(4, 0),
  ];
  return table(b, 5, fields);
}
