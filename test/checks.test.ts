// The checks of npm run check bite: each is given a small mistake of its kind, and says where it is.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ESLint } from 'eslint';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { afterAll, describe, expect, test } from 'vitest';
import { STATIC_PARTS } from '../scripts/check.mjs';
import { sharedTypeNames } from '../scripts/exportedNames.mjs';
import { sizeConfigs } from '../scripts/sizes.mjs';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'stride-checks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

test('npm run check has the parts that are tested here', () => {
  expect(STATIC_PARTS.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['lint', 'dead exports', 'exported names', 'types shared', 'types node']),
  );
});

describe('dead exports', () => {
  /** What knip says of a small project with this project's rules. */
  function knip(): { status: number | null; output: string } {
    const rules = JSON.parse(readFileSync(join(root, 'knip.json'), 'utf8')) as Record<string, unknown>;
    // Names of packages that the small project does not have would be complained of themselves.
    write('knip.json', JSON.stringify({ ...rules, ignoreDependencies: [], ignoreBinaries: [] }));
    write('package.json', '{ "name": "small", "type": "module" }');
    copyFileSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.json'));
    const script = join(root, 'node_modules/knip/bin/knip.js');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [script, '--no-progress', '--no-config-hints'],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
    );
    return { status, output: stdout + stderr };
  }

  test('a function and a type that nothing imports are refused', () => {
    write('src/main/desktop.ts', "import { used } from './parts.ts';\nused();\n");
    write(
      'src/main/parts.ts',
      'export function used(): void {}\nexport function deadFunction(): void {}\nexport type DeadType = number;\n',
    );
    const { status, output } = knip();
    expect(output).toContain('deadFunction');
    expect(output).toContain('DeadType');
    expect(status).toBe(1);
  });

  test('what is imported, and a type that its own file uses, are allowed', () => {
    write('src/main/desktop.ts', "import { used } from './parts.ts';\nused({ size: 1 });\n");
    write(
      'src/main/parts.ts',
      'export interface Parts {\n  size: number;\n}\nexport function used(parts: Parts): number {\n  return parts.size;\n}\n',
    );
    const { status, output } = knip();
    expect(output.trim()).toBe('');
    expect(status).toBe(0);
  });
});

test('a type that two files export under one name is refused, and no two of src are', () => {
  write('names/a.ts', 'export interface Twice {}\nexport type Once = number;\n');
  write('names/deeper/b.ts', 'export class Twice {}\n');
  expect([...sharedTypeNames(join(folder, 'names'))]).toEqual([['Twice', ['a.ts', join('deeper', 'b.ts')]]]);
  expect([...sharedTypeNames(join(root, 'src'))]).toEqual([]);
});

