/**
 * The safetensors format (https://github.com/huggingface/safetensors#format): the header's length as a 64-bit
 * little-endian number, the header as JSON, then the tensors' bytes, little-endian and without gaps. The header is
 * padded with spaces so that the bytes start at a multiple of 8. Stride writes float32 and reads nothing else.
 *
 * Reading is strict: every number in the header is held against the file's size before a byte is taken by it.
 */
import type { NamedTensor } from '../../shared/runs/checkpoint.ts';
import { Problem } from '../../shared/base/problem.ts';

export interface Safetensors {
  readonly tensors: readonly NamedTensor[];
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

const lengthBytes = 8;
const alignment = 8;
/** The reference implementation's limit, against headers made to fill the memory. */
const largestHeader = 100_000_000;
const metadataKey = '__metadata__';

export function encodeSafetensors({ tensors, metadata }: Safetensors): Buffer {
  const entries: [string, unknown][] = [[metadataKey, metadata]];
  const names = new Set([metadataKey]);
  let end = 0;
  for (const { name, shape, data } of tensors) {
    if (names.has(name)) throw new Error(`a tensor cannot be named "${name}" here: the name is taken`);
    if (data.length !== elementsOf(shape)) {
      throw new Error(`tensor "${name}" has ${data.length} elements, but its shape is ${shape.join(' × ')}`);
    }
    names.add(name);
    entries.push([name, { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] }]);
    end += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const start = Math.ceil((lengthBytes + json.length) / alignment) * alignment;
  const file = Buffer.alloc(start + end, ' ');
  file.writeBigUInt64LE(BigInt(start - lengthBytes), 0);
  json.copy(file, lengthBytes);
  let offset = start;
  for (const { data } of tensors) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

/** `path` is for the errors. The tensors are copies: they have buffers of their own. */
export function decodeSafetensors(file: Uint8Array, path: string): Safetensors {
  const { header, start } = readHeader(file, path);
  const size = file.length - start;
  let metadata: Readonly<Record<string, string>> = {};
  const found: { name: string; shape: number[]; begin: number; end: number }[] = [];
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
  const tensors = inOrder.map(({ name, shape, begin, end }) => {
    const data = new Float32Array(elementsOf(shape));
    new Uint8Array(data.buffer).set(file.subarray(start + begin, start + end));
    return { name, shape, data };
  });
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
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(lengthBytes, start)));
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
): { shape: number[]; begin: number; end: number } {
  if (!isObject(entry)) throw damaged(path, `tensor "${name}" is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  if (dtype !== 'F32')
    throw damaged(path, `tensor "${name}" has dtype ${JSON.stringify(dtype)}; F32 is needed`);
  if (!isCounts(shape)) throw damaged(path, `tensor "${name}" has the shape ${JSON.stringify(shape)}`);
  const [begin, end] = isCounts(offsets) && offsets.length === 2 ? offsets : [];
  if (begin === undefined || end === undefined || begin > end || end > size) {
    throw damaged(
      path,
      `tensor "${name}" lies at ${JSON.stringify(offsets)}, but there are ${size} bytes of tensors`,
    );
  }
  if (end - begin !== elementsOf(shape) * 4) {
    throw damaged(
      path,
      `tensor "${name}" has ${end - begin} bytes, but ${shape.join(' × ')} floats take ${elementsOf(shape) * 4}`,
    );
  }
  return { shape, begin, end };
}

function damaged(path: string, detail: string): Problem {
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
