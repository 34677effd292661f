/**
 * HDF5 files, written by the HDF5 library as WebAssembly (npm h5wasm), which only this file imports. It is loaded
 * when first needed, because loading takes a fifth of a second. In Node its file system is the real one, so a file
 * has a temporary folder of its own.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Hdf5 from 'h5wasm/node';

async function loadHdf5(): Promise<typeof Hdf5> {
  const hdf5 = await import('h5wasm/node');
  await hdf5.ready;
  return hdf5;
}

async function withFile<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'stride-hdf5-'));
  try {
    return await work(join(folder, 'file.h5'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface Array32 {
  /** Path, with `/` between groups. */
  readonly path: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Returns a file with these arrays; `groups` are created even if they are empty. */
export async function encodeHdf5(arrays: readonly Array32[], groups: readonly string[]): Promise<Uint8Array> {
  const hdf5 = await loadHdf5();
  return withFile(async (name) => {
    const file = new hdf5.File(name, 'w');
    try {
      for (const path of groups) createGroups(file, path);
      for (const { path, shape, data } of arrays) {
        const cut = path.lastIndexOf('/');
        const group = createGroups(file, path.slice(0, cut));
        group.create_dataset({ name: path.slice(cut + 1), data, shape: [...shape], dtype: '<f4' });
      }
      file.flush();
    } finally {
      file.close();
    }
    return Uint8Array.from(await readFile(name));
  });
}

function createGroups(file: Hdf5.File, path: string): Hdf5.Group {
  let group: Hdf5.Group = file;
  for (const part of path.split('/')) {
    const known = group.get(part);
    if (known) group = known as Hdf5.Group;
    else {
      group.create_group(part);
      group = group.get(part) as Hdf5.Group;
    }
  }
  return group;
}

/** Returns all float32 arrays of a file. */
export async function decodeHdf5(bytes: Uint8Array): Promise<Array32[]> {
  const hdf5 = await loadHdf5();
  return withFile(async (name) => {
    await writeFile(name, bytes);
    const file = new hdf5.File(name, 'r');
    try {
      return file.paths().flatMap((path) => {
        const found = file.get(path);
        if (!(found instanceof hdf5.Dataset)) return [];
        return [{ path, shape: found.shape ?? [], data: Float32Array.from(found.value as Float32Array) }];
      });
    } finally {
      file.close();
    }
  });
}
