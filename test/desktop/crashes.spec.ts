/** Kills: of the window's process and of the graphics process, which training does not notice, and of the whole program, which loses nothing. */
import { Desktop } from './desktop.ts';
import { answerDialogs, dialogsAsked } from './dialogs.ts';
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

/** It still trains, and its losses lie on the disk one after another; then it is stopped. */
async function endUndisturbed(run: number): Promise<void> {
  expect((await ask(desktop.page, 'runs.get', { run })).status).toBe('running');
  await ask(desktop.page, 'runs.stop', { run });
  const losses = [...lossesOnDisk(desktop.home, run)];
  expect(losses.length).toBeGreaterThan(0);
  expect(losses.every(Number.isFinite)).toBe(true);
}

/** A frame of the page has been drawn. */
const painted = () =>
  desktop.page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
      }),
  );

for (const [kills, tag] of [
  [2, '@always'],
  [20, '@all'],
] as const) {
  test(`${tag} ${kills} kills of the window’s process: it comes back where it was, training undisturbed`, async () => {
    const run = await underWay();
    await desktop.page.evaluate(() => {
      location.hash = '#/runs';
    });
    for (let kill = 0; kill < kills; kill += 1) {
      const before = await stepOf(run);
      await desktop.program.killWindow();
      await expect(desktop.page.getByRole('navigation').first()).toBeVisible();
      expect(desktop.page.url()).toContain('#/runs');
      await expect.poll(() => stepOf(run), { timeout: 120_000 }).toBeGreaterThan(before);
      // A second crash within two seconds of the first is taken for one that would come again, and asks.
      await desktop.page.waitForTimeout(2500);
    }
    await endUndisturbed(run);
  });
}

test('@all killed again as soon as it is back: it asks, training undisturbed, and comes back when told to', async () => {
  const run = await underWay();
  await answerDialogs(desktop.program, 'Load it again', 'Load it again');
  await desktop.program.killWindow();
  await desktop.program.killWindow();
  expect(await dialogsAsked(desktop.program)).toEqual(['The page in this window has crashed twice.']);
  await endUndisturbed(run);
});

/** Graphics processes that run now. */
const graphics = () =>
  desktop.program.main!.evaluate(({ app }) =>
    app
      .getAppMetrics()
      .filter(({ type }) => type === 'GPU')
      .map(({ pid }) => pid),
  );

test('@all 5 kills of the graphics process: no harm', async () => {
  const run = await underWay();
  for (let kill = 0; kill < 5; kill += 1) {
    const before = await stepOf(run);
    await expect.poll(graphics, { timeout: 60_000 }).toHaveLength(1);
    const [killed] = (await graphics()) as [number];
    process.kill(killed, 'SIGKILL');
    await expect.poll(graphics, { timeout: 60_000 }).not.toContain(killed);
    await expect.poll(graphics, { timeout: 60_000 }).toHaveLength(1);
    await expect.poll(() => stepOf(run), { timeout: 120_000 }).toBeGreaterThan(before);
    await desktop.page
      .getByRole('navigation')
      .first()
      .getByRole('link')
      .nth(kill % 3)
      .click();
    expect(await painted()).toBe(true);
  }
  await endUndisturbed(run);
});

for (const [kills, tag] of [
  [1, '@always'],
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
