/** A kind of damaged input, and the sound files that it is made of. */
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import sharp from 'sharp';
import { pack } from 'tar-stream';
import { idxFiles, npy, pixels } from '../datasetFiles.ts';

export type Files = Record<string, Uint8Array | string>;
export interface Kind {
  /** As in docs/data.md. */
  readonly kind: string;
  readonly code: string;
  /** The files; what is imported is the only one of `path`, else the folder. */
  readonly files: () => Files | Promise<Files>;
  readonly path?: string;
  /** What the message names. */
  readonly names: string;
}

export const small = idxFiles();
export const idxWith = (changes: Files): Files => ({ ...small, ...changes });
export const png = (value = 0) =>
  sharp(Buffer.from([value, 1, 2, 3]), { raw: { width: 2, height: 2, channels: 1 } })
    .png()
    .toBuffer();
export const folderWith = async (name: string, bytes: Uint8Array | string): Promise<Files> => ({
  ...{ 'a/1.png': await png(), 'a/2.png': await png(5), 'b/1.png': await png(6), 'b/2.png': await png(7) },
  [name]: bytes,
});
export const npz = (arrays: Files) =>
  zipSync(
    Object.fromEntries(
      Object.entries(arrays).map(([name, bytes]) => [
        `${name}.npy`,
        typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
      ]),
    ),
  );
export const labels = npy('|u1', [4], [0, 1, 0, 1]);
export const images = npy('|u1', [4, 2, 2], pixels(4, 4));
export const csv = (rows: string) => `label,a,b,c,d\n0,1,2,3,4\n1,5,6,7,200\n${rows}`;
export const tar = async (entry: {
  name: string;
  type?: 'symlink';
  linkname?: string;
}): Promise<Uint8Array> => {
  const archive = pack();
  if (entry.type) archive.entry({ ...entry, size: 0 });
  else archive.entry(entry, 'x');
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive) parts.push(part as Buffer);
  return Buffer.concat(parts);
};
export const parquet = (columns: Parameters<typeof parquetWriteBuffer>[0]['columnData']) =>
  new Uint8Array(parquetWriteBuffer({ columnData: columns }));
export const encrypted = () => {
  const zip = Buffer.from(zipSync({ 'a/1.png': new Uint8Array(9) }));
  for (const [signature, at] of [
    ['PK\x03\x04', 6],
    ['PK\x01\x02', 8],
  ] as const)
    zip[zip.indexOf(signature, 0, 'latin1') + at]! |= 1;
  return zip;
};
export const trailer = (bytes: Uint8Array, cut: number) => bytes.subarray(0, bytes.length - cut);
