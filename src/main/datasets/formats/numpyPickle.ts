/** NumPy's arrays in a pickle, parsed as data without running code: only the names in the list may occur. */
import { Problem } from '../../../shared/base/problem.ts';
import { readPickle } from '../../../shared/pickle/readPickle.ts';
import {
  PickleCall,
  type PickleDict,
  type PickleValue,
  dictOf,
  itemsOf,
  textOf,
} from '../../../shared/pickle/values.ts';

const allowed = new Set(
  ['numpy.core.multiarray', 'numpy._core.multiarray']
    .flatMap((module) => [`${module}._reconstruct`, `${module}._frombuffer`, `${module}.scalar`])
    .concat(
      ['numpy.ndarray', 'numpy.dtype', '_codecs.encode', 'collections.OrderedDict'],
      [
        'numpy.core.numeric._frombuffer',
        'numpy._core.numeric._frombuffer',
        '__builtin__.bytes',
        'builtins.bytes',
      ],
    ),
);

export function readNumpyPickle(bytes: Uint8Array, path: string): PickleDict {
  const { value } = readPickle(bytes, { path, allows: ({ fullName }) => allowed.has(fullName) });
  const dict = dictOf(value);
  if (dict) return dict;
  throw new Problem('dataset.pickle-content', `${path} holds no dictionary, as CIFAR's Python files do`, {
    file: path,
  });
}

export interface ByteArray {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly fortran: boolean;
}

/** Returns an array of unsigned bytes; undefined for anything else. */
export function byteArray(value: PickleValue | undefined): ByteArray | undefined {
  if (!(value instanceof PickleCall)) return undefined;
  if (value.callee.name === '_frombuffer') {
    const [data, type, shape, order] = value.args;
    const bytes = bytesOf(data);
    if (!bytes || !isByteType(type)) return undefined;
    return { shape: numbersOf(shape), bytes, fortran: textOf(order) === 'F' };
  }
  if (value.callee.name !== '_reconstruct') return undefined;
  // The state is (version, shape, dtype, is Fortran, data).
  const state = itemsOf(value.state) ?? [];
  const [, shape, type, fortran, data] = state;
  const bytes = bytesOf(data);
  if (!bytes || !isByteType(type)) return undefined;
  return { shape: numbersOf(shape), bytes, fortran: fortran === true || fortran === 1 };
}

/** Returns the whole numbers of a list or of an array of bytes. */
export function wholeNumbers(value: PickleValue | undefined): number[] | undefined {
  const items = itemsOf(value);
  if (items) return items.every((item) => typeof item === 'number') ? [...items] : undefined;
  const array = byteArray(value);
  return array && [...array.bytes];
}

/** Returns the strings of a list; Python 2 wrote them as bytes. */
export function texts(value: PickleValue | undefined): string[] | undefined {
  const all = itemsOf(value)?.map(textOf);
  return all?.every((text) => text !== undefined) ? all : undefined;
}

const numbersOf = (value: PickleValue | undefined) => (itemsOf(value) ?? []).map(Number);

function isByteType(value: PickleValue | undefined): boolean {
  return value instanceof PickleCall && textOf(value.args[0]) === 'u1';
}

/**
 * Returns bytes from bytes, from a string of Python 2 with one character per byte, or from Python 3's form of
 * bytes in protocol 2, `_codecs.encode(text, 'latin1')`.
 */
function bytesOf(value: PickleValue | undefined): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value, 'latin1');
  if (value instanceof PickleCall) return bytesOf(value.args[0]);
  return undefined;
}
