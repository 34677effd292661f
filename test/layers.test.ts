// The layer rule bites: small files that break it are refused with its own words, and those that keep it are not.
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';
import { layerConfigs, windowLevels } from '../scripts/layers.mjs';

const root = resolve(import.meta.dirname, '..');
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } }, ...layerConfigs],
});

/** What the rule says of `code` in a file of the given name. */
async function complaints(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  return (result?.messages ?? []).map(({ message }) => message);
}

/** An import, from `file`, of some module of the folder `target`: the rule looks only at files that exist. */
function importOf(file: string, target: string): string {
  const name = readdirSync(join(root, target)).find(
    (entry) => /\.ts$/.test(entry) && !entry.includes('.test.'),
  );
  const path = relative(join(root, file, '..'), join(root, target, name ?? 'nothing.ts'));
  return `import '${path.startsWith('.') ? path : `./${path}`}';`;
}

describe('folders', () => {
  test.each([
    ['src/shared/a.ts', 'src/main/engine/train', 'it may import only src/shared'],
    ['src/shared/layers/a.ts', 'src/renderer/app', 'it may import only src/shared'],
    ['src/renderer/screens/a.ts', 'src/main/lab', 'The window may import only'],
    ['src/preload/a.ts', 'src/main/lab', 'The preload may import only'],
    ['src/main/a.ts', 'src/main/engine/train', 'Hosts are wiring only'],
    ['src/main/a.ts', 'src/main/history', 'Hosts are wiring only'],
    ['src/main/browser/a.ts', 'src/main/engine/train', 'Hosts are wiring only'],
    ['src/main/lab/a.ts', 'src/main/transport', 'The lab knows no host'],
    ['src/main/lab/a.ts', 'src/main', 'The lab knows no host'],
    ['src/main/engine/a.ts', 'src/main/history', 'src/main/engine may import only itself'],
    ['src/main/history/a.ts', 'src/main/datasets', 'src/main/history may import only itself'],
    ['src/main/datasets/a.ts', 'src/main/lab', 'src/main/datasets may import only itself'],
    ['src/main/checkpoints/a.ts', 'src/main/engine/train', 'src/main/checkpoints may import only itself'],
    ['src/main/transport/a.ts', 'src/main/lab', 'src/main/transport may import only itself'],
  ])('%s must not import %s', async (file, target, words) => {
    expect(await complaints(file, importOf(file, target))).toEqual([expect.stringContaining(words)]);
  });

  test.each([
    ['src/shared/a.ts', 'src/shared/base'],
    ['src/renderer/screens/a.ts', 'src/shared/base'],
    ['src/renderer/screens/a.ts', 'src/renderer/app'],
    ['src/preload/a.ts', 'src/shared/api'],
    ['src/main/a.ts', 'src/main/lab'],
    ['src/main/a.ts', 'src/main/transport'],
    ['src/main/browser/a.ts', 'src/main/host'],
    ['src/main/lab/a.ts', 'src/main/engine/train'],
    ['src/main/lab/a.ts', 'src/main/history'],
    ['src/main/lab/a.ts', 'src/main/checkpoints'],
    ['src/main/engine/a.ts', 'src/shared/base'],
    ['src/main/engine/ops/a.ts', 'src/main/engine/compile'],
  ])('%s may import %s', async (file, target) => {
    expect(await complaints(file, importOf(file, target))).toEqual([]);
  });

  test.each([
    ['src/renderer/ui/a.ts', 'src/renderer/i18n', 'src/renderer/ui may import only itself'],
    ['src/renderer/ui/a.ts', 'src/renderer/plot', 'src/renderer/ui may import only itself'],
    ['src/renderer/plot/data/a.ts', 'src/renderer/charts', 'src/renderer/plot may import only itself'],
    ['src/renderer/transport/a.ts', 'src/renderer/app', 'src/renderer/transport may import only itself'],
    ['src/renderer/i18n/a.ts', 'src/renderer/charts', 'src/renderer/i18n may import only itself'],
    ['src/renderer/charts/a.ts', 'src/renderer/app', 'src/renderer/charts may import only itself'],
    ['src/renderer/app/a.ts', 'src/renderer/parts/watch', 'src/renderer/app may import only itself'],
    ['src/renderer/app/a.ts', 'src/renderer/screens/train', 'src/renderer/app may import only itself'],
    ['src/renderer/parts/a.ts', 'src/renderer/screens/run', 'src/renderer/parts may import only itself'],
    ['src/renderer/screens/run/a.ts', 'src/renderer/screens/runs', 'A screen imports no other screen'],
    [
      'src/renderer/screens/design/code/a.ts',
      'src/renderer/screens/train',
      'A screen imports no other screen',
    ],
  ])('within the window, %s must not import %s', async (file, target, words) => {
    expect(await complaints(file, importOf(file, target))).toEqual([expect.stringContaining(words)]);
  });

  test.each([
    ['src/renderer/ui/overlay/a.ts', 'src/renderer/ui'],
    ['src/renderer/charts/a.ts', 'src/renderer/plot/data'],
    ['src/renderer/charts/a.ts', 'src/renderer/i18n'],
    ['src/renderer/app/a.ts', 'src/renderer/transport'],
    ['src/renderer/parts/runs/a.ts', 'src/renderer/parts/watch'],
    ['src/renderer/screens/run/a.ts', 'src/renderer/parts/watch'],
    ['src/renderer/screens/design/a.ts', 'src/renderer/screens/design/code'],
    ['src/renderer/a.ts', 'src/renderer/screens/frame'],
  ])('within the window, %s may import %s', async (file, target) => {
    expect(await complaints(file, importOf(file, target))).toEqual([]);
  });

  test('every folder of the window is a zone', () => {
    const folders = readdirSync(join(root, 'src/renderer'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    // The messages are compiled into paraglide; a fresh clone does not have it yet.
    expect(windowLevels.flat().sort()).toEqual([...new Set([...folders, 'paraglide'])].sort());
  });

  test('hosts hand on the path of the worker', async () => {
    expect(await complaints('src/main/a.ts', "import path from './engine/worker?modulePath'; path;")).toEqual(
      [],
    );
  });

  test('dynamic and re-exporting imports count too', async () => {
    const file = 'src/shared/a.ts';
    const path = /'(.*)'/.exec(importOf(file, 'src/main/engine/train'))?.[1];
    expect(await complaints(file, `await import('${path}');`)).toHaveLength(1);
    expect(await complaints(file, `export * from '${path}';`)).toHaveLength(1);
    expect(await complaints(file, `import type { A } from '${path}'; export type B = A;`)).toHaveLength(1);
  });
});

describe('packages that one place owns', () => {
  test.each([
    ['src/main/engine/train/trainer.ts', '@tensorflow/tfjs-node', 'may touch tfjs-node'],
    ['src/main/engine/train/trainer.ts', '@tensorflow/tfjs-node/dist/proto/api_pb.js', 'may touch tfjs-node'],
    ['src/renderer/screens/a.ts', 'chart.js', 'may touch Chart.js'],
    ['src/renderer/screens/a.ts', 'chartjs-plugin-zoom', 'may touch Chart.js'],
    ['src/main/browser.ts', 'electron', 'may touch electron'],
    ['src/main/lab/lab.ts', 'electron/main', 'may touch electron'],
    ['src/main/lab/lab.ts', 'better-sqlite3', 'may touch SQLite'],
    ['src/main/history/open.ts', 'electron', 'may touch electron'],
  ])('%s must not import %s', async (file, name, words) => {
    for (const code of [
      `import '${name}';`,
      `export * from '${name}';`,
      `await import('${name}');`,
      `require('${name}');`,
    ]) {
      expect(await complaints(file, code)).toEqual([expect.stringContaining(words)]);
    }
  });

  test.each([
    ['src/main/engine/native/session.ts', '@tensorflow/tfjs-node'],
    ['src/main/engine/graph/savedModel.ts', '@tensorflow/tfjs-node'],
    ['src/renderer/charts/a.ts', 'chart.js'],
    ['src/renderer/plot/a.ts', 'chart.js'],
    ['src/main/desktop.ts', 'electron'],
    ['src/preload/preload.ts', 'electron'],
    ['src/main/history/open.ts', 'better-sqlite3'],
    ['src/main/browser.ts', 'electron-is-something-else'],
  ])('%s may import %s', async (file, name) => {
    expect(await complaints(file, `import '${name}';`)).toEqual([]);
  });
});

test('the project is linted with this rule', async () => {
  const project = new ESLint({ cwd: root });
  const config = (await project.calculateConfigForFile(join(root, 'src/shared/a.ts'))) as {
    rules: Record<string, unknown[]>;
  };
  expect(config.rules['import-x/no-restricted-paths']?.[0]).toBe(2);
  expect(config.rules['no-restricted-syntax']?.[0]).toBe(2);
});
