/** What only a desktop has: the menu, files from the system, a second start, the command line, real dialogs. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Desktop, desktopPlace } from './desktop.ts';
import { ask } from './lab.ts';
import { createPresets } from './presets.ts';
import { startProgram } from './program.ts';
import { ordinaryUser, userFolder } from './stage.ts';
import { expect, test } from '../e2e/host.ts';

test.describe.configure({ mode: 'serial', timeout: 300_000 });

const desktop = new Desktop();
let files: string;
test.beforeAll(async () => {
  desktop.home = userFolder('stride-home-');
  files = userFolder('stride-files-');
  await desktop.start();
});
test.afterAll(() => desktop.stop());

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly accelerator: string;
}

/** The menus' headings, and the entries below them that are the window's actions. */
const menu = () =>
  desktop.program.main!.evaluate(({ Menu }) => {
    const items = Menu.getApplicationMenu()?.items ?? [];
    return {
      headings: items.map(({ label }) => label),
      entries: items.flatMap(({ submenu }) =>
        (submenu?.items ?? []).map(({ id, label, accelerator }) => ({
          id,
          label,
          accelerator: String(accelerator ?? ''),
        })),
      ) as Entry[],
    };
  });

test('@always the menu has the window’s actions with their keys, and does them', async () => {
  const { page, program } = desktop;
  await expect.poll(async () => (await menu()).entries.map(({ id }) => id)).toContain('go.runs');
  const { headings, entries } = await menu();
  expect(headings).toEqual(expect.arrayContaining(['File', 'Edit', 'Go to', 'Help']));
  expect(entries.find(({ id }) => id === 'go.runs')?.label).toContain('(G R)');
  expect(entries.some(({ accelerator }) => accelerator.includes('CmdOrCtrl'))).toBe(true);
  await program.main!.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('go.runs')?.click());
  await expect.poll(() => page.url()).toContain('#/runs');
});

test('@always the menu speaks the window’s language', async () => {
  await ask(desktop.page, 'preferences.set', { key: 'locale', value: 'zh-CN' });
  await desktop.page.reload();
  await expect
    .poll(async () => (await menu()).headings)
    .toEqual(expect.arrayContaining(['文件', '编辑', '显示']));
  await ask(desktop.page, 'preferences.set', { key: 'locale', value: 'en' });
  await desktop.page.reload();
  await expect.poll(async () => (await menu()).headings).toContain('File');
});

test('@always a second start shows the first’s window and hands its files over', async () => {
  const { course } = await createPresets(desktop.page);
  const file = join(files, 'mine.json');
  writeFileSync(file, JSON.stringify({ ...course, name: 'Handed over' }));
  const { display, stage, userHome } = await desktopPlace();
  const second = startProgram({
    program: stage.program,
    home: desktop.home,
    userHome,
    display,
    inspect: false,
    args: [file],
  });
  const [code] = (await once(second, 'exit')) as [number];
  expect(code).toBe(0);
  await expect
    .poll(async () => (await ask(desktop.page, 'networks.list')).map(({ network }) => network.name), {
      timeout: 30_000,
    })
    .toContain('Handed over');
  expect(desktop.page.url()).toContain('#/design');
});

test('@always a PyTorch script that it is started with stands in the dialog for code', async () => {
  const file = join(files, 'net.py');
  writeFileSync(file, 'import torch.nn as nn\nnet = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n');
  await desktop.stop();
  await desktop.start({ args: [file] });
  await expect(desktop.page.getByRole('dialog').getByRole('textbox').first()).toHaveValue(
    /nn\.Linear\(784, 10\)/,
  );
});

test('@always --version and --help answer and open no window', async () => {
  const { stage, display, userHome } = await desktopPlace();
  const say = (option: string) =>
    spawnSync(stage.program, [option], {
      env: {
        PATH: process.env['PATH'],
        HOME: userHome,
        DISPLAY: display.name,
        STRIDE_HOME: userFolder('stride-none-'),
      },
      encoding: 'utf8',
      timeout: 60_000,
      ...ordinaryUser,
    });
  expect(say('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(say('--help').stdout).toContain('Usage: stride');
});

test('@always a process that died while it loaded TensorFlow: the next start opens without it, says so, and can try again', async () => {
  await desktop.stop();
  const mark = join(desktop.home, 'desktop', 'loading-tensorflow');
  mkdirSync(join(desktop.home, 'desktop'), { recursive: true });
  writeFileSync(mark, '1\n');
  await desktop.start();
  const problem = async () => (await ask(desktop.page, 'app.info')).trainingProblem?.code;
  expect(await problem()).toBe('training.died-loading');
  await expect(desktop.page.getByText('Stride ended while it loaded TensorFlow').first()).toBeVisible();
  await desktop.program.main!.evaluate(({ Menu }) => {
    const help = Menu.getApplicationMenu()?.items.at(-1)?.submenu?.items ?? [];
    help.find(({ label }) => label === 'Try loading TensorFlow again')?.click();
  });
  await expect.poll(() => problem().catch(() => 'not yet')).toBeUndefined();
});
