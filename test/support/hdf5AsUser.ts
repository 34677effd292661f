/** Writes and reads an HDF5 file as an ordinary user, also if root runs this, and prints what was read. */
import process from 'node:process';
import 'h5wasm/node';
import { ordinaryUser } from '../desktop/stage.ts';
import { decodeHdf5, encodeHdf5 } from '../../src/main/export/keras/hdf5.ts';

// The modules are loaded before, because the checkout may be root's alone.
if (ordinaryUser.uid !== undefined) process.seteuid?.(ordinaryUser.uid);
const written = await encodeHdf5([{ path: 'a/b', shape: [2], data: Float32Array.of(1, 2) }], ['c']);
const read = await decodeHdf5(written);
process.stdout.write(JSON.stringify(read.map(({ path, shape, data }) => ({ path, shape, data: [...data] }))));
