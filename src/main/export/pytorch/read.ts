/**
 * Reads files of `torch.save` as data without running code: the zip format and that of PyTorch before 1.6
 * (torch/serialization.py). Of the names that a pickle may use, those of tensors, storages and plain
 * containers are supported; NumPy's scalars are accepted and ignored; every other name is refused, so that
 * the error for a file that would run code names that code.
 */
import { Problem } from '../../../shared/base/problem.ts';
import { type PickleOptions, readPickle } from '../../../shared/pickle/readPickle.ts';
import {
  type PickleGlobal,
  type PickleValue,
  dictOf,
  integerOf,
  itemsOf,
  textOf,
} from '../../../shared/pickle/values.ts';
import type { WeightsFile } from '../read/candidates.ts';
import { unzip } from '../read/zip.ts';
import { candidatesIn } from './candidates.ts';
import { type Storage, type Storages, storageTypes } from './tensors.ts';

const tensorNames = new Set([
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_tensor_v3',
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_parameter',
  'torch.nn.parameter.Parameter',
  'torch.Size',
  'torch.device',
  'torch.Tensor',
]);
/**
 * Names of values that many checkpoints store beside weights: a learning rate, a best accuracy. They are
 * never used.
 */
const ignoredNames = new Set([
  'numpy.core.multiarray.scalar',
  'numpy._core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray._reconstruct',
  'numpy.dtype',
  'numpy.ndarray',
  '_codecs.encode',
  'collections.defaultdict',
  'collections.Counter',
  'argparse.Namespace',
  'builtins.set',
  'builtins.dict',
  'builtins.list',
  'builtins.int',
  'builtins.float',
  '__builtin__.set',
]);

function allows({ module, name, fullName }: PickleGlobal): boolean {
  if (tensorNames.has(fullName) || ignoredNames.has(fullName)) return true;
  if (module === 'torch' && Object.hasOwn(storageTypes, name)) return true;
  return (
    /^torch\.(storage\.)?(Untyped|Typed)Storage$/.test(fullName) ||
    /^torch\.(float|double|half|bfloat|u?int|long|bool)\d*(_\w+)?$/.test(fullName)
  );
}

/** Throws a `Problem` for whole models, TorchScript, damaged files, and files that would run code. */
export function readTorchZip(bytes: Uint8Array, path: string): WeightsFile {
  const members = unzip(bytes, path);
  const [first = ''] = Object.keys(members);
  const folder = first.includes('/') ? first.slice(0, first.indexOf('/') + 1) : '';
  if (members[`${folder}constants.pkl`]) {
    throw new Problem(
      'import.torchscript',
      `${path} is a TorchScript archive, which is a program; save the weights instead: torch.save(net.state_dict(), "net.pt")`,
      { path },
    );
  }
  const data = members[`${folder}data.pkl`];
  if (!data)
    throw new Problem(
      'import.no-pickle',
      `${path} is a zip file, but no file of torch.save: it has no data.pkl`,
      { path },
    );
  const order = members[`${folder}byteorder`];
  const bigEndian = order !== undefined && new TextDecoder().decode(order).trim() === 'big';
  const { value } = readPickle(data, options(path, data));
  const storages: Storages = { find: (key) => members[`${folder}data/${key}`], bigEndian };
  return candidatesIn(value, storages, path);
}

/**
 * Reads five pickles (magic number, protocol, system, the object, storage keys), then each storage, preceded
 * by its length.
 */
export function readTorchLegacy(bytes: Uint8Array, path: string): WeightsFile {
  const read: PickleValue[] = [];
  let position = 0;
  for (let i = 0; i < 5; i += 1) {
    const { value, end } = readPickle(bytes, options(path, bytes), position);
    read.push(value);
    position = end;
  }
  const [, , system, object, keys] = read as [
    PickleValue,
    PickleValue,
    PickleValue,
    PickleValue,
    PickleValue,
  ];
  const bigEndian = dictOf(system)?.entries.some(
    ([name, value]) => name === 'little_endian' && value === false,
  );
  const found = new Map<string, Storage>();
  const sizes = new Map<string, number>();
  storageSizes(object, sizes);
  for (const each of itemsOf(keys) ?? []) {
    const key = keyOf(each);
    const size = sizes.get(key);
    const count =
      position + 8 <= bytes.length
        ? Number(new DataView(bytes.buffer, bytes.byteOffset + position).getBigInt64(0, !bigEndian))
        : NaN;
    const start = position + 8;
    const end = start + count * (size ?? NaN);
    if (!Number.isSafeInteger(end) || end > bytes.length || end < start)
      throw new Problem(
        'import.damaged',
        `${path} is damaged: it ends within its storage ${key}; get the file again`,
        { path, detail: key },
      );
    found.set(key, bytes.subarray(start, end));
    position = end;
  }
  return candidatesIn(object, { find: (key) => found.get(key), bigEndian: bigEndian === true }, path);
}

/** Returns a storage's key, which is a string or a number. */
const keyOf = (key: PickleValue | undefined): string => textOf(key) ?? `${integerOf(key) ?? ''}`;

/** Collects the number of bytes per element of each storage that the object refers to. */
function storageSizes(object: PickleValue, sizes: Map<string, number>): void {
  const seen = new Set<unknown>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array || seen.has(value)) return;
    seen.add(value);
    const items = 'id' in value ? itemsOf(value.id as PickleValue) : undefined;
    if (items) {
      const [, type, key] = items;
      const name = (type as PickleGlobal | undefined)?.name ?? '';
      sizes.set(keyOf(key), storageTypes[name]?.size ?? NaN);
    }
    for (const inner of Array.isArray(value) ? value : Object.values(value)) walk(inner);
  };
  walk(object);
}

const moduleClass = /^(__main__|torch\.nn\.modules\..*|(.*\.)?(models?|nets?|networks?))\./;
/** Fields in which every pickled `nn.Module` keeps its weights and submodules. */
const moduleFields = ['_parameters', '_modules', '_buffers'];
/** Pattern of Python's class names; names of functions begin with a small letter. */
const className = /^[A-Z]/;
const standardModules =
  /^(os|posix|nt|sys|subprocess|builtins|__builtin__|shutil|socket|runpy|pty|ctypes|importlib)\b/;

/** Returns options that refuse a name with its most likely meaning. */
function options(path: string, pickle: Uint8Array): PickleOptions {
  const holdsModule = moduleFields.every((field) =>
    Buffer.from(pickle.buffer, pickle.byteOffset, pickle.length).includes(field),
  );
  const isModule = ({ module, name, fullName }: PickleGlobal) =>
    moduleClass.test(fullName) || (holdsModule && className.test(name) && !standardModules.test(module));
  return {
    path,
    allows: (global) => {
      if (allows(global)) return true;
      if (isModule(global)) {
        throw new Problem(
          'import.whole-model',
          `${path} holds a whole model of the class "${global.fullName}", which is code and is not loaded; save its weights ` +
            'instead: torch.save(net.state_dict(), "net.pt")',
          { path, name: global.fullName },
        );
      }
      return false;
    },
  };
}
