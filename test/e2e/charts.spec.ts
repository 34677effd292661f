/**
 * The charts as a person uses them: by pointer and by keyboard, at the sizes that windows have. The histories are put there by
 * history's own code, so that what the curves are is known to the last number.
 */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { addLongRuns, noisyLosses } from '../../scripts/benchWindow/longRuns.ts';
import { openHistory } from '../../src/main/history/open.ts';
import { Host, expect, saved, test, watchForErrors } from './host.ts';
import { pixelsApart } from './pixels.ts';
import { press } from './press.ts';
import { countDrawings, drawingsOf, watchWords, wordsOf } from './canvases.ts';
import { sizes } from './sizes.ts';

test.describe.configure({ mode: 'serial' });
test.use({ actionTimeout: 20_000 });

const host = new Host();
const steps = 2000;

/** Two runs that learn, and one whose loss explodes to more than a million. */
const withOneBad = (number: number, length: number) => {
  const losses = noisyLosses(number, length);
  if (number === 2)
    for (let step = 300; step < length; step++) losses[step] = 2.3 * 1.01 ** Math.min(step, 1400);
  return losses;
};

test.beforeAll(async () => {
  host.home = await mkdtemp(join(tmpdir(), 'stride-e2e-charts-'));
  addLongRuns(host.home, 3, steps, { lossesOf: withOneBad });
  const history = openHistory(host.home);
  for (const [step, learningRate] of [
    [600, 0.02],
    [620, 0.03],
    [1500, 0.005],
  ] as const) {
    const detail = { before: 0.01, learningRate };
    history.runEvents.append(
      2,
      { kind: 'learningRate', detail },
      { step, epoch: 1 + Math.floor(step / 1000) },
    );
  }
  history.close();
  await host.start();
});
test.afterAll(() => host.end());

const drawing = (page: Page, chart: string) =>
  page.getByRole('figure', { name: chart }).getByRole('application');

/** All three runs in one chart: those of the latest start. */
async function openAll(page: Page): Promise<void> {
  await page.goto(host.url);
  await page.goto(new URL('/#/train', page.url()).href);
  const figure = page.getByRole('figure', { name: 'Loss' });
  await expect(figure).toHaveAttribute('data-points', String(3 * steps));
}

async function openRun(page: Page, run: number): Promise<void> {
  await page.goto(host.url);
  await page.goto(new URL(`/#/runs/${run}`, page.url()).href);
  const figure = page.getByRole('figure', { name: 'Loss' });
  await expect(figure).toHaveAttribute('data-points', String(steps));
}

test('a run’s page may be left while its charts change their size', async ({ page }) => {
  const errors = watchForErrors(page);
  await openRun(page, 1);
  // Chart.js hears of a size a frame or two late and deals with it 50 ms after that. All of it happens in the page, for a
  // test's own clicks are slower.
  await page.evaluate(async () => {
    const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
    const go = (to: string) => (location.hash = to);
    for (const pause of [20, 30, 40, 50, 60, 70, 80]) {
      go('#/runs/1');
      while (document.querySelectorAll('figure .cursor').length < 2) await wait(5);
      await wait(200);
      const drawings = [...document.querySelectorAll<HTMLElement>('figure [role=application]')];
      for (const each of drawings) each.style.width = '70%';
      await wait(pause);
      go('#/settings');
      while (document.querySelector('figure canvas')) await wait(1);
      await wait(200);
    }
  });
  expect(errors).toEqual([]);
});

test('the scale that was chosen is there when a page is opened again', async ({ page }) => {
  await openRun(page, 1);
  const logarithmic = page.getByRole('radio', { name: 'Log' });
  await press(logarithmic);
  await press(page.getByRole('navigation').getByRole('link', { name: /^Settings/ }));
  await openRun(page, 1);
  await expect(logarithmic).toBeChecked();
  await press(page.getByRole('radio', { name: 'Linear' }));
});

