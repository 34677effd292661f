/** A checkpoint's tensors as a safetensors file. Only float32 is read and written. */
import { damaged, decodeTensorFile, encodeTensorFile } from '../../shared/models/safetensors.ts';
import type { NamedTensor } from '../../shared/runs/checkpoint.ts';

export interface Safetensors {
  readonly tensors: readonly NamedTensor[];
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

export function encodeSafetensors({ tensors, metadata }: Safetensors): Buffer {
  const file = encodeTensorFile({
    metadata,
    tensors: tensors.map(({ name, shape, data }) => ({
      name,
      dtype: 'F32',
      shape,
      bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })),
  });
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength);
}

/** Decodes a file; `path` is used in error messages. The tensors are copies with buffers of their own. */
export function decodeSafetensors(file: Uint8Array, path: string): Safetensors {
  const { tensors, metadata } = decodeTensorFile(file, path);
  return {
    metadata,
    tensors: tensors.map(({ name, dtype, shape, bytes }) => {
      if (dtype !== 'F32')
        throw damaged(path, `tensor "${name}" has dtype ${JSON.stringify(dtype)}; F32 is needed`);
      const data = new Float32Array(bytes.length / 4);
      new Uint8Array(data.buffer).set(bytes);
      return { name, shape, data };
    }),
  };
}
