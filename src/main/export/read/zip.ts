/** Zip files in memory, whose directory is checked against the bytes before anything is unpacked. */
import { unzipSync } from 'fflate';
import { Problem } from '../../../shared/base/problem.ts';

/** Limit on the total size of the unpacked members; weights of small nets take a thousandth of it. */
const largest = 2 ** 30;

const endSignature = 0x0605_4b50;
const endBytes = 22;

/**
 * Returns members by name. Throws a `Problem` for a damaged file, one that holds several archives, and one
 * that is too large.
 */
export function unzip(bytes: Uint8Array, path: string): Record<string, Uint8Array> {
  requireOneArchive(bytes, path);
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total <= largest) return true;
        throw new Problem('import.too-large', `${path} would unpack to more than ${largest / 2 ** 20} MiB`, {
          path,
        });
      },
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw damaged(path, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Throws unless the directory is immediately before its end record, at the offset which that record states
 * (APPNOTE 4.3.16).
 */
function requireOneArchive(bytes: Uint8Array, path: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.length - endBytes; at >= 0 && at >= bytes.length - 66_000; at -= 1) {
    if (view.getUint32(at, true) !== endSignature) continue;
    const size = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    // 0xffffffff means that the true numbers are in the zip64 record between the directory and this one.
    if (offset === 0xffff_ffff || offset + size === at) return;
    const zip64 = 76;
    if (offset + size + zip64 === at) return;
    throw new Problem(
      'import.several-archives',
      `${path} holds more than one archive, or something before or after it; save the state_dict alone into a new file`,
      { path },
    );
  }
  throw damaged(path, 'its directory is missing, so it was cut short');
}

function damaged(path: string, detail: string): Problem {
  return new Problem('import.damaged', `${path} is damaged: ${detail}; get the file again`, { path, detail });
}