describe('a fresh layer kind', () => {
  const layers = join(root, 'src/shared/layers');

  /** What the compiler says of files that have other contents than on the disk. */
  function complaints(changed: Readonly<Record<string, string>>): string[] {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
    const host = ts.createCompilerHost({ ...options, noEmit: true });
    const texts = new Map(Object.entries(changed).map(([name, text]) => [join(root, name), text]));
    const { readFile, fileExists, getSourceFile } = host;
    host.readFile = (name) => texts.get(name) ?? readFile(name);
    host.fileExists = (name) => texts.has(name) || fileExists(name);
    host.getSourceFile = (name, language) =>
      texts.has(name) ? ts.createSourceFile(name, texts.get(name)!, language) : getSourceFile(name, language);
    const files = [join(layers, 'index.ts'), join(root, 'src/main/engine/ops/index.ts')];
    const program = ts.createProgram(files, { ...options, noEmit: true, types: [] }, host);
    return [...texts.keys()]
      .flatMap((name) => program.getSemanticDiagnostics(program.getSourceFile(name)))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }

  const flatten = readFileSync(join(layers, 'flatten.ts'), 'utf8');
  const index = readFileSync(join(layers, 'index.ts'), 'utf8');
  const operations = readFileSync(join(root, 'src/main/engine/ops/index.ts'), 'utf8');
  const fresh = flatten
    .replaceAll('Flatten', 'Fresh')
    .replaceAll('flatten', 'fresh')
    // It computes what flattening does.
    .replace("[{ kind: 'fresh' }]", "[{ kind: 'flatten' }]");
  const freshIndex = index
    .replace(/^import \{ type Flatten,.*\n/m, "$&import { type Fresh, fresh } from './fresh.ts';\n")
    .replace('  flatten: Flatten;', '  flatten: Flatten;\n  fresh: Fresh;');
  const inTable = freshIndex.replace('\n  flatten,\n', '\n  flatten,\n  fresh,\n');
  const withOperation = operations.replace('\n  flatten,\n', '\n  flatten,\n  fresh: flatten as never,\n');

  test('compiles when it is whole', () => {
    expect(
      complaints({
        'src/shared/layers/fresh.ts': fresh,
        'src/shared/layers/index.ts': inTable,
        'src/main/engine/ops/index.ts': withOperation,
      }),
    ).toEqual([]);
  });

  test('is refused without its fields', () => {
    expect(
      complaints({
        'src/shared/layers/fresh.ts': fresh.replace('\n  fields,\n', '\n'),
        'src/shared/layers/index.ts': inTable,
        'src/main/engine/ops/index.ts': withOperation,
      }),
    ).toEqual([expect.stringContaining("Property 'fields' is missing")]);
  });

  test('is refused when it is not in the table of kinds, or has no operation with a backward pass', () => {
    expect(
      complaints({
        'src/shared/layers/fresh.ts': fresh,
        'src/shared/layers/index.ts': freshIndex,
        'src/main/engine/ops/index.ts': operations,
      }),
    ).toEqual([
      expect.stringContaining("Property 'fresh' is missing"),
      expect.stringContaining("Property 'fresh' is missing"),
    ]);
  });
});

describe('sizes', () => {
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: [
      ...svelte.configs.base,
      { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
      ...sizeConfigs,
    ],
  });
  const complaints = async (file: string, code: string) =>
    (await eslint.lintText(code, { filePath: join(root, file) }))
      .flatMap(({ messages }) => messages)
      .map(({ message }) => message);
  const lines = (count: number) => 'count += 1;\n'.repeat(count);
  const functionOf = (count: number) => `function f() {\n${lines(count - 2)}}\n`;
  const component = (script: string) => `<script>\n${script}</script>\n`;

  test.each([
    ['src/main/lab/a.ts', lines(350), 0],
    ['src/main/lab/a.ts', lines(351), 1],
    ['src/renderer/ui/A.svelte', component(lines(349)), 1],
    ['test/a.test.ts', lines(351), 1],
    ['scripts/a.mjs', lines(351), 1],
  ])('a file %s of so many lines', async (file, code, found) => {
    const expected = found ? [expect.stringContaining('File has too many lines (351)')] : [];
    expect(await complaints(file, code)).toEqual(expected);
  });

  test.each([
    ['src/main/lab/a.ts', functionOf(60), 0],
    ['src/main/lab/a.ts', functionOf(61), 1],
    ['src/renderer/ui/A.svelte', component(functionOf(61)), 1],
    // Comments and blank lines do not count; a group of tests may be long.
    ['src/main/lab/a.ts', `function f() {\n${'// why\n\n'.repeat(40)}${lines(58)}}\n`, 0],
    ['src/main/lab/a.test.ts', functionOf(61), 0],
  ])('a function in %s', async (file, code, found) => {
    const expected = found ? [expect.stringContaining("Function 'f' has too many lines (61)")] : [];
    expect(await complaints(file, code)).toEqual(expected);
  });

  test('no folder of src has more than twenty-one files of its own', () => {
    const folders = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('paraglide'))
      .map(({ parentPath }) => parentPath.slice(root.length + 1));
    const counts = new Map<string, number>();
    for (const each of folders) counts.set(each, (counts.get(each) ?? 0) + 1);
    expect(counts.size).toBeGreaterThan(60);
    expect([...counts].filter(([, count]) => count > 21)).toEqual([]);
  });
});
