// CONTRIBUTING.md is true: its diffs apply and work, its list of files is the compiler's, and the files that it names exist.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
/** A copy of the sources, in which the examples are applied. */
const copy = mkdtempSync(join(tmpdir(), 'stride-contributing-'));

const part = (name: string) => text.split(`<!-- example: ${name} -->`)[1]!;
const diffOf = (name: string) => /```diff\n([\s\S]*?)```/.exec(part(name))![1]!;
const filesOf = (diff: string) => [...diff.matchAll(/^\+\+\+ b\/(.*)$/gm)].map((match) => match[1]!);
const pathsIn = (words: string, folders: string) =>
  [...words.matchAll(new RegExp(`\`((?:${folders})/[^\`\\s]+)\``, 'g'))].map((match) => match[1]!);

function apply(name: string): void {
  writeFileSync(join(copy, 'example.diff'), diffOf(name));
  execFileSync('git', ['apply', 'example.diff'], {
    cwd: copy,
    // Not as part of a repository that the folder for temporary files may lie in.
    env: { ...process.env, GIT_CEILING_DIRECTORIES: resolve(copy, '..') },
  });
}

/** The files of the copy in which the compiler finds that something is missing. */
function incomplete(entries: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, copy);
  const program = ts.createProgram(
    entries.map((entry) => join(copy, entry)),
    { ...options, noEmit: true, allowJs: true },
  );
  // A property is missing from a table; a switch does not end.
  const codes = new Set([2739, 2740, 2741, 2366]);
  return entries.filter((entry) => {
    const source = program.getSourceFile(join(copy, entry));
    return source && program.getSemanticDiagnostics(source).some(({ code }) => codes.has(code));
  });
}

beforeAll(() => {
  const names = ['src', 'test/engine', 'test/support', 'test/vectors', 'resources', 'vitest.config.ts'];
  for (const each of [...names, 'svelte.config.js', 'package.json', 'tsconfig.base.json']) {
    cpSync(join(root, each), join(copy, each), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test('every file that is named exists', () => {
  const named = pathsIn(text, 'src|test|scripts|resources|docs');
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('the compiler asks for a fresh layer kind in each of the files that are listed', () => {
  const listed = pathsIn(part('layer kind').split('\n\n')[1]!, 'src');
  const index = join(copy, 'src/shared/layers/index.ts');
  const original = readFileSync(index, 'utf8');
  const flatten = readFileSync(join(copy, 'src/shared/layers/flatten.ts'), 'utf8');
  const fresh = flatten.replaceAll('Flatten', 'Fresh').replaceAll('flatten', 'fresh');
  const kindImport = 'import type { LayerKind }';
  writeFileSync(join(copy, 'src/shared/layers/fresh.ts'), fresh);
  expect(incomplete(listed)).toEqual([]);
  writeFileSync(
    index,
    original
      .replace(kindImport, `import { type Fresh, fresh } from './fresh.ts';\n${kindImport}`)
      .replace('  flatten: Flatten;', '  flatten: Flatten;\n  fresh: Fresh;'),
  );
  expect(incomplete(listed)).toEqual(listed);
  writeFileSync(index, original);
});

test('a contract call takes its declaration and its handler', () => {
  const files = filesOf(diffOf('contract call'));
  expect(files).toEqual(['src/shared/api/calls/preferences.ts', 'src/main/lab/calls/preferences.ts']);
  apply('contract call');
  for (const file of files) {
    expect(readFileSync(join(copy, file), 'utf8')).toContain("'preferences.clear'");
  }
});

test('an activation takes at most three files, and its gradient is right', () => {
  expect(filesOf(diffOf('activation')).length).toBeLessThanOrEqual(3);
  apply('activation');
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--project=integration', 'test/engine/gradients.test.ts', '-t', 'mish'],
    ],
    { cwd: copy, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } },
  );
  expect(stdout).toMatch(/Tests\s+[1-9]\d* passed/);
  expect(status).toBe(0);
});
