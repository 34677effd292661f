/**
 * The safetensors format (https://github.com/huggingface/safetensors#format): the header's length as a 64-bit
 * little-endian number, the header as JSON, then the tensors' bytes, little-endian and without gaps. The header is
 * padded with spaces so that the bytes start at a multiple of 8.
 *
 * Reading is as strict as in the reference implementation: every number in the header is checked against the file's
 * size before it is used to read a byte.
 */
import { Problem } from '../base/problem.ts';
import { decodeUtf8, encodeUtf8 } from '../base/text.ts';

/** A tensor in a file. `dtype` is the format's name of the type: `F32`, `I64`, `BF16`. */
export interface RawTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface TensorFile {
  readonly tensors: readonly RawTensor[];
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

const lengthBytes = 8;
const alignment = 8;
/** The reference implementation's limit, which prevents a header from exhausting the memory. */
const largestHeader = 100_000_000;
const metadataKey = '__metadata__';

/** Bytes of one element, for types whose elements are whole bytes. */
const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
  C64: 8,
};

export function encodeTensorFile({ tensors, metadata }: TensorFile): Uint8Array {
  const entries: [string, unknown][] = [[metadataKey, metadata]];
  const names = new Set([metadataKey]);
  let end = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    if (names.has(name)) throw new Error(`a tensor cannot be named "${name}" here: the name is taken`);
    const size = elementBytes[dtype] ?? NaN;
    if (bytes.length !== elementsOf(shape) * size) {
      throw new Error(
        `tensor "${name}" has ${bytes.length / size} elements, but its shape is ${shape.join(' × ')}`,
      );
    }
    names.add(name);
    entries.push([name, { dtype, shape, data_offsets: [end, end + bytes.length] }]);
    end += bytes.length;
  }
  const json = encodeUtf8(JSON.stringify(Object.fromEntries(entries)));
  const start = Math.ceil((lengthBytes + json.length) / alignment) * alignment;
  const file = new Uint8Array(start + end).fill(0x20, 0, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - lengthBytes), true);
  file.set(json, lengthBytes);
  let offset = start;
  for (const { bytes } of tensors) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

/** `path` is used in errors. The tensors' bytes are copied into buffers of their own. */
export function decodeTensorFile(file: Uint8Array, path: string): TensorFile {
  const { header, start } = readHeader(file, path);
  const size = file.length - start;
  let metadata: Readonly<Record<string, string>> = {};
  const found: { name: string; dtype: string; shape: number[]; begin: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === metadataKey) metadata = readMetadata(entry, path);
    else found.push({ name, ...readEntry(name, entry, size, path) });
  }
  const inOrder = found.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const tensor of inOrder) {
    if (tensor.begin !== end) {
      throw damaged(
        path,
        `tensor "${tensor.name}" starts at byte ${tensor.begin}, where ${end} would be right`,
      );
    }
    end = tensor.end;
  }
  if (end !== size) throw damaged(path, `${size} bytes follow the header, but its tensors take ${end}`);
  const tensors = inOrder.map(({ name, dtype, shape, begin, end: stop }) => ({
    name,
    dtype,
    shape,
    bytes: file.slice(start + begin, start + stop),
  }));
  return { tensors, metadata };
}

function readHeader(file: Uint8Array, path: string): { header: object; start: number } {
  if (file.length < lengthBytes) throw damaged(path, `${file.length} bytes are too few for a header`);
  const length = new DataView(file.buffer, file.byteOffset, lengthBytes).getBigUint64(0, true);
  if (length > BigInt(Math.min(largestHeader, file.length - lengthBytes))) {
    throw damaged(path, `its header should be ${length} bytes long, but the file has only ${file.length}`);
  }
  const start = lengthBytes + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(decodeUtf8(file.subarray(lengthBytes, start), { fatal: true }));
  } catch (error) {
    throw damaged(path, `its header is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!isObject(header)) throw damaged(path, 'its header is not an object of tensors');
  return { header, start };
}

function readMetadata(entry: unknown, path: string): Readonly<Record<string, string>> {
  if (isObject(entry) && Object.values(entry).every((value) => typeof value === 'string')) {
    return entry as Record<string, string>;
  }
  throw damaged(path, `${metadataKey} is not an object of texts`);
}

function readEntry(
  name: string,
  entry: unknown,
  size: number,
  path: string,
): { dtype: string; shape: number[]; begin: number; end: number } {
  if (!isObject(entry)) throw damaged(path, `tensor "${name}" is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype))
    throw damaged(path, `tensor "${name}" has dtype ${JSON.stringify(dtype)}; F32 is needed`);
  if (!isCounts(shape)) throw damaged(path, `tensor "${name}" has the shape ${JSON.stringify(shape)}`);
  const [begin, end] = isCounts(offsets) && offsets.length === 2 ? offsets : [];
  if (begin === undefined || end === undefined || begin > end || end > size) {
    throw damaged(
      path,
      `tensor "${name}" lies at ${JSON.stringify(offsets)}, but there are ${size} bytes of tensors`,
    );
  }
  const wanted = elementsOf(shape) * (elementBytes[dtype] ?? 0);
  if (end - begin !== wanted) {
    const what = dtype === 'F32' ? 'floats' : `elements of ${dtype}`;
    throw damaged(
      path,
      `tensor "${name}" has ${end - begin} bytes, but ${shape.join(' × ')} ${what} take ${wanted}`,
    );
  }
  return { dtype, shape, begin, end };
}

export function damaged(path: string, detail: string): Problem {
  return new Problem('safetensors.damaged', `${path} is damaged or not a safetensors file: ${detail}`, {
    path,
    detail,
  });
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}
