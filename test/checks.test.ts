// The checks of npm run check bite: each is given a small mistake of its kind, and says where it is.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, test } from 'vitest';
import { STATIC_PARTS } from '../scripts/check.mjs';
import { sharedTypeNames } from '../scripts/exportedNames.mjs';

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
  const fresh = flatten.replaceAll('Flatten', 'Fresh').replaceAll('flatten', 'fresh');
  const freshIndex = index
    .replace(
      'import type { LayerKind }',
      "import { type Fresh, fresh } from './fresh.ts';\nimport type { LayerKind }",
    )
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
