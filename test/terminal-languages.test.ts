/** The terminal in Chinese: its help, its errors, a run and what is told of it; and that nothing of it was left in English. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterEach, describe, expect, test } from 'vitest';
import chinese from '../resources/terminal/zh-CN.json' with { type: 'json' };
import { inLanguage, languageOf, setLanguage, takeLanguage } from '../src/main/host/language.ts';
import { runTerminal } from '../src/main/terminal/program.ts';
import { Written } from './support/written.ts';
import { EventEmitter } from 'node:events';
import { fakeRun, openLab, reached, removeFolder, temporaryFolder } from './support/lab.ts';

const homes: string[] = [];
afterEach(() => {
  setLanguage('en');
  for (const home of homes.splice(0)) removeFolder(home);
});

async function stride(args: readonly string[], env: NodeJS.ProcessEnv = { LANG: 'zh_CN.UTF-8' }, home = '') {
  const [stdout, stderr] = [new Written(), new Written()];
  const code = await runTerminal(
    {
      ...{
        stdout,
        stderr,
        env,
        platform: 'linux',
        signals: new EventEmitter(),
        kill: () => undefined,
        loadAhead: () => undefined,
      },
      createLab: () => openLab(home),
      ...{ renderer: '', doctor: '/nowhere' },
    },
    args,
  );
  return { code, stdout: stdout.text, stderr: stderr.text };
}

test.each([
  [{ LC_ALL: 'zh_CN.UTF-8', LANG: 'en_US.UTF-8' }, 'zh-CN'],
  [{ LC_ALL: '', LC_MESSAGES: 'zh_TW', LANG: 'C' }, 'zh-CN'],
  [{ LANG: 'zh' }, 'zh-CN'],
  [{ LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
  [{}, 'en'],
])('%j speaks %s', (env, expected) => {
  expect(languageOf(env)).toBe(expected);
});

test('--lang stands anywhere before what is not an option', () => {
  expect(takeLanguage(['show', '--lang', 'zh', '3'])).toEqual({ rest: ['show', '3'], wanted: 'zh-CN' });
  expect(takeLanguage(['--lang=en', 'runs'])).toEqual({ rest: ['runs'], wanted: 'en' });
  expect(takeLanguage(['note', '3', '--', '--lang', 'zh'])).toMatchObject({ wanted: undefined });
  expect(takeLanguage(['--lang', 'fr'])).toMatchObject({ wanted: null });
});

const commands = [
  ...['presets', 'train', 'runs', 'tag', 'note', 'archive', 'delete', 'restore', 'show', 'recover', 'resume'],
  ...[
    'sweep',
    'sweep-resume',
    'sweeps',
    'verify',
    'serve',
    'doctor',
    'compare',
    'export',
    'import',
    'evaluate',
    'datasets',
  ],
];

describe('help', () => {
  test.each([[], ...commands.map((command) => [command])])('of "%s" is in Chinese', async (...command) => {
    const { code, stdout } = await stride([...command.filter((word) => typeof word === 'string'), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^用法：/);
    // A description stands two columns behind what it is of.
    const described = stdout.split('\n').flatMap((line) => /^ {2}\S.*? {2,}(\S.*)$/.exec(line)?.[1] ?? []);
    for (const text of described) expect(text).toMatch(/[\u4e00-\u9fff]/);
  });

  test('--lang is stronger than the shell', async () => {
    expect((await stride(['--lang', 'en', '--help'])).stdout).toMatch(/^Usage:/);
    expect((await stride(['--help', '--lang=zh-CN'], {})).stdout).toMatch(/^用法：/);
    expect(await stride(['--lang', 'fr', 'runs'])).toMatchObject({ code: 2 });
  });
});

test('a run, its table, its page and its errors are in Chinese', async () => {
  const home = temporaryFolder();
  homes.push(home);
  const lab = await openLab(home);
  await lab.call('runs.start', { runs: [fakeRun()] });
  await reached(lab, 1, 'finished');
  await lab.close();
  const shown = await stride(['show', '1'], undefined, home);
  expect(shown.stdout).toContain('训练 1：plain, 已完成');
  expect(shown.stdout).toContain('34 个参数');
  expect(shown.stdout).toContain('学习率 0.01');
  expect(shown.stdout).toContain('测试准确率');
  expect((await stride(['runs'], undefined, home)).stdout).toContain('最佳准确率（轮次）');
  expect(await stride(['show', '7'], undefined, home)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('没有编号为 7 的训练') as unknown,
  });
  expect(await stride(['resume', '1'], undefined, home)).toMatchObject({
    stderr: expect.stringMatching(/[\u4e00-\u9fff]/) as unknown,
  });
  expect(await stride(['runs', '--nothing'], undefined, home)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('未知选项“--nothing”') as unknown,
  });
});

/** What the terminal's programs look up: what is given to `say`, and what commands, options and tables are described with. */
function textsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const literal = (node: ts.Node | undefined): string[] => {
    if (!node) return [];
    if (ts.isStringLiteralLike(node)) return [node.text];
    if (ts.isConditionalExpression(node)) return [...literal(node.whenTrue), ...literal(node.whenFalse)];
    if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return [];
    const [left, right] = [literal(node.left), literal(node.right)];
    return left.length > 0 && right.length > 0 ? [`${left[0]}${right[0]}`] : [];
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const called = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
      const name = called.getText();
      if (['say', 'description'].includes(name)) texts.push(...literal(node.arguments[0]));
      if (['option', 'requiredOption', 'argument'].includes(name)) texts.push(...literal(node.arguments[1]));
    }
    if (ts.isNewExpression(node) && ['Option', 'Argument'].includes(node.expression.getText()))
      texts.push(...literal(node.arguments?.[1]));
    if (ts.isNewExpression(node) && node.expression.getText() === 'InvalidArgumentError')
      texts.push(...literal(node.arguments?.[0]));
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'title')
      texts.push(...literal(node.initializer));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts.filter((text) => /[a-z]/i.test(text));
}

