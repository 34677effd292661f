/**
 * Lists the dynamic names that TensorFlow's libraries share with the other libraries of a running process, by
 * class. Any of them could be bound to the other library (scripts/setup/own-names.mjs explains the
 * consequence).
 *
 *     node scripts/auditNames.mjs <process id> [folder with libtensorflow*.so*]
 *
 * The process is a running desktop program's main process (the libraries are those that are mapped into it);
 * the folder is the prepared library's by default. docs/desktop.md has the result. Exit code 1 if a name is
 * shared.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { packageFolder } from './setup/addon.mjs';
import { Context } from './setup/context.mjs';
import { readDynamicTable, stringAt } from './setup/elf.mjs';

const [pid, given] = process.argv.slice(2);
if (!pid) {
  process.stderr.write('usage: node scripts/auditNames.mjs <process id> [folder]\n');
  process.exit(2);
}
const folder = given ?? path.join(packageFolder(new Context()), 'deps', 'lib');
const own = fs.readdirSync(folder).filter((name) => /^libtensorflow.*\.so\.2/.test(name));
/** @type {Set<string>} */
const names = new Set();
for (const file of new Set(own.map((name) => fs.realpathSync(path.join(folder, name))))) {
  const table = readDynamicTable(file);
  for (const { offset, foreignVersion } of table.names)
    if (!foreignVersion) names.add(stringAt(table.strings, offset));
}
const mapped = fs
  .readFileSync(`/proc/${pid}/maps`, 'utf8')
  .split('\n')
  .map((line) => line.slice(line.indexOf('/')))
  .filter((file) => file.startsWith('/') && !file.includes('tensorflow') && !file.includes('tfjs_binding'));
/** @type {Map<string, Map<string, number>>} class → library → how many */
const shared = new Map();
let libraries = 0;
for (const file of new Set(mapped)) {
  let table;
  try {
    table = readDynamicTable(file);
  } catch {
    continue; // A mapped file may also be a font, a cache or a data file.
  }
  libraries += 1;
  for (const { offset, defined } of table.names) {
    const name = stringAt(table.strings, offset);
    if (!defined || !names.has(name)) continue;
    const row = shared.get(classOf(name)) ?? new Map();
    row.set(path.basename(file), (row.get(path.basename(file)) ?? 0) + 1);
    shared.set(classOf(name), row);
  }
}
process.stdout.write(
  `${names.size} names of ${own.length} libraries; ${libraries} other libraries in process ${pid}\n`,
);
for (const [kind, row] of [...shared].sort(([a], [b]) => a.localeCompare(b))) {
  const where = [...row].sort((a, b) => b[1] - a[1]).map(([library, count]) => `${library} ${count}`);
  process.stdout.write(`${kind.padEnd(16)} ${where.join(', ')}\n`);
}
if (shared.size === 0) process.stdout.write('none is shared\n');
process.exitCode = shared.size > 0 ? 1 : 0;

/** @param {string} name */
function classOf(name) {
  if (/llvm|^LLVM/.test(name)) return 'LLVM';
  if (/N?4absl/.test(name)) return 'absl';
  if (/google8protobuf/.test(name)) return 'protobuf';
  if (/^_Z\w*?(St|NSt|NKSt|9__gnu_cxx)/.test(name)) return 'libstdc++';
  if (name.startsWith('_Z')) return `C++ ${/\d+([a-z]+)/i.exec(name)?.[1] ?? ''}`;
  return `C ${/^_*[A-Za-z0-9]+_?/.exec(name)?.[0] ?? name}`;
}
