/**
 * NumPy's NPZ: a zip of `.npy` arrays (numpy/lib/format.py), one for each entry of the net's `state_dict`,
 * and the net itself as JSON with its classes and pixel normalisation.
 */
import { zipSync } from 'fflate';
import { Problem } from '../../../shared/base/problem.ts';
import { type StateTensor, type TrainedModel, stateDict } from '../../../shared/models/trainedModel.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import { type Encoded, bytesOf, utf8 } from '../encoded.ts';
import { unzip } from '../read/zip.ts';

export function encodeNpz(model: TrainedModel): Encoded {
  const members = Object.fromEntries(stateDict(model).map((tensor) => [`${tensor.name}.npy`, npy(tensor)]));
  const { network, classes, normalisation, dataset, run } = model;
  const facts = { network, classes, normalisation, dataset, run };
  return {
    files: [
      { path: 'model.npz', bytes: zipSync(members, { level: 0, mtime: new Date(1980, 0, 1) }) },
      { path: 'network.json', bytes: utf8(`${JSON.stringify(facts, null, 2)}\n`) },
    ],
  };
}

const magic = [0x93, ...utf8('NUMPY'), 1, 0];
const alignment = 64;
const types = { float32: '<f4', int64: '<i8' } as const;

function npy({ dtype, shape, data }: StateTensor): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${types[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Spaces and a line end are appended, so that the numbers begin at a multiple of 64.
  const before = magic.length + 2;
  const start = Math.ceil((before + dictionary.length + 1) / alignment) * alignment;
  const header = utf8(`${dictionary.padEnd(start - before - 1)}\n`);
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set(magic);
  new DataView(bytes.buffer).setUint16(magic.length, header.length, true);
  bytes.set(header, before);
  bytes.set(bytesOf(data), start);
  return bytes;
}

/**
 * Returns the float32 arrays of an NPZ file that was written here, without counters of batch normalisations.
 */
export function decodeNpz(bytes: Uint8Array, path: string): NamedTensor[] {
  return Object.entries(unzip(bytes, path)).flatMap(([member, array]) => {
    const view = new DataView(array.buffer, array.byteOffset, array.byteLength);
    const length = view.getUint16(magic.length, true);
    const start = magic.length + 2 + length;
    const header = new TextDecoder().decode(array.subarray(magic.length + 2, start));
    const found = /^\{'descr': '(<f4|<i8)', 'fortran_order': False, 'shape': \(([\d, ]*)\), \} *\n$/.exec(
      header,
    );
    if (!found)
      throw new Problem('import.damaged', `${path} is damaged: ${member} has the header ${header}`, {
        path,
        detail: member,
      });
    if (found[1] === '<i8') return [];
    const shape = (found[2] ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)
      .map(Number);
    const data = new Float32Array((array.length - start) / 4);
    new Uint8Array(data.buffer).set(array.subarray(start));
    return [{ name: member.replace(/\.npy$/, ''), shape, data }];
  });
}
