import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from './codec.ts';

const through = (value: unknown) => decodeMessage(encodeMessage(value));

test('messages come out as they went in', () => {
  const message = {
    kind: 'call',
    id: 2 ** 45,
    name: 'runs.start',
    request: { runs: [{ name: '第一个', seed: 2 ** 53 - 1 }], none: null },
  };
  expect(through(message)).toEqual(message);
});

test('numbers keep every bit', () => {
  for (const value of [0.1, -1e-310, 2 ** 53 - 1, -(2 ** 53 - 1), Number.POSITIVE_INFINITY, Number.NaN]) {
    expect(through(value)).toBe(value);
  }
});

test('losses travel as four bytes each and stay a Float32Array, wherever in the message they begin', () => {
  for (const prefix of ['', 'a', 'ab', 'abc']) {
    const losses = Float32Array.of(0.72, Number.NaN, -0, 3.4028234663852886e38);
    const result = through({ prefix, losses }) as { losses: Float32Array };
    expect(result.losses).toBeInstanceOf(Float32Array);
    expect(new Uint32Array(result.losses.buffer)).toEqual(new Uint32Array(losses.buffer));
  }
  expect(encodeMessage(new Float32Array(1000)).length).toBeLessThan(4010);
});

test('a view of part of an array sends that part', () => {
  expect(through(Float32Array.of(1, 2, 3, 4).subarray(1, 3))).toEqual(Float32Array.of(2, 3));
  expect(through(new Float32Array(0))).toEqual(new Float32Array(0));
});

test('what is undefined is left out, as in JSON', () => {
  expect(through({ a: undefined, b: 1 })).toEqual({ b: 1 });
});

test('bytes that are something else are refused', () => {
  const whole = encodeMessage({ kind: 'call', id: 1 });
  expect(() => decodeMessage(whole.subarray(0, 5))).toThrow();
  expect(() => decodeMessage(new Uint8Array([0xc1]))).toThrow();
});

test('a Buffer, as a server is given messages, gives the same numbers and nothing of its neighbours', () => {
  const losses = Float32Array.of(0.5, -1, 3);
  for (const prefix of ['', 'a', 'ab', 'abc']) {
    const pooled = Buffer.from(encodeMessage({ prefix, losses }));
    expect(pooled.buffer.byteLength).toBeGreaterThan(pooled.length);
    const result = decodeMessage(pooled) as { losses: Float32Array };
    expect(result.losses).toEqual(losses);
    expect(result.losses.buffer.byteLength).toBe(12);
    pooled.fill(0);
    expect(result.losses).toEqual(losses);
  }
});

test('an array whose last number is cut off is refused', () => {
  const bytes = encodeMessage(Float32Array.of(1, 2));
  const cut = Uint8Array.of(0xc7, 7, 1, ...bytes.slice(-8, -1));
  expect(() => decodeMessage(cut)).toThrow('7 bytes');
});
