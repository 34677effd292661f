/**
 * Encodes messages as bytes for the WebSocket: MessagePack with one extension type for Float32Array, so that a run's
 * losses take four bytes each and arrive with the type of the contract. Both ends use this file. (Electron does not
 * need it: structured clone carries typed arrays.)
 */
import { ExtensionCodec, decode, encode } from '@msgpack/msgpack';

/** The path on which the browser host accepts WebSockets. */
export const labPath = '/lab';

/** The close code (4000 to 4999 are for applications) of an ended lab: reconnecting is useless. */
export const labEndedCode = 4001;

/** MessagePack leaves the types 0 to 127 to applications. */
const float32Type = 1;

/**
 * Array buffers are little-endian on everything that Node and Chromium run on; a big-endian reader would have to swap
 * bytes.
 */
const extensions = new ExtensionCodec();
extensions.register({
  type: float32Type,
  encode: (value) =>
    value instanceof Float32Array ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
  // The bytes are copied: those of a message start at any offset, and a Float32Array must start at a multiple of four.
  // In Node the bytes are a Buffer, whose own `slice` copies nothing and whose memory is shared with other messages.
  decode: (bytes) => {
    if (bytes.length % 4 !== 0) throw new RangeError(`${bytes.length} bytes are no Float32Array`);
    return new Float32Array(Uint8Array.from(bytes).buffer);
  },
});

/**
 * Encodes a message. An `undefined` field is left out, as in JSON: otherwise it would arrive as null, which the schemas
 * refuse.
 */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return encode(message, { extensionCodec: extensions, ignoreUndefined: true });
}

/** Throws MessagePack's error if the bytes are truncated or are something else. */
export function decodeMessage(bytes: ArrayBuffer | Uint8Array): unknown {
  return decode(bytes, { extensionCodec: extensions });
}
