/**
 * Reads the dynamic names of a shared library for Linux (ELF, 64 bits, little-endian) without loading it. The
 * structures are those of <elf.h>; sections are found through the section headers, which strip and
 * TensorFlow's linkers keep.
 */
import fs from 'node:fs';
import { SetupError } from './errors.mjs';

const MAGIC = 0x464c457f;
const SHT = { dynamic: 6, dynsym: 11, hash: 5, verdef: 0x6ffffffd, verneed: 0x6ffffffe, versym: 0x6fffffff };
/** Tags of the dynamic section whose value is a string: NEEDED, SONAME, RPATH, RUNPATH. */
const STRING_TAGS = new Set([1, 14, 15, 29]);
const SYMBOL_BYTES = 24;
const STB_LOCAL = 0;
const STB_WEAK = 2;

/**
 * @typedef {object} DynamicName
 * @property {number} offset offset of the name in `strings`
 * @property {boolean} defined whether this library defines the name rather than requires it
 * @property {boolean} weak
 * @property {boolean} foreignVersion whether it is required with a version of another library, as all names of libc and libstdc++ are
 */

/**
 * @typedef {object} DynamicTable
 * @property {Buffer} strings the section .dynstr
 * @property {number} stringsAt where it lies in the file
 * @property {DynamicName[]} names all names but the local ones
 * @property {Set<number>} otherStrings offsets of other strings in .dynstr: needed libraries, versions
 * @property {boolean} hasSysvHash whether there is a table of the old hash function (.hash), besides .gnu.hash
 */

/** @param {Buffer} strings @param {number} offset */
export function stringAt(strings, offset) {
  return strings.toString('latin1', offset, strings.indexOf(0, offset));
}

/**
 * Reads the dynamic names of a library. Throws a SetupError if the file is not a library.
 * @param {string} file
 * @returns {DynamicTable}
 */
export function readDynamicTable(file) {
  const fd = fs.openSync(file, 'r');
  try {
    return readFrom(fd, file);
  } finally {
    fs.closeSync(fd);
  }
}

/** @typedef {{ type: number, offset: number, size: number, link: number, info: number }} Section */

/** @param {number} fd @param {string} file @returns {DynamicTable} */
function readFrom(fd, file) {
  const header = bytes(fd, 0, 64);
  if (header.length < 64 || header.readUInt32LE(0) !== MAGIC || header[4] !== 2 || header[5] !== 1) {
    throw new SetupError(`${file} is no shared library for 64-bit Linux.`);
  }
  const sections = readSections(fd, header);
  const of = (/** @type {number} */ type) => sections.find((section) => section.type === type);
  const dynsym = of(SHT.dynsym);
  const dynstr = dynsym && sections[dynsym.link];
  if (!dynsym || !dynstr) throw new SetupError(`${file} has no table of dynamic names.`);
  const content = (/** @type {Section | undefined} */ section) =>
    section ? bytes(fd, section.offset, section.size) : Buffer.alloc(0);
  const strings = content(dynstr);
  const versions = content(of(SHT.versym));
  const needed = readNeededVersions(content(of(SHT.verneed)), of(SHT.verneed)?.info ?? 0);
  const names = [];
  const symbols = content(dynsym);
  for (let at = SYMBOL_BYTES; at + SYMBOL_BYTES <= symbols.length; at += SYMBOL_BYTES) {
    const binding = /** @type {number} */ (symbols[at + 4]) >> 4;
    const offset = symbols.readUInt32LE(at);
    if (binding === STB_LOCAL || strings[offset] === 0) continue;
    const place = (at / SYMBOL_BYTES) * 2;
    const version = place + 2 <= versions.length ? versions.readUInt16LE(place) & 0x7fff : 1;
    names.push({
      offset,
      defined: symbols.readUInt16LE(at + 6) !== 0,
      weak: binding === STB_WEAK,
      foreignVersion: needed.indices.has(version),
    });
  }
  const otherStrings = new Set([
    ...needed.strings,
    ...readDefinedVersions(content(of(SHT.verdef)), of(SHT.verdef)?.info ?? 0),
    ...readDynamicStrings(content(of(SHT.dynamic))),
  ]);
  return { strings, stringsAt: dynstr.offset, names, otherStrings, hasSysvHash: of(SHT.hash) !== undefined };
}

/** @param {number} fd @param {Buffer} header @returns {Section[]} */
function readSections(fd, header) {
  const start = Number(header.readBigUInt64LE(0x28));
  const size = header.readUInt16LE(0x3a);
  const count = header.readUInt16LE(0x3c);
  const table = bytes(fd, start, size * count);
  return Array.from({ length: Math.floor(table.length / size) }, (_, i) => ({
    type: table.readUInt32LE(i * size + 4),
    offset: Number(table.readBigUInt64LE(i * size + 0x18)),
    size: Number(table.readBigUInt64LE(i * size + 0x20)),
    link: table.readUInt32LE(i * size + 0x28),
    info: table.readUInt32LE(i * size + 0x2c),
  }));
}

/**
 * Reads Elf64_Verneed, the versions required from other libraries.
 * @param {Buffer} table
 * @param {number} count
 */
function readNeededVersions(table, count) {
  const indices = new Set();
  const strings = [];
  for (let i = 0, at = 0; i < count; i += 1) {
    strings.push(table.readUInt32LE(at + 4));
    let aux = at + table.readUInt32LE(at + 8);
    for (let j = 0; j < table.readUInt16LE(at + 2); j += 1) {
      indices.add(table.readUInt16LE(aux + 6) & 0x7fff);
      strings.push(table.readUInt32LE(aux + 8));
      aux += table.readUInt32LE(aux + 12);
    }
    at += table.readUInt32LE(at + 12);
  }
  return { indices, strings };
}

/**
 * Reads Elf64_Verdef, the versions that the library itself defines.
 * @param {Buffer} table
 * @param {number} count
 */
function readDefinedVersions(table, count) {
  const strings = [];
  for (let i = 0, at = 0; i < count; i += 1) {
    let aux = at + table.readUInt32LE(at + 12);
    for (let j = 0; j < table.readUInt16LE(at + 6); j += 1) {
      strings.push(table.readUInt32LE(aux));
      aux += table.readUInt32LE(aux + 4);
    }
    at += table.readUInt32LE(at + 16);
  }
  return strings;
}

/** Reads Elf64_Dyn. @param {Buffer} table */
function readDynamicStrings(table) {
  const strings = [];
  for (let at = 0; at + 16 <= table.length; at += 16) {
    if (STRING_TAGS.has(Number(table.readBigUInt64LE(at))))
      strings.push(Number(table.readBigUInt64LE(at + 8)));
  }
  return strings;
}

/** @param {number} fd @param {number} start @param {number} length */
function bytes(fd, start, length) {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = fs.readSync(fd, buffer, done, length - done, start + done);
    if (read === 0) break;
    done += read;
  }
  return buffer.subarray(0, done);
}
