import { describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const tensors = [
  { name: 'parameter/0.weight', shape: [2, 3], data: Float32Array.of(1, -2, 0.5, NaN, Infinity, -0) },
  { name: 'empty', shape: [0, 3], data: new Float32Array() },
  { name: 'scalar', shape: [], data: Float32Array.of(1e-45) },
  { name: '__proto__', shape: [1], data: Float32Array.of(7) },
];
const metadata = { progress: '{"step":1}', 名: '值' };

/** Returns a file with this header, padded correctly or as given, and `bytes` bytes of tensors. */
function file(header: unknown, bytes = 0): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(bytes)]);
}

test('what was written is read, to the bit', () => {
  const read = decodeSafetensors(encodeSafetensors({ tensors, metadata }), 'f');
  expect(read.metadata).toEqual(metadata);
  // Tensors without bytes share their offset with the next one, so these are ordered by their ends.
  expect(read.tensors.map(({ name, shape }) => ({ name, shape }))).toEqual(
    tensors.map(({ name, shape }) => ({ name, shape })),
  );
  for (const [index, { data }] of tensors.entries()) {
    const bits = (values: Float32Array | undefined) => [...new Uint32Array(values?.slice().buffer ?? [])];
    expect(bits(read.tensors[index]?.data)).toEqual(bits(data));
  }
});

test('a part of an array is written, not the buffer behind it; what is read has a buffer of its own', () => {
  const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  const bytes = encodeSafetensors({ tensors: [{ name: 'a', shape: [2], data }], metadata: {} });
  const [tensor] = decodeSafetensors(bytes, 'f').tensors;
  expect([...(tensor?.data ?? [])]).toEqual([2, 3]);
  expect(tensor?.data.buffer.byteLength).toBe(8);
});

test('the bytes of the format: length, header padded to 8 bytes, tensors', () => {
  const bytes = encodeSafetensors({
    tensors: [{ name: 'a', shape: [1], data: Float32Array.of(1) }],
    metadata: {},
  });
  const length = Number(bytes.readBigUInt64LE());
  expect(length % 8).toBe(0);
  const text = bytes.toString('utf8', 8, 8 + length);
  expect(text.trimEnd()).toBe('{"__metadata__":{},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
  expect(bytes.subarray(8 + length).toString('hex')).toBe('0000803f');
});

test('a file that others wrote: no padding, no metadata, any order', () => {
  const bytes = file(
    {
      b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    },
    8,
  );
  expect(decodeSafetensors(bytes, 'f').tensors.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('mistakes of the program', () => {
  const one = { name: 'a', shape: [1], data: Float32Array.of(1) };
  expect(() => encodeSafetensors({ tensors: [one, one], metadata: {} })).toThrow('the name is taken');
  expect(() => encodeSafetensors({ tensors: [{ ...one, name: '__metadata__' }], metadata: {} })).toThrow(
    'is taken',
  );
  expect(() => encodeSafetensors({ tensors: [{ ...one, shape: [2] }], metadata: {} })).toThrow(
    'has 1 elements',
  );
});

describe('a damaged file is refused, with what is wrong', () => {
  const tensor = (change: object) => ({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } });
  test.each([
    ['empty', Buffer.alloc(0), '0 bytes are too few'],
    [
      'cut in its header',
      encodeSafetensors({ tensors, metadata }).subarray(0, 50),
      'but the file has only 50',
    ],
    ['cut in its tensors', encodeSafetensors({ tensors, metadata }).subarray(0, -1), 'bytes of tensors'],
    ['longer than its tensors', file(tensor({}), 9), '9 bytes follow the header, but its tensors take 8'],
    ['a huge header', Buffer.from('ffffffffffffffff00', 'hex'), 'should be 18446744073709551615 bytes long'],
    ['no JSON', file('{"a":'), 'its header is not JSON'],
    [
      'no UTF-8',
      Buffer.concat([file('"xx"').subarray(0, 9), Buffer.of(0xff, 0xff, 0x22)]),
      'its header is not JSON',
    ],
    ['no object', file([1]), 'not an object of tensors'],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }), '__metadata__ is not an object of texts'],
    ['a tensor that is no object', file({ a: 1 }), 'is not described by an object'],
    ['another dtype', file(tensor({ dtype: 'I32' }), 8), 'has dtype "I32"; F32 is needed'],
    ['no shape', file(tensor({ shape: '2' }), 8), 'has the shape "2"'],
    ['a negative length', file(tensor({ shape: [-2] }), 8), 'has the shape [-2]'],
    ['a broken length', file(tensor({ shape: [1.5] }), 8), 'has the shape [1.5]'],
    ['no offsets', file(tensor({ data_offsets: undefined }), 8), 'lies at undefined'],
    ['backward offsets', file(tensor({ data_offsets: [8, 0] }), 8), 'lies at [8,0]'],
    ['offsets behind the end', file(tensor({ data_offsets: [4, 12] }), 8), 'but there are 8 bytes'],
    ['too few bytes', file(tensor({ shape: [3] }), 8), 'has 8 bytes, but 3 floats take 12'],
    [
      'a gap',
      file({ ...tensor({}), b: { dtype: 'F32', shape: [1], data_offsets: [12, 16] } }, 16),
      'starts at byte 12, where 8',
    ],
    [
      'an overlap',
      file({ ...tensor({}), b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, 8),
      'starts at byte 4, where 8',
    ],
  ])('%s', (_, bytes, message) => {
    const read = () => decodeSafetensors(bytes, '/some/file');
    expect(read).toThrow(message);
    expect(read).toThrow('/some/file is damaged');
    expect(read).toThrow(expect.objectContaining({ code: 'safetensors.damaged' }));
  });
});
