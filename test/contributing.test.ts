// CONTRIBUTING.md is true: its diffs apply, compile and work, and the files that it names exist.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
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

/** The compiler's errors in the copy's sources that these files import, as `file: message`. */
function compilerErrors(entries: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, copy);
  const program = ts.createProgram(
    entries.map((entry) => join(copy, entry)),
    { ...options, noEmit: true, allowJs: true, types: ['node'] },
  );
  const own = program.getSourceFiles().filter(({ fileName }) => /\/src\/(shared|main)\//.test(fileName));
  const shown = entries.flatMap((entry) => program.getSourceFile(join(copy, entry)) ?? []);
  return [...new Set([...own, ...shown])].flatMap((source) =>
    program
      .getSemanticDiagnostics(source)
      .map(
        ({ messageText }) =>
          `${relative(copy, source.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      ),
  );
}

/** Removes a part of a file of the copy; returns the function that restores it. */
function without(file: string, pattern: RegExp): () => void {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  const changed = original.replace(pattern, '');
  expect(changed).not.toBe(original);
  writeFileSync(path, changed);
  return () => writeFileSync(path, original);
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

test('a contract call takes its declaration and its handler', () => {
  const files = filesOf(diffOf('contract call'));
  expect(files).toEqual(['src/shared/api/calls/preferences.ts', 'src/main/lab/calls/preferences.ts']);
  apply('contract call');
  for (const file of files) {
    expect(readFileSync(join(copy, file), 'utf8')).toContain("'preferences.clear'");
  }
});

/** What is written from a layer or an activation imports nearly all of the sources. */
const writers = [
  'src/main/engine/serving/servingGraph.ts',
  'src/main/engine/compile/compile.ts',
  'src/main/export/index.ts',
  'src/shared/code/keras.ts',
  'src/shared/code/tfjs.ts',
  'src/shared/code/parsePyTorch.ts',
  'src/shared/figure/networkFigure.ts',
  'src/shared/inspect/spellOut.ts',
  'src/renderer/i18n/design.ts',
];

test('an activation takes at most three files, a layer kind at most five, and these are all', () => {
  expect(filesOf(diffOf('activation')).length).toBeLessThanOrEqual(3);
  const files = filesOf(diffOf('layer kind'));
  expect(files.length).toBeLessThanOrEqual(5);
  apply('activation');
  apply('layer kind');
  expect(compilerErrors([...writers, ...files])).toEqual([]);
});

test('a layer kind that is missing something does not compile', () => {
  const [kind, , , operations, icons] = filesOf(diffOf('layer kind')) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const missing = [
    { file: kind, name: 'fields', pattern: /^ {2}fields,\n/m },
    { file: operations, name: 'globalMaxPool', pattern: /^ {2}globalMaxPool,\n/m },
    { file: icons, name: 'globalMaxPool', pattern: /^ {2}globalMaxPool: .*\n/m },
  ];
  const restore = missing.map(({ file, pattern }) => without(file, pattern));
  const errors = compilerErrors([kind, operations, icons]);
  for (const each of restore) each();
  for (const { file, name } of missing) {
    const own = errors.filter((error) => error.startsWith(file));
    expect(own, file).toHaveLength(1);
    expect(own[0]).toContain(`Property '${name}' is missing`);
  }
  expect(errors).toHaveLength(missing.length);
});

test('the gradients of the new activation and the new layer kind are right', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--project=integration', 'test/engine/gradients.test.ts', '-t', 'mish|globalMaxPool'],
    ],
    { cwd: copy, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } },
  );
  expect(stdout).toMatch(/mish/);
  expect(stdout).toMatch(/globalMaxPool/);
  expect(stdout).toMatch(/Tests\s+[1-9]\d* passed/);
  expect(status).toBe(0);
});
