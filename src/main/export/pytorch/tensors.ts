/** Tensors as a pickle describes them: a storage, an offset in it, and strides. */
import { Problem } from '../../../shared/base/problem.ts';
import { isFloatType, unsupportedType, widened } from '../../../shared/models/elements.ts';
import {
  PersistentId,
  PickleCall,
  PickleGlobal,
  type PickleValue,
  integerOf,
  itemsOf,
  textOf,
} from '../../../shared/pickle/values.ts';

export type Storage = Uint8Array;

/** Bytes by the storage's key, in the byte order of the machine that saved the file. */
export interface Storages {
  readonly find: (key: string) => Storage | undefined;
  readonly bigEndian: boolean;
}

/** PyTorch's storage classes: the type's name in safetensors, and the bytes per element. */
export const storageTypes: Readonly<Record<string, { dtype: string; size: number }>> = {
  FloatStorage: { dtype: 'F32', size: 4 },
  DoubleStorage: { dtype: 'F64', size: 8 },
  HalfStorage: { dtype: 'F16', size: 2 },
  BFloat16Storage: { dtype: 'BF16', size: 2 },
  LongStorage: { dtype: 'I64', size: 8 },
  IntStorage: { dtype: 'I32', size: 4 },
  ShortStorage: { dtype: 'I16', size: 2 },
  CharStorage: { dtype: 'I8', size: 1 },
  ByteStorage: { dtype: 'U8', size: 1 },
  BoolStorage: { dtype: 'BOOL', size: 1 },
  ComplexFloatStorage: { dtype: 'C64', size: 8 },
  QInt8Storage: { dtype: 'quantised int8', size: 1 },
  QUInt8Storage: { dtype: 'quantised uint8', size: 1 },
};

export interface DescribedTensor {
  readonly storage: string;
  readonly dtype: string;
  readonly size: number;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Returns null if the value is not a tensor. */
export function describedTensor(value: PickleValue): DescribedTensor | null {
  if (!(value instanceof PickleCall)) return null;
  switch (value.callee.fullName) {
    case 'torch._utils._rebuild_parameter':
    case 'torch.nn.parameter.Parameter':
      return describedTensor(value.args[0] ?? null);
    case 'torch._utils._rebuild_tensor':
    case 'torch._utils._rebuild_tensor_v2':
    case 'torch._utils._rebuild_tensor_v3':
      return describedArguments(value.args);
    default:
      return null;
  }
}

function describedArguments([
  storage,
  offset,
  shape,
  strides,
  ,
  ,
  dtype,
]: readonly PickleValue[]): DescribedTensor | null {
  if (!(storage instanceof PersistentId)) return null;
  const [, type, key] = itemsOf(storage.id) ?? [];
  const shapes = (itemsOf(shape) ?? []).map(integerOf);
  const steps = (itemsOf(strides) ?? []).map(integerOf);
  const start = integerOf(offset);
  const name = type instanceof PickleGlobal ? type.name : '';
  const known = storageTypes[name] ?? { dtype: dtype instanceof PickleGlobal ? dtype.name : name, size: 1 };
  if (start === undefined || shapes.includes(undefined) || steps.includes(undefined)) return null;
  return {
    storage: textOf(key) ?? String(integerOf(key)),
    ...known,
    offset: start,
    shape: shapes as number[],
    strides: steps as number[],
  };
}

const elementsOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/**
 * Returns the tensor's numbers in row-major order, as float32. Every position is checked against the
 * storage's size before it is read.
 */
export function tensorData(
  name: string,
  tensor: DescribedTensor,
  storages: Storages,
  path: string,
): Float32Array {
  const { storage: key, dtype, size, offset, shape, strides } = tensor;
  if (!isFloatType(dtype)) throw unsupportedType(path, name, dtype);
  const storage = storages.find(key);
  if (!storage) throw damaged(path, name, `its storage ${key} is missing`);
  const count = elementsOf(shape);
  const last =
    count === 0
      ? -1
      : offset + shape.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0), 0);
  const within = strides.length === shape.length && [offset, ...shape, ...strides].every((each) => each >= 0);
  if (!within || count > storage.length || (last + 1) * size > storage.length)
    throw damaged(path, name, `it reaches beyond its storage ${key} of ${storage.length} bytes`);
  const whole = storage.subarray(0, Math.floor(storage.length / size) * size);
  const all = widened(storages.bigEndian ? reversed(whole, size) : whole, dtype);
  const data = new Float32Array(count);
  const index = shape.map(() => 0);
  let place = offset;
  for (let i = 0; i < count; i += 1) {
    data[i] = all[place] as number;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      place += strides[axis] as number;
      if ((index[axis] as number) + 1 < (shape[axis] as number)) {
        index[axis] = (index[axis] as number) + 1;
        break;
      }
      place -= (shape[axis] as number) * (strides[axis] as number);
      index[axis] = 0;
    }
  }
  return data;
}

/** Reverses the bytes of each element. */
function reversed(bytes: Uint8Array, size: number): Uint8Array {
  const result = bytes.slice();
  for (let at = 0; at < result.length; at += size) result.subarray(at, at + size).reverse();
  return result;
}

function damaged(path: string, name: string, detail: string): Problem {
  return new Problem('import.tensor', `${path} is damaged: tensor "${name}": ${detail}`, {
    path,
    name,
    detail,
  });
}
