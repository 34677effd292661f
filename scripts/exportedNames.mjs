/**
 * Checks that no two files of src export a type, an interface or a class under one name, so that a search for
 * a name finds one thing. Functions and constants may share a name if two folders each have a part of one
 * thing, as the layer kind `conv2d` and its operation `conv2d` do.
 *
 *     node scripts/exportedNames.mjs [folder]
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const declaration = /^export (?:declare )?(?:abstract )?(?:class|interface|type|enum) (\w+)/gm;

/**
 * Returns the names that more than one file of a folder exports as a type, each with its files.
 * @param {string} folder
 * @returns {Map<string, string[]>}
 */
export function sharedTypeNames(folder) {
  /** @type {Map<string, string[]>} */
  const homes = new Map();
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue;
    const file = path.join(entry.parentPath, entry.name);
    const names = [...fs.readFileSync(file, 'utf8').matchAll(declaration)].map((match) => String(match[1]));
    for (const name of new Set(names)) {
      homes.set(name, [...(homes.get(name) ?? []), path.relative(folder, file)]);
    }
  }
  return new Map([...homes].filter(([, files]) => files.length > 1));
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const shared = sharedTypeNames(process.argv[2] ?? 'src');
  for (const [name, files] of shared) {
    process.stdout.write(
      `${name} is exported by ${files.join(' and ')}: give one of them a name of its own\n`,
    );
  }
  process.exitCode = shared.size > 0 ? 1 : 0;
}
