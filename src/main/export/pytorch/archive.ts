/**
 * A `state_dict` as the zip file that `torch.save` writes: `data.pkl` with names, shapes and strides, and
 * each tensor's storage as a separate member (torch/serialization.py, caffe2/serialize/inline_container.cc).
 * Each tensor has a storage of exactly its size; members are not compressed, and are padded so that their
 * bytes begin at multiples of 64.
 */
import { type Zippable, zipSync } from 'fflate';
import type { StateTensor } from '../../../shared/models/trainedModel.ts';
import { bytesOf, utf8 } from '../encoded.ts';
import { type PickledValue, pickle } from './pickle.ts';

const folder = 'model';
const storageClasses = { float32: 'FloatStorage', int64: 'LongStorage' } as const;
/** Version that PyTorch writes, of a file format before the member was renamed to `.data/version`. */
const version = '3\n';

export function encodeStateDict(tensors: readonly StateTensor[]): Uint8Array {
  const members: [string, Uint8Array][] = [
    ['data.pkl', pickle(orderedDict(tensors.map((tensor, key) => [tensor.name, rebuilt(tensor, key)])))],
    ['byteorder', utf8('little')],
    ...tensors.map(({ data }, key): [string, Uint8Array] => [`data/${key}`, bytesOf(data)]),
    ['version', utf8(version)],
  ];
  return alignedZip(members.map(([name, bytes]) => [`${folder}/${name}`, bytes]));
}

function orderedDict(items: readonly (readonly [string, PickledValue])[]): PickledValue {
  return { call: ['collections', 'OrderedDict'], args: [], items };
}

function rebuilt({ dtype, shape, data }: StateTensor, key: number): PickledValue {
  const storage: PickledValue = {
    persistent: {
      tuple: ['storage', { global: ['torch', storageClasses[dtype]] }, `${key}`, 'cpu', data.length],
    },
  };
  const offset = 0;
  const requiresGrad = false;
  return {
    call: ['torch._utils', '_rebuild_tensor_v2'],
    args: [storage, offset, { tuple: shape }, { tuple: stridesOf(shape) }, requiresGrad, orderedDict([])],
  };
}

/** Returns the strides of a row-major array. */
function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}

/** Id of PyTorch's padding in a zip member's extra field: "FB". */
const paddingField = 0x4246;
const alignment = 64;
/**
 * Number of bytes of a local file header before the name, and of an extra field before its contents (PKWARE's
 * APPNOTE 4.3.7).
 */
const localHeader = 30;
const extraHeader = 4;

function alignedZip(members: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const files: Zippable = {};
  let offset = 0;
  for (const [name, bytes] of members) {
    const start = offset + localHeader + utf8(name).length + extraHeader;
    const padding = (alignment - (start % alignment)) % alignment;
    files[name] = [
      bytes,
      {
        level: 0,
        mtime: new Date(1980, 0, 1),
        extra: { [paddingField]: new Uint8Array(padding).fill(0x5a) },
      },
    ];
    offset = start + padding + bytes.length;
  }
  return zipSync(files);
}
