/**
 * Renames the dynamic symbols of TensorFlow's libraries, so that they cannot be bound to another library of
 * the same process.
 *
 * A Linux process has one scope of names. In Electron, Chromium loads Mesa's driver and with it the system's
 * LLVM; TensorFlow contains an LLVM, a BoringSSL, a curl, a zstd and more, and exports their names. When it
 * is loaded afterwards, the dynamic linker binds its calls and variables to the library that was loaded
 * first, and the process dies of a segmentation fault. So every name that the two libraries define and refer
 * to is renamed in both, except the C API, which the addon refers to.
 *
 * The new name has the length and the GNU hash of the old one. The hash is h = 33·h + c over the bytes, so
 * adding 1 to a byte and subtracting 33 from the next does not change it: `_Z…`, the prefix of all C++ names,
 * becomes `` `9… ``; `SSL_new` becomes `SSM>new`. The table of hashes, the symbols' order and all relocations
 * thus stay valid, and the file stays as large as it was. (patchelf --rename-dynamic-symbols appends a second
 * table of names: 108 MB more, and 40 to 60 seconds.)
 *
 * macOS and Windows do not need this, because they bind a name in the library that it is expected in.
 */
import fs from 'node:fs';
import path from 'node:path';
import { readDynamicTable, stringAt } from './elf.mjs';
import { SetupError } from './errors.mjs';

/**
 * Part of the cache's key. It must be raised when the renaming changes, so that older caches are prepared
 * again.
 */
export const PREPARATION = 'own1';

/**
 * Name of the mark in tfjs-node's deps/ that its libraries have been prepared; the desktop program looks for
 * it before it loads them.
 */
const MARK = 'own-names';

/**
 * Names that are kept: TensorFlow's C API, whose prefixes nobody else uses, and those that the C runtime
 * looks up.
 */
const KEPT = /^(TF_|TFE_|TSL_|__gmon_start__$|_ITM_|_init$|_fini$|_edata$|_end$|__bss_start$|__morestack)/;

/** Factor of the GNU hash function: if one byte gains k, the next loses 33·k. */
const FACTOR = 33;
const isOfIdentifier = (/** @type {number} */ byte) => /[A-Za-z0-9_.]/.test(String.fromCharCode(byte));
/**
 * A string ends with 0, many tools take `@` for the beginning of a version, and bytes from 127 on are not
 * ASCII characters.
 */
const isAllowed = (/** @type {number} */ byte) => byte > 0 && byte < 127 && byte !== 64;

/**
 * Returns where in a name a pair of bytes is changed and by how much: the first change whose result is not a
 * C identifier, so that no compiled code can refer to it.
 * @param {Buffer} strings
 * @param {number} start
 * @param {number} end
 * @returns {{ at: number, gain: number } | undefined}
 */
function findChange(strings, start, end) {
  for (const gain of [1, 2, 3]) {
    for (let at = start; at + 1 < end; at += 1) {
      const first = /** @type {number} */ (strings[at]) + gain;
      const second = /** @type {number} */ (strings[at + 1]) - FACTOR * gain;
      if (!isAllowed(first) || !isAllowed(second)) continue;
      if (!isOfIdentifier(first) || !isOfIdentifier(second)) return { at, gain };
    }
  }
  return undefined;
}

/** Returns whether a name was made by this module; no compiler makes such names. @param {string} name */
function isOwn(name) {
  return /[^A-Za-z0-9_.]/.test(name);
}

/**
 * Returns the names of a library that could be bound to another library of the process, or the reverse.
 * @param {string} file
 * @param {RegExp} [kept] names that are not counted
 * @returns {string[]}
 */
export function sharedNames(file, kept = KEPT) {
  const { strings, names } = readDynamicTable(file);
  return names
    .filter(({ foreignVersion }) => !foreignVersion)
    .map(({ offset }) => stringAt(strings, offset))
    .filter((name) => !kept.test(name) && !isOwn(name));
}

/**
 * Renames the symbols in place. No other process may use the file, because it is modified directly.
 * @param {string} file
 * @param {RegExp} [keptNames]
 * @returns {number} how many names were changed
 */
