/** NumPy's `.npy` files (numpy/lib/format.py): the header, and numbers read directly from the file. */
import { open } from 'node:fs/promises';
import { Problem } from '../../../shared/base/problem.ts';
import { type UnpackedFile, headOf } from '../source/unpack.ts';

export interface NpyArray {
  readonly file: UnpackedFile;
  readonly shape: readonly number[];
  readonly fortran: boolean;
  readonly offset: number;
  readonly itemBytes: number;
  /** Reads an element; null for an array of Python objects, which is a pickle and is not read. */
  readonly read: ((view: DataView, at: number) => number | string) | null;
}

const magic = '\x93NUMPY';

/** Throws a `Problem` if the file is no `.npy` or does not have the length that its header specifies. */
export async function readNpyHeader(file: UnpackedFile): Promise<NpyArray> {
  const head = await headOf(file.path, 12);
  const major = head[6] ?? 0;
  if (head.toString('latin1', 0, 6) !== magic || major < 1 || major > 3)
    throw damaged(file, 'it does not begin as NumPy files do');
  const before = major === 1 ? 10 : 12;
  const length = major === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > 1 << 20) throw damaged(file, 'its header is too long');
  const header = (await headOf(file.path, before + length)).toString(major === 3 ? 'utf8' : 'latin1', before);
  const descr = /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/.exec(header)?.[1];
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(header)?.[1];
  const shapeText = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || shapeText === undefined)
    throw damaged(file, `its header is ${header.slice(0, 80)}`);
  const shape = shapeText.split(',').flatMap((part) => (part.trim() === '' ? [] : Number.parseInt(part, 10)));
  const type = typeOf(descr, file);
  const array = { file, shape, fortran: order === 'True', offset: before + length, ...type };
  const expected = array.offset + shape.reduce((product, side) => product * side, array.itemBytes);
  if (array.read && file.size !== expected) {
    throw new Problem(
      'dataset.npy-size',
      `${file.name} has ${file.size} bytes, where its header (${shape.join('×')}, ${descr}) asks for ${expected}; get the file again`,
      { file: file.name, size: file.size, expected },
    );
  }
  return array;
}

function damaged({ name }: UnpackedFile, detail: string): Problem {
  return new Problem('dataset.npy-damaged', `${name} is damaged or no array of NumPy's: ${detail}`, {
    file: name,
    detail,
  });
}

type Reader = NonNullable<NpyArray['read']>;

/** Returns the element type for NumPy's type string: order, kind, bytes. */
function typeOf(descr: string, file: UnpackedFile): Pick<NpyArray, 'itemBytes' | 'read'> {
  const [, order = '', kind = '', size = ''] = /^([<>|=]?)([a-zA-Z?])(\d*)$/.exec(descr) ?? [];
  const bytes = Number(size || 1);
  const little = order !== '>';
  if (kind === 'O') return { itemBytes: 8, read: null };
  const readers: Readonly<Record<string, Reader>> = {
    b1: (view, at) => view.getUint8(at),
    u1: (view, at) => view.getUint8(at),
    i1: (view, at) => view.getInt8(at),
    u2: (view, at) => view.getUint16(at, little),
    i2: (view, at) => view.getInt16(at, little),
    u4: (view, at) => view.getUint32(at, little),
    i4: (view, at) => view.getInt32(at, little),
    u8: (view, at) => Number(view.getBigUint64(at, little)),
    i8: (view, at) => Number(view.getBigInt64(at, little)),
    f4: (view, at) => view.getFloat32(at, little),
    f8: (view, at) => view.getFloat64(at, little),
  };
  const number = readers[`${kind}${bytes}`];
  if (number) return { itemBytes: bytes, read: number };
  if (kind === 'U')
    return {
      itemBytes: 4 * bytes,
      read: (view, at) => text(bytes, (i) => view.getUint32(at + 4 * i, little)),
    };
  if (kind === 'S')
    return { itemBytes: bytes, read: (view, at) => text(bytes, (i) => view.getUint8(at + i)) };
  throw new Problem(
    'dataset.npy-type',
    `${file.name} holds numbers of NumPy's type "${descr}", which is not read; uint8 would be right`,
    {
      file: file.name,
      type: descr,
    },
  );
}

function text(length: number, codeAt: (index: number) => number): string {
  const codes = Array.from({ length }, (_, i) => codeAt(i));
  return String.fromCodePoint(...codes.filter((code) => code !== 0));
}

/**
 * Largest size of an array in Fortran order, which is read as a whole because its rows are scattered over the
 * file.
 */
const mostFortranBytes = 256 * 2 ** 20;

/**
 * Calls `see` with a reader of several rows at a time; `at(row, i)` is the i-th number of a row in C order.
 */
export async function eachRows(
  array: NpyArray,
  signal: AbortSignal,
  see: (first: number, count: number, at: (row: number, i: number) => number | string) => Promise<void>,
): Promise<void> {
  const { file, shape, itemBytes, offset, read } = array;
  if (!read) throw objects(array);
  const [rows = 0, ...inner] = shape;
  const each = inner.reduce((product, side) => product * side, 1);
  if (array.fortran && shape.length > 1) {
    await see(0, rows, await fortranReader(array, each, read));
    return;
  }
  const perPiece = Math.max(1, Math.floor((1 << 22) / Math.max(1, each * itemBytes)));
  const bytes = Buffer.alloc(perPiece * each * itemBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const handle = await open(file.path);
  try {
    for (let first = 0; first < rows; first += perPiece) {
      signal.throwIfAborted();
      const count = Math.min(perPiece, rows - first);
      await handle.read(bytes, 0, count * each * itemBytes, offset + first * each * itemBytes);
      await see(first, count, (row, i) => read(view, ((row - first) * each + i) * itemBytes));
    }
  } finally {
    await handle.close();
  }
}

async function fortranReader(array: NpyArray, each: number, read: Reader) {
  const { file, shape, itemBytes, offset } = array;
  if (file.size > mostFortranBytes) {
    throw new Problem(
      'dataset.npy-fortran',
      `${file.name} is in Fortran's order and has more than ${mostFortranBytes / 2 ** 20} MiB; save it with numpy.ascontiguousarray`,
      { file: file.name, most: mostFortranBytes / 2 ** 20 },
    );
  }
  const bytes = await headOf(file.path, file.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [rows = 0, ...inner] = shape;
  // These are the positions of a row's numbers, where the first index varies fastest.
  const places = Uint32Array.from({ length: each }, (_, i) => {
    let [rest, place, stride] = [i, 0, rows];
    const indices = inner.map((_, axis) => {
      const after = inner.slice(axis + 1).reduce((product, side) => product * side, 1);
      const index = Math.floor(rest / after);
      rest %= after;
      return index;
    });
    for (const [axis, index] of indices.entries()) {
      place += index * stride;
      stride *= inner[axis] as number;
    }
    return place;
  });
  return (row: number, i: number) => read(view, offset + (row + (places[i] as number)) * itemBytes);
}

export function objects({ file }: NpyArray): Problem {
  return new Problem(
    'dataset.npy-objects',
    `${file.name} holds Python objects, which is a pickle and is not opened; save it as numbers`,
    { file: file.name },
  );
}
