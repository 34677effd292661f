import { crc32, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pngAddress } from './png.ts';

/** The chunks of a PNG, each checked against its checksum. */
function chunksOf(address: string): Map<string, Buffer> {
  const file = Buffer.from(address.replace('data:image/png;base64,', ''), 'base64');
  expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 4, at + 8 + length);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

test.each([
  [28, 28, 1],
  [5, 3, 3],
  [1, 1, 1],
  // The image needs more than one stored block.
  [200, 120, 3],
])('%i × %i pixels with %i channels are read back as they were', (width, height, channels) => {
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256);
  const chunks = chunksOf(pngAddress(pixels, width, height, channels));
  const header = chunks.get('IHDR')!;
  expect([header.readUInt32BE(0), header.readUInt32BE(4), header[8]]).toEqual([width, height, 8]);
  expect(header[9]).toBe(channels === 1 ? 0 : 2);
  const rows = inflateSync(chunks.get('IDAT')!);
  const row = width * channels;
  const read = Array.from({ length: height }, (_, y) => [
    ...rows.subarray(y * (row + 1) + 1, (y + 1) * (row + 1)),
  ]);
  expect(read.flat()).toEqual([...pixels]);
  expect(chunks.has('IEND')).toBe(true);
});