export function giveOwnNames(file, keptNames = KEPT) {
  const { strings, stringsAt, names, otherStrings, hasSysvHash } = readDynamicTable(file);
  if (hasSysvHash) {
    throw new SetupError(
      `${file} has a hash table of the old kind (.hash), with which its names cannot be changed in place.`,
    );
  }
  /** @type {Set<number>} */
  const kept = new Set(otherStrings);
  /** @type {Set<number>} */
  const changing = new Set();
  for (const { offset, foreignVersion } of names) {
    const name = stringAt(strings, offset);
    (foreignVersion || keptNames.test(name) || isOwn(name) ? kept : changing).add(offset);
  }
  const changes = innermost(strings, changing).map((offset) => {
    const change = findChange(strings, offset, strings.indexOf(0, offset));
    if (change) return change;
    throw new SetupError(`${file} has a name that cannot be changed: ${stringAt(strings, offset)}.`);
  });
  refuseOverlaps(file, strings, kept, changing, changes);
  for (const { at, gain } of changes) {
    strings[at] = /** @type {number} */ (strings[at]) + gain;
    strings[at + 1] = /** @type {number} */ (strings[at + 1]) - FACTOR * gain;
  }
  const offsets = new Set([...kept, ...changing]);
  if (new Set([...offsets].map((offset) => stringAt(strings, offset))).size !== offsets.size) {
    throw new SetupError(`${file}: two of its names would become one.`);
  }
  const fd = fs.openSync(file, 'r+');
  try {
    fs.writeSync(fd, strings, 0, strings.length, stringsAt);
  } finally {
    fs.closeSync(fd);
  }
  return changes.length;
}

/**
 * Returns the offsets of names that no other one begins within. A linker may store a name as the end of a longer one;
 * changing the shorter one then changes both, and keeps the hashes of both.
 * @param {Buffer} strings
 * @param {Set<number>} offsets
 */
function innermost(strings, offsets) {
  /** @type {Map<number, number>} */
  const byEnd = new Map();
  for (const offset of offsets) {
    const end = strings.indexOf(0, offset);
    byEnd.set(end, Math.max(offset, byEnd.get(end) ?? 0));
  }
  return [...byEnd.values()];
}

/**
 * Throws if a name that changes and one that does not share memory, as a linker may arrange, or if one would be changed
 * twice.
 * @param {string} file
 * @param {Buffer} strings
 * @param {Set<number>} kept
 * @param {Set<number>} changing
 * @param {{ at: number }[]} changes
 */
function refuseOverlaps(file, strings, kept, changing, changes) {
  const changed = new Uint8Array(strings.length);
  for (const { at } of changes) {
    changed[at] = 1;
    changed[at + 1] = 1;
  }
  for (const offset of [...kept, ...changing]) {
    let count = 0;
    for (let at = offset; strings[at] !== 0; at += 1) count += /** @type {number} */ (changed[at]);
    if (count === (changing.has(offset) ? 2 : 0)) continue;
    throw new SetupError(`${file} has a name that lies within another one: ${stringAt(strings, offset)}.`);
  }
}

/**
 * Renames the symbols in the libraries of a folder, and checks the result.
 * @param {string} folder with libtensorflow*.so* in it; links are left alone
 */
export function prepareLibraries(folder) {
  for (const name of libraries(folder)) {
    const file = path.join(folder, name);
    giveOwnNames(file);
    const [left] = sharedNames(file);
    if (left !== undefined) throw new SetupError(`${file} still has the name ${left}.`);
  }
}

/** Marks the libraries in tfjs-node's deps/ as prepared. @param {string} deps */
export function markPrepared(deps) {
  fs.writeFileSync(path.join(deps, MARK), `${PREPARATION}\n`);
}

/** @param {string} deps */
export function isPrepared(deps) {
  try {
    return fs.readFileSync(path.join(deps, MARK), 'utf8').trim() === PREPARATION;
  } catch {
    return false;
  }
}

/** @param {string} folder */
function libraries(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^libtensorflow.*\.so(\.|$)/.test(entry.name))
    .map(({ name }) => name);
}
