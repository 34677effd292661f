/**
 * Gives TensorFlow's libraries dynamic names of their own, so that nothing in them can be bound to a library of the same process.
 *
 * A Linux process has one scope of names. In Electron, Chromium loads Mesa's driver and with it the system's LLVM; TensorFlow
 * carries an LLVM, a BoringSSL, a curl, a zstd and more inside and exports their names. When it is loaded afterwards, the dynamic linker
 * binds its calls and variables to whatever library came first, and the process dies of a segmentation fault. So every name that both
 * of the libraries' own code defines and asks for is renamed in both, except the C API, which the addon asks for.
 *
 * The new name has the length and the GNU hash of the old one. The hash is h = 33·h + c over the bytes, so one more in a byte and
 * 33 less in the next leave it as it is: `_Z…`, with which all names of C++ begin, becomes `` `9… ``; `SSL_new` becomes `SSM>new`.
 * The table of hashes, the symbols' order and all relocations thus stay valid, and the file stays as large as it was. (patchelf
 * --rename-dynamic-symbols appends a second table of names: 108 MB more, and 40 to 60 seconds.)
 *
 * macOS and Windows need none of this: there a name is bound together with the library that it is expected in.
 */
import fs from 'node:fs';
import path from 'node:path';
import { readDynamicTable, stringAt } from './elf.mjs';
import { SetupError } from './errors.mjs';

/** Part of the cache's key: raise it when the renaming changes, so that older caches are prepared again. */
export const PREPARATION = 'own1';

/** Lies in tfjs-node's deps/ where its libraries have been prepared; the desktop program looks for it before it loads them. */
const MARK = 'own-names';

/**
 * What keeps its name: TensorFlow's C API, whose prefixes nobody else uses, and what the C runtime looks for by name.
 */
const KEPT = /^(TF_|TFE_|TSL_|__gmon_start__$|_ITM_|_init$|_fini$|_edata$|_end$|__bss_start$|__morestack)/;

/** The factor of the GNU hash function: where one byte gains k, the next loses 33·k. */
const FACTOR = 33;
const isOfIdentifier = (/** @type {number} */ byte) => /[A-Za-z0-9_.]/.test(String.fromCharCode(byte));
/** A string ends with 0, many tools take `@` for the beginning of a version, and beyond 127 encodings begin. */
const isAllowed = (/** @type {number} */ byte) => byte > 0 && byte < 127 && byte !== 64;

/**
 * Where in a name a pair of bytes is changed and by how much: the first way in which the result is no identifier of C any
 * more, so that no compiled code can ask for it.
 * @param {Buffer} strings @param {number} start @param {number} end
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

/** Whether a name was given by this module: no compiler makes such names. @param {string} name */
function isOwn(name) {
  return /[^A-Za-z0-9_.]/.test(name);
}

/**
 * The names of a library that another library of the process could answer, or be answered by.
 * @param {string} file
 * @returns {string[]}
 */
export function sharedNames(file) {
  const { strings, names } = readDynamicTable(file);
  return names
    .filter(({ foreignVersion }) => !foreignVersion)
    .map(({ offset }) => stringAt(strings, offset))
    .filter((name) => !KEPT.test(name) && !isOwn(name));
}

/**
 * Renames in place. The file must be nobody else's: it is changed while it lies there.
 * @param {string} file
 * @returns {number} how many names were changed
 */
export function giveOwnNames(file) {
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
    (foreignVersion || KEPT.test(name) || isOwn(name) ? kept : changing).add(offset);
  }
  const changes = [...changing].map((offset) => {
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
 * A linker may let a name begin within another one; it would be changed along with it, or twice.
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
 * Renames in the libraries of a folder, and looks at them once more.
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

/** Says in tfjs-node's deps/ that the libraries there are prepared. @param {string} deps */
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
