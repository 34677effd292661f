/**
 * Real training in the real Electron, as an ordinary user with the sandbox on: PyTorch's numbers, and runs that are stopped, cut off and had
 * again without a bit's difference.
 */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { createPresets, type Preset } from './presets.ts';
import { Desktop } from './desktop.ts';
import { ask, lossesOnDisk, startRuns } from './lab.ts';
import { answerDialogs, dialogsAsked } from './dialogs.ts';
import { userFolder } from './stage.ts';
import { expect, test } from '../e2e/host.ts';

// Limits are for hangs: a machine that does other things as well may need minutes for what takes seconds.
test.describe.configure({ mode: 'serial', timeout: 900_000 });

const desktop = new Desktop();
test.beforeAll(async () => {
  desktop.home = userFolder('stride-home-');
  await desktop.start();
});
test.afterAll(() => desktop.stop());

interface Trace {
  readonly epochs: readonly {
    readonly epoch: number;
    readonly running_loss: readonly { readonly batch: number; readonly loss: number }[];
    readonly test_correct: number;
  }[];
}

const trace = (net: Preset) =>
  (JSON.parse(readFileSync(new URL(`../vectors/traces/${net}-seed0.json`, import.meta.url), 'utf8')) as Trace)
    .epochs;

/** Three epochs of 118 steps: long enough to be met in the middle. */
const short = { seed: 7, epochs: 3, batchSize: 512 };
const steps = 3 * 118;

const statusOf = async (page: Page, run: number) => (await ask(page, 'runs.get', { run })).status;
const reached = async (page: Page, run: number) =>
  (await ask(page, 'runs.batchLosses', { run })).losses.length;
const finished = (page: Page, run: number) =>
  expect.poll(() => statusOf(page, run), { timeout: 600_000 }).toBe('finished');
const inTheMiddle = (page: Page, run: number, step: number) =>
  expect.poll(() => reached(page, run), { timeout: 300_000, intervals: [20] }).toBeGreaterThan(step);

test('@always the window is sandboxed, its program an ordinary user’s', async () => {
  const { main, page } = desktop.program;
  const uid = await main!.evaluate(() => process.getuid!());
  expect(uid).toBeGreaterThan(0);
  const status = await main!.evaluate(({ BrowserWindow }) =>
    process
      .getBuiltinModule('node:fs')
      .readFileSync(`/proc/${BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId()}/status`, 'utf8'),
  );
  // A process under Chromium's seccomp filter, in its own namespace of processes.
  expect(status).toMatch(/^Seccomp:\s*2$/m);
  expect(
    await page.evaluate(() => [
      typeof Reflect.get(globalThis, 'require'),
      typeof Reflect.get(globalThis, 'process'),
    ]),
  ).toEqual(['undefined', 'undefined']);
});

test('@always an estimate runs in a process of its own', async () => {
  const { main, page } = desktop.program;
  await page.evaluate(() => {
    location.hash = '#/train';
  });
  await expect(page.getByRole('button', { name: /^Train .*, about \d+ (s|min)$/ })).toBeVisible();
  const names = await main!.evaluate(({ app }) => app.getAppMetrics().map(({ name }) => name));
  expect(names).toContain('Stride estimates');
});

test('@always both nets at once, two epochs, seed 0: the traces’ numbers', async () => {
  const { page } = desktop.program;
  const nets = await createPresets(page);
  const runs = await startRuns(
    page,
    { network: nets.course, settings: { seed: 0, epochs: 2 } },
    { network: nets.homework, settings: { seed: 0, epochs: 2 } },
  );
  for (const [index, run] of runs.entries()) {
    await finished(page, run);
    const { runningLosses, epochs } = await ask(page, 'runs.get', { run });
    const expected = trace(index === 0 ? 'course' : 'homework').slice(0, 2);
    const printed = expected.flatMap(({ epoch, running_loss }) =>
      running_loss.map((line) => ({ epoch, ...line })),
    );
    expect(runningLosses).toHaveLength(printed.length);
    for (const [at, { epoch, batch, loss }] of runningLosses.entries()) {
      expect([epoch, batch]).toEqual([printed[at]!.epoch, printed[at]!.batch]);
      expect(Math.abs(loss - printed[at]!.loss)).toBeLessThan(0.002);
    }
    for (const [at, { testCorrect }] of epochs.entries()) {
      expect(Math.abs(testCorrect - expected[at]!.test_correct)).toBeLessThanOrEqual(20);
    }
  }
});

test('@always stopped and resumed, quit while it trains and resumed: to the bit what an uninterrupted run gives', async () => {
  const { course } = await createPresets(desktop.page);
  const [whole] = (await startRuns(desktop.page, { network: course, settings: short })) as [number];
  await finished(desktop.page, whole);

  const [cut] = (await startRuns(desktop.page, { network: course, settings: short })) as [number];
  await inTheMiddle(desktop.page, cut, 20);
  await ask(desktop.page, 'runs.stop', { run: cut });
  expect(await statusOf(desktop.page, cut)).toBe('stopped');
  await ask(desktop.page, 'runs.resume', { run: cut });
  await inTheMiddle(desktop.page, cut, 150);

  // Quitting asks. Cancelled, the run goes on; confirmed, it has a checkpoint and the program ends well.
  const { program } = desktop;
  await answerDialogs(program, 'Cancel', 'Stop and quit');
  await program.main!.evaluate(({ app }) => app.quit());
  await expect.poll(() => dialogsAsked(program)).toEqual(['Stop the run and quit?']);
  expect(['running', 'finished']).toContain(await statusOf(desktop.page, cut));
  await program.main!.evaluate(({ app }) => app.quit());
  expect(await desktop.ended()).toBe(0);

  await desktop.start();
  // Not stopped by a person: the next start offers to let it go on.
  expect(await statusOf(desktop.page, cut)).toBe('interrupted');
  expect(await reached(desktop.page, cut)).toBeLessThan(steps);
  await ask(desktop.page, 'runs.resume', { run: cut });
  await finished(desktop.page, cut);
  const [expected, got] = [lossesOnDisk(desktop.home, whole), lossesOnDisk(desktop.home, cut)];
  expect(expected).toHaveLength(steps);
  expect([...got]).toEqual([...expected]);
});

test('@all killed while it trains, it goes on to the same bits at the next start', async () => {
  const { course } = await createPresets(desktop.page);
  const [run] = (await startRuns(desktop.page, { network: course, settings: short })) as [number];
  await inTheMiddle(desktop.page, run, 130);
  expect(await desktop.stop('SIGKILL')).toBe('SIGKILL');
  await desktop.start();
  expect(await statusOf(desktop.page, run)).toBe('interrupted');
  await ask(desktop.page, 'runs.resume', { run });
  await finished(desktop.page, run);
  expect([...lossesOnDisk(desktop.home, run)]).toEqual([...lossesOnDisk(desktop.home, run - 2)]);
});