for (const size of sizes) {
  test(`values stand beside the pointer, and move with the keyboard, ${size.width} × ${size.height}`, async ({
    page,
  }) => {
    await page.setViewportSize(size);
    await openRun(page, 1);
    await press(page.getByRole('radio', { name: 'Step' }));
    const loss = drawing(page, 'Loss');
    await loss.scrollIntoViewIfNeeded();
    const box = (await loss.boundingBox())!;
    const history = openHistory(host.home);
    const losses = history.batchLosses.read(1, 0);
    const epochs = history.epochs.list(1);
    history.close();
    const values = loss.locator('[data-values]');
    for (const part of [0.3, 0.8]) {
      const x = box.x + box.width * part;
      await page.mouse.move(x, box.y + box.height / 2);
      await expect(values).toBeVisible();
      const text = await values.innerText();
      const step = Number(/Step ([\d,]+)/i.exec(text)![1]!.replace(',', ''));
      // The plot is narrower than the drawing by its axis words.
      expect(Math.abs(step / steps - part)).toBeLessThan(0.1);
      expect(text).toContain(losses[step - 1]!.toFixed(4));
      // Beside the pointer, within the chart, and not under it.
      const shown = (await values.boundingBox())!;
      expect(shown.x).toBeGreaterThanOrEqual(box.x - 1);
      expect(shown.x + shown.width).toBeLessThanOrEqual(box.x + box.width + 1);
      expect(shown.x > x || shown.x + shown.width < x).toBe(true);
      expect(Math.min(Math.abs(shown.x - x), Math.abs(shown.x + shown.width - x))).toBeLessThan(30);
    }
    // The linked chart says its own values there.
    const accuracy = drawing(page, 'Test accuracy').locator('[data-values]');
    await expect(accuracy).toContainText(`${((100 * epochs[1]!.testCorrect) / 10_000).toFixed(2)}%`);

    await page.mouse.move(0, 0);
    await expect(values).toBeHidden();
    await loss.focus();
    await page.keyboard.press('ArrowRight');
    await expect(values).toBeVisible();
    const before = await values.innerText();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => values.innerText()).not.toBe(before);
    await page.keyboard.press('Escape');
    await expect(values).toBeHidden();
  });

  test(`one bad run leaves the others their height, and is said, ${size.width} × ${size.height}`, async ({
    page,
  }) => {
    await page.addInitScript(watchWords);
    await page.setViewportSize(size);
    await openAll(page);
    const card = page.getByRole('region', { name: 'Loss', exact: true });
    await drawing(page, 'Loss').scrollIntoViewIfNeeded();
    await expect(card.getByText(/#3 goes beyond this range, up to 2\.\d+e\+?6/)).toBeVisible();
    expect((await wordsOf(page, 'words')).filter((word) => /e\d|\d{5}/.test(word))).toEqual([]);
    await press(card.getByRole('button', { name: 'Show everything' }));
    await expect.poll(() => wordsOf(page, 'words')).toContain('2e6');
    await press(card.getByRole('button', { name: 'Use logarithmic scale' }));
    await expect(page.getByRole('radio', { name: 'Log' })).toBeChecked();
    await press(page.getByRole('radio', { name: 'Linear' }));
    await press(card.getByRole('button', { name: 'Leave out outliers' }));
    await expect(card.getByText(/#3 goes beyond this range/)).toBeVisible();
    expect(await wordsOf(page, 'cut')).toEqual([]);

    // The values of all runs fit beside the cursor, wherever it is.
    const loss = drawing(page, 'Loss');
    await loss.evaluate((each) => {
      each.scrollIntoView({ block: 'center' });
    });
    const box = (await loss.boundingBox())!;
    const values = loss.locator('[data-values]');
    for (const part of [0.25, 0.45, 0.7, 0.9]) {
      await page.mouse.move(box.x + box.width * part, box.y + box.height / 2);
      await expect(values).toContainText('Course net #3');
      const shown = (await values.boundingBox())!;
      expect(shown.x).toBeGreaterThanOrEqual(box.x - 1);
      expect(shown.x + shown.width).toBeLessThanOrEqual(box.x + box.width + 1);
      expect(await values.evaluate((each) => each.scrollWidth - each.clientWidth)).toBeLessThanOrEqual(0);
    }
  });
}

test('what happened to a run is said above its curves, not on them', async ({ page }) => {
  await page.addInitScript(watchWords);
  await openRun(page, 2);
  await expect.poll(() => wordsOf(page, 'words')).toContain('Learning rate 0.01 → 0.005');
  const lowest = await page.evaluate(() => (window as unknown as { lowest: Record<string, number> }).lowest);
  const about = Object.keys(lowest).filter((word) => word.startsWith('Learning rate'));
  // Of two that would lie over one another the later one is there.
  expect(about.sort()).toEqual(['Learning rate 0.01 → 0.005', 'Learning rate 0.01 → 0.03']);
  const plotTop = await drawing(page, 'Loss').evaluate((each) => {
    const cursor = each.querySelector<HTMLElement>('.cursor')!;
    each.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    return new Promise<number>((done) =>
      setTimeout(() => done(Number(/, (\d+(?:\.\d+)?)px/.exec(cursor.style.transform)![1])), 500),
    );
  });
  for (const word of about) expect(lowest[word]).toBeLessThanOrEqual(plotTop);
});

test('the range of values is set by hand, and given back', async ({ page }) => {
  await page.addInitScript(watchWords);
  await openAll(page);
  const card = page.getByRole('region', { name: 'Loss', exact: true });
  await press(card.getByRole('button', { name: /^Range of the value axis/ }));
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'From' }).fill('0');
  await dialog.getByRole('textbox', { name: 'To' }).fill('-1');
  await expect(dialog.getByText('The end must be higher than the start')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Apply' })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'To' }).fill('0,4');
  await press(dialog.getByRole('button', { name: 'Apply' }));
  await expect.poll(() => wordsOf(page, 'words')).toContain('0.4');
  await expect(card.getByText('3 runs go beyond this range', { exact: false })).toBeVisible();
  await press(card.getByRole('button', { name: 'Automatic range' }));
  await expect(card.getByText(/#3 goes beyond this range/)).toBeVisible();
});

test('a saved picture says by itself what it shows', async ({ page }) => {
  await openAll(page);
  const save = async (entry: string) => {
    await press(page.getByRole('button', { name: 'Save: Loss' }));
    return readFile(await saved(page, () => press(page.getByRole('menuitem', { name: entry }))));
  };
  const svg = (await save('Vector picture (SVG)')).toString();
  const texts = await page.evaluate((source) => {
    const { documentElement } = new DOMParser().parseFromString(source, 'image/svg+xml');
    return [...documentElement.querySelectorAll('text')].map(({ textContent }) => textContent);
  }, svg);
  expect(texts).toEqual(
    expect.arrayContaining([
      'Loss',
      'Course net #1',
      'Course net #2',
      'Course net #3',
      expect.stringMatching(/^(Epoch|Step)/),
      'test set',
    ]),
  );
  expect(svg).not.toMatch(/NaN|undefined|color\(|oklch/);
  const png = await save('Picture (PNG)');
  const wide = Number(/viewBox="0 0 (\d+)/.exec(svg)![1]);
  expect([png.readUInt32BE(16), png.subarray(1, 4).toString()]).toEqual([2 * wide, 'PNG']);
});

test('a run that trains is drawn at most four times a second, its ends alone, and not at all out of sight', async ({
  page,
}) => {
  await page.addInitScript(countDrawings);
  await page.goto(host.url);
  await page.goto(new URL('/#/train', page.url()).href);
  await page.getByRole('textbox', { name: 'Epochs' }).fill('200');
  await press(page.getByRole('button', { name: /^Train Course net/ }));
  const running = page.locator('[data-status=running]').first();
  await expect(running).toBeVisible({ timeout: 60_000 });
  await page.goto(new URL('/#/runs/4', page.url()).href);
  const loss = drawing(page, 'Loss');
  await loss.scrollIntoViewIfNeeded();
  const pointsOf = async (name: string) =>
    Number(await page.getByRole('figure', { name }).getAttribute('data-points'));
  const points = () => pointsOf('Loss');
  await expect.poll(points, { timeout: 60_000 }).toBeGreaterThan(30);

  await page.getByRole('table', { name: 'Confusion matrix' }).waitFor({ state: 'attached' });
  const names = ['Loss', 'Test accuracy', 'Values', 'Test images', 'Confusion matrix'];
  const parts = await Promise.all(
    names.map((name) => page.getByRole('region', { name, exact: true }).elementHandle()),
  );

  const seconds = 6;
  const epochsBefore = await pointsOf('Test accuracy');
  const [before, pointsBefore] = [await drawingsOf(page), await points()];
  await page.waitForTimeout(seconds * 1000);
  const after = await drawingsOf(page);
  expect(await points()).toBeGreaterThan(pointsBefore);
  const drawn = after.all['Loss']! - before.all['Loss']!;
  expect(drawn).toBeGreaterThan(0);
  // The fifth is for what else there is to draw: an axis that grows, an epoch's end.
  expect(drawn / seconds).toBeLessThanOrEqual(5);
  expect(after.ends).toBeGreaterThan(before.ends);
  // Only values change: no part of the page is made anew.
  const stay = parts.map((part) => part!.evaluate((element) => element.isConnected));
  expect(await Promise.all(stay)).not.toContain(false);
  // Nothing of the accuracy changes before an epoch has ended. One may end while it is counted, and what is known of
  // its end (its record, the run's best) may come in two batches of events.
  const epochs = (await pointsOf('Test accuracy')) - epochsBefore;
  expect((after.all['Test accuracy'] ?? 0) - (before.all['Test accuracy'] ?? 0)).toBeLessThanOrEqual(
    epochs + 2,
  );

  // Drawn bit by bit, it is what is drawn at once.
  await press(page.getByRole('button', { name: /^Pause/ }));
  await expect(page.locator('[data-status=paused]').first()).toBeVisible({ timeout: 60_000 });
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1000);
  const bitByBit = await loss.screenshot();
  await page.keyboard.press('y');
  await expect.poll(async () => (await loss.screenshot()).equals(bitByBit)).toBe(false);
  await page.keyboard.press('y');
  await page.waitForTimeout(500);
  expect(await pixelsApart(page, bitByBit, await loss.screenshot())).toBeLessThan(20);

  await press(page.getByRole('button', { name: /^Resume/ }));
  await expect(running).toBeVisible({ timeout: 60_000 });
  // Low enough for the chart to be scrolled out of sight before the first epoch has ended and the page is long.
  await page.setViewportSize({ width: 1280, height: 360 });
  await page.mouse.move(700, 200);
  await page.mouse.wheel(0, 5000);
  await expect.poll(() => loss.evaluate((each) => each.getBoundingClientRect().bottom)).toBeLessThan(0);
  // The browser tells when it is out of sight, on a busy machine late.
  const rests = async () => {
    const before = await drawingsOf(page);
    await page.waitForTimeout(600);
    return (await drawingsOf(page)).all['Loss'] === before.all['Loss'];
  };
  await expect.poll(rests, { timeout: 60_000 }).toBe(true);
  const [unseen, unseenPoints] = [await drawingsOf(page), await points()];
  await expect.poll(points, { timeout: 60_000 }).toBeGreaterThan(unseenPoints + 10);
  // An epoch's end redraws it, and an epoch may be short; new values alone do not.
  expect((await drawingsOf(page)).all['Loss']! - unseen.all['Loss']!).toBeLessThanOrEqual(3);
  await page.mouse.wheel(0, -9000);
  await expect.poll(async () => (await drawingsOf(page)).all['Loss']).toBeGreaterThan(unseen.all['Loss']!);

  // What is below the window's edge rests, and is up to date once it is scrolled to.
  const counted = page.getByText(/^Epochs: \d+$/);
  const progress = page.getByText(/^Epoch \d+ of 200$/);
  const numberOf = async (text: Locator) => Number(/\d+/.exec((await text.textContent())!));
  const [restedAt, epoch] = [await numberOf(counted), await numberOf(progress)];
  await expect.poll(() => numberOf(progress), { timeout: 120_000 }).toBeGreaterThan(epoch + 1);
  expect(await numberOf(counted)).toBe(restedAt);
  await counted.scrollIntoViewIfNeeded();
  await expect.poll(() => numberOf(counted)).toBeGreaterThan(epoch);
  await press(page.getByRole('button', { name: /^Stop/ }).first());
});
