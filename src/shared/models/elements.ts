/** Numbers of any element type, widened to float32, in which the engine computes. */
import { Problem } from '../base/problem.ts';

/** Element types of weights. `F64` is rounded; the smaller floats are exact in float32. */
export const floatTypes = ['F32', 'F16', 'BF16', 'F64'] as const;
export type FloatType = (typeof floatTypes)[number];

export const isFloatType = (dtype: string): dtype is FloatType =>
  (floatTypes as readonly string[]).includes(dtype);

const sizes: Readonly<Record<FloatType, number>> = { F32: 4, F16: 2, BF16: 2, F64: 8 };

/** Converts little-endian bytes of `dtype` to float32. */
export function widened(bytes: Uint8Array, dtype: FloatType): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizes[dtype];
  const result = new Float32Array(bytes.byteLength / size);
  const bits = new Uint32Array(result.buffer);
  for (let i = 0; i < result.length; i += 1) {
    switch (dtype) {
      case 'F32':
        bits[i] = view.getUint32(4 * i, true);
        break;
      case 'F64':
        result[i] = view.getFloat64(8 * i, true);
        break;
      case 'BF16':
        bits[i] = view.getUint16(2 * i, true) << 16;
        break;
      case 'F16':
        bits[i] = halfToSingle(view.getUint16(2 * i, true));
        break;
    }
  }
  return result;
}

/** Returns the bits of the float32 that equals a half-precision number (IEEE 754-2008, binary16). */
function halfToSingle(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f80_0000 | (fraction << 13)) >>> 0;
  if (exponent > 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  // A subnormal number is normal in float32: its leading one is moved to where the hidden bit is.
  const shift = Math.clz32(fraction) - 21;
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)) >>> 0;
}

export function unsupportedType(path: string, name: string, dtype: string): Problem {
  return new Problem(
    'model.dtype',
    `${path}: tensor "${name}" is of type ${dtype}, which no layer here can take; save the weights as float32`,
    { path, name, dtype },
  );
}
