/**
 * A checksum of a whole safetensors file, stored in its own header: SHA-256 of the file with the checksum's
 * 64 digits set to zero. It covers the tensors as well as their names, shapes and the metadata. It is
 * computed outside JavaScript's thread (`crypto.subtle`).
 */
import { Problem } from '../../shared/base/problem.ts';

/** Metadata field with which `encodeSafetensors` encodes a file that is to be sealed. */
export const unsealed = { sha256: '0'.repeat(64) } as const;

const beginning = Buffer.from('"sha256":"');
const digits = 64;

/** Writes the checksum into a file that was encoded with `unsealed` in its metadata. */
export async function seal(file: Buffer): Promise<void> {
  const place = placeOf(file);
  if (place === undefined) throw new Error('the file has no place for its checksum');
  const checksum = await checksumOf(file);
  file.write(checksum, place, 'latin1');
}

/** Returns false if the file has no checksum. Throws a `Problem` if the checksum does not match the file. */
export async function requireWhole(file: Uint8Array, path: string): Promise<boolean> {
  const copy = Buffer.from(file);
  const place = placeOf(copy);
  if (place === undefined) return false;
  const said = copy.toString('latin1', place, place + digits);
  copy.write(unsealed.sha256, place, 'latin1');
  const found = await checksumOf(copy);
  if (found === said) return true;
  throw new Problem(
    'checkpoint.checksum',
    `${path} is damaged: its bytes do not fit its checksum (SHA-256 ${found.slice(0, 12)}…, where ${said.slice(0, 12)}… would be right)`,
    { path, found, expected: said },
  );
}

/**
 * Returns the position of the field. Quotes within JSON's strings are escaped, so that only the field itself
 * begins like this.
 */
function placeOf(file: Buffer): number | undefined {
  if (file.length < 8) return undefined;
  const end = Math.min(file.length, 8 + Number(file.readBigUInt64LE(0)));
  const found = file.subarray(0, end).indexOf(beginning);
  const place = found + beginning.length;
  return found < 0 || place + digits > end ? undefined : place;
}

async function checksumOf(file: Buffer): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', file as Uint8Array<ArrayBuffer>)).toString('hex');
}
