/** The terminal in Chinese: its help, its errors, a run and what is told of it; and that nothing of it was left in English. */
import { afterEach, describe, expect, test } from 'vitest';
import chinese from '../resources/terminal/zh-CN.json' with { type: 'json' };
import { languageOf, setLanguage, takeLanguage } from '../src/main/host/language.ts';
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
      ...{ stdout, stderr, env, platform: 'linux', signals: new EventEmitter(), kill: () => undefined },
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
  ...['sweep', 'sweep-resume', 'sweeps', 'verify', 'serve', 'doctor', 'compare'],
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

test('every {name} of a text is one of its translation', () => {
  for (const [english, text] of Object.entries(chinese)) {
    const names = (each: string) => [...each.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
    expect({ english, names: names(text) }).toEqual({ english, names: names(english) });
  }
});
