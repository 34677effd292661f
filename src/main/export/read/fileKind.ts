/** Recognises a file of weights by its first bytes, because names and extensions are often wrong. */
import { Problem } from '../../../shared/base/problem.ts';

export type WeightsFileKind = 'torchZip' | 'torchLegacy' | 'safetensors' | 'onnx';

const latin1 = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/**
 * `0x1950a86a20f9469cfc6c` as LONG1, after PROTO: the beginning of a file of PyTorch before 1.6
 * (torch/serialization.py).
 */
const legacyMagic = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** Throws a `Problem` that says what the file is instead, if that can be recognised. */
export function weightsFileKind(bytes: Uint8Array, path: string): WeightsFileKind {
  const refuse = (code: string, what: string) => new Problem(code, `${path} ${what}`, { path });
  if (bytes.length === 0) throw refuse('import.empty', 'is empty; get the file again');
  const begins = (text: string, at = 0) => latin1(bytes.subarray(at, at + text.length)) === text;
  if (begins('PK\x03\x04')) return 'torchZip';
  if (legacyMagic.every((byte, i) => bytes[i + 2] === byte)) return 'torchLegacy';
  const start = latin1(bytes.subarray(0, 64)).trimStart().toLowerCase();
  if (start.startsWith('<')) {
    throw refuse(
      'import.web-page',
      'is a web page and no file of weights: the download link led to a page; get the file itself',
    );
  }
  if (start.startsWith('version https://git-lfs')) {
    throw refuse('import.lfs', 'is only a pointer of Git LFS; get the file itself with "git lfs pull"');
  }
  if (begins('\x89HDF\r\n\x1a\n')) {
    throw refuse(
      'import.keras-weights',
      'is an HDF5 file, as Keras writes them; weights are read from .pt, .safetensors and .onnx',
    );
  }
  if (begins('ustar', 257)) {
    throw refuse(
      'import.tar',
      'is a tar file, the form of PyTorch before 0.1.10; load it with PyTorch and save its state_dict again',
    );
  }
  if (bytes.length > 9 && looksLikeSafetensors(bytes)) return 'safetensors';
  // A ModelProto begins with its IR version, a small number (field 1), or another short field.
  if (bytes[0] === 0x08 && (bytes[1] ?? 99) < 64) return 'onnx';
  if (bytes[0] === 0x80) {
    throw refuse(
      'import.pickle',
      'is a pickle, but not one of torch.save; save the state_dict with torch.save(net.state_dict(), "net.pt")',
    );
  }
  throw refuse(
    'import.unknown',
    'is no file of weights that is known here; .pt, .safetensors and .onnx are read',
  );
}

function looksLikeSafetensors(bytes: Uint8Array): boolean {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  return bytes[8] === 0x7b && length <= 100_000_000n;
}
