/** An exporter's result: files in memory, and notes about them. */
export interface ExportedFile {
  /** Path within the folder of the export, with `/` between folders. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Encoded {
  readonly files: readonly ExportedFile[];
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * Returns the array's bytes without a copy; all machines that Stride runs on are little-endian, as every
 * format here is.
 */
export function bytesOf(data: Float32Array | BigInt64Array | Int32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
