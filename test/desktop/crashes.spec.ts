/** Kills: of the window's process and of the graphics process, which training does not notice, and of the whole program, which loses nothing. */
import { Desktop } from './desktop.ts';
import { ask, lossesOnDisk, startRuns } from './lab.ts';
import { createPresets } from './presets.ts';
import { userFolder } from './stage.ts';
import { expect, test } from '../e2e/host.ts';

test.describe.configure({ mode: 'serial', timeout: 1_800_000 });

const settings = { seed: 3, epochs: 40, batchSize: 512 };
const desktop = new Desktop();
test.beforeAll(async () => {
  desktop.home = userFolder('stride-home-');
  await desktop.start();
});
test.afterAll(() => desktop.stop());

const stepOf = async (run: number) => (await ask(desktop.page, 'runs.batchLosses', { run })).losses.length;

async function underWay(): Promise<number> {
  const { course } = await createPresets(desktop.page);
  const [id] = (await startRuns(desktop.page, { network: course, settings })) as [number];
  await expect.poll(() => stepOf(id), { timeout: 300_000 }).toBeGreaterThan(10);
  return id;
}

/** The page that is there after the window's process was killed: the same window, its page loaded anew. */
async function windowAgain(): Promise<void> {
  await expect
    .poll(
      () =>
        ask(desktop.page, 'app.info').then(
          () => true,
          () => false,
        ),
      { timeout: 120_000 },
    )
    .toBe(true);
}

for (const [kills, tag] of [
  [2, '@all'],
  [20, '@all'],
] as const) {
  test(`${tag} ${kills} kills of the window’s process: it comes back where it was, training undisturbed`, async () => {
    const run = await underWay();
    await desktop.page.evaluate(() => {
      location.hash = '#/runs';
    });
    for (let kill = 0; kill < kills; kill += 1) {
      const before = await stepOf(run);
      const pid = await desktop.program.main!.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId(),
      );
      process.kill(pid, 'SIGKILL');
      await expect
        .poll(
          () =>
            desktop.program.main!.evaluate(({ BrowserWindow }) => {
              const { webContents } = BrowserWindow.getAllWindows()[0]!;
              return webContents.isCrashed() || webContents.isLoading() ? 0 : webContents.getOSProcessId();
            }),
          { timeout: 60_000 },
        )
        .toBeGreaterThan(0);
      await desktop.program.reconnect();
      await windowAgain();
      expect(desktop.page.url()).toContain('#/runs');
      // The second crash within two seconds of the first is taken for one that would come again.
      await desktop.page.waitForTimeout(2500);
      await expect.poll(() => stepOf(run), { timeout: 120_000 }).toBeGreaterThan(before);
    }
    expect((await ask(desktop.page, 'runs.get', { run })).status).toBe('running');
    await ask(desktop.page, 'runs.stop', { run });
  });
}

test('@all 5 kills of the graphics process: no harm', async () => {
  const run = await underWay();
  for (let kill = 0; kill < 5; kill += 1) {
    const before = await stepOf(run);
    const pids = await desktop.program.main!.evaluate(({ app }) =>
      app
        .getAppMetrics()
        .filter(({ type }) => type === 'GPU')
        .map(({ pid }) => pid),
    );
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await expect.poll(() => stepOf(run), { timeout: 120_000 }).toBeGreaterThan(before);
    await expect(desktop.page.getByRole('navigation').first()).toBeVisible();
  }
  expect((await ask(desktop.page, 'runs.get', { run })).status).toBe('running');
  await ask(desktop.page, 'runs.stop', { run });
});

for (const [kills, tag] of [
  [1, '@all'],
  [20, '@all'],
] as const) {
  test(`${tag} ${kills} kills of the whole program while it trains: nothing is lost`, async () => {
    const short = { seed: 9, epochs: 3, batchSize: 512 };
    const { course } = await createPresets(desktop.page);
    const [whole] = (await startRuns(desktop.page, { network: course, settings: short })) as [number];
    await expect
      .poll(async () => (await ask(desktop.page, 'runs.get', { run: whole })).status, { timeout: 300_000 })
      .toBe('finished');
    const [run] = (await startRuns(desktop.page, { network: course, settings: short })) as [number];
    for (let kill = 0; kill < kills; kill += 1) {
      const aim = Math.floor((kill * 300) / kills);
      await expect.poll(() => stepOf(run), { timeout: 300_000, intervals: [20] }).toBeGreaterThan(aim);
      await desktop.stop('SIGKILL');
      await desktop.start();
      const { status } = await ask(desktop.page, 'runs.get', { run });
      if (status === 'finished') break;
      expect(status).toBe('interrupted');
      await ask(desktop.page, 'runs.resume', { run });
    }
    await expect
      .poll(async () => (await ask(desktop.page, 'runs.get', { run })).status, { timeout: 300_000 })
      .toBe('finished');
    expect([...lossesOnDisk(desktop.home, run)]).toEqual([...lossesOnDisk(desktop.home, whole)]);
  });
}
