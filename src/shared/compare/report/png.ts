/**
 * Encodes small pictures as `data:` addresses, so that a report needs no other file. The PNG's pixels are stored, not
 * compressed (RFC 1951, 3.2.4): for an image of a few hundred pixels that is 1 kB, and needs no library.
 */

/** `pixels` is height × width × channels (1 or 3), one byte each. */
export function pngAddress(pixels: Uint8Array, width: number, height: number, channels: number): string {
  const row = width * channels;
  const raw = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y += 1) {
    // Each row begins with its filter type, 0 for none.
    raw.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  }
  const header = [...number32(width), ...number32(height), 8, channels === 1 ? 0 : 2, 0, 0, 0];
  const bytes = [
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk('IHDR', header),
    ...chunk('IDAT', stored(raw)),
    ...chunk('IEND', []),
  ];
  return `data:image/png;base64,${base64(Uint8Array.from(bytes))}`;
}

const number32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function chunk(name: string, data: readonly number[]): number[] {
  const body = [...Array.from(name, (letter) => letter.charCodeAt(0)), ...data];
  return [...number32(data.length), ...body, ...number32(crc32(body))];
}

/** Returns a zlib stream (RFC 1950) of stored blocks of at most 65,535 bytes. */
function stored(raw: Uint8Array): number[] {
  const bytes = [0x78, 0x01];
  const most = 65_535;
  for (let from = 0; from < raw.length; from += most) {
    const part = raw.subarray(from, from + most);
    const size = part.length;
    const last = from + size === raw.length ? 1 : 0;
    bytes.push(last, size & 255, size >>> 8, ~size & 255, (~size >>> 8) & 255);
    for (const byte of part) bytes.push(byte);
  }
  let [a, b] = [1, 0];
  for (const byte of raw) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  bytes.push(...number32(((b << 16) | a) >>> 0));
  return bytes;
}

function crc32(bytes: readonly number[]): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const left = bytes.length - i;
    text += [18, 12, 6, 0]
      .map((shift, place) => (place <= left ? alphabet[(three >>> shift) & 63] : '='))
      .join('');
  }
  return text;
}