test('every text of the terminal, its help and its tables, has a translation', () => {
  const folders = ['terminal', 'host', 'browser'].map(
    (name) => new URL(`../src/main/${name}/`, import.meta.url),
  );
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => fileURLToPath(new URL(name, folder))),
  );
  const texts = files.flatMap(textsOf);
  expect(texts.length).toBeGreaterThan(150);
  expect(texts.filter((text) => !(text in chinese))).toEqual([]);
});

test('every problem that has Chinese words in the window has them in the terminal', () => {
  setLanguage('zh-CN');
  const folder = new URL('../resources/messages/zh-CN/', import.meta.url);
  for (const file of readdirSync(folder)) {
    const messages = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, unknown>;
    for (const [key, text] of Object.entries(messages)) {
      if (!key.startsWith('problem.') || typeof text !== 'string') continue;
      const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name as string, '7']);
      const parameters = Object.fromEntries(names) as Record<string, string>;
      const code = key.slice('problem.'.length);
      expect([file, code, inLanguage({ code, message: 'English', parameters })]).not.toEqual([
        file,
        code,
        'English',
      ]);
    }
  }
});

test.each([
  [['train', 'cours'], '没有名为“cours”的网络。您是想输入“course”吗？'],
  [['train', 'course', '--epochs', '0'], '“0”不能用于选项“--epochs <number>”：请给出从 1 到 10,000 的整数。'],
  [['show', 'x'], '“x”不能用于参数“run”：请给出训练编号'],
  [['runs', '--jsn'], '未知选项“--jsn”'],
  [['export', '1', '--out', 'x'], '缺少必需的选项“--format <formats>”'],
  [['export', '1', '--out', 'x', '--format', 'npz', '--output', 'y'], '可选：logits, probabilities'],
  [['sweep', 'course', '--set', 'a'], '请给出字段路径及其取值'],
  [['sweep', 'course', '--range', 'optimizer.learningRate=2..1'], '取值范围必须从较小的数到较大的数'],
  [['sweep', 'course', '--set', 'batchSize=0'], '组合“batch=0”无法训练：这组设置无效：批大小不能小于 1'],
  [['compare', '1', '1'], '训练 1 重复给出'],
  [['verify', '/nowhere'], '/nowhere'],
])('%j is refused in Chinese', async (args, text) => {
  const home = temporaryFolder();
  homes.push(home);
  const { code, stderr } = await stride(args, undefined, home);
  expect(stderr).toContain(text);
  expect(stderr).toMatch(/[\u4e00-\u9fff]/);
  expect(code).not.toBe(0);
});

test('every {name} of a text is one of its translation', () => {
  for (const [english, text] of Object.entries(chinese)) {
    const names = (each: string) => [...each.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
    expect({ english, names: names(text) }).toEqual({ english, names: names(english) });
  }
});
