/** What is watched of a run: real training of two short epochs, and the numbers in the page are history's. */
import type { Page } from '@playwright/test';
import { openHistory } from '../../src/main/history/open.ts';
import { axeFindingsInBothThemes } from './axe.ts';
import { callsOf, expect, hostOfThisFile, test, watchForErrors } from './host.ts';
import { pixelsApart } from './pixels.ts';
import { press } from './press.ts';

test.describe.configure({ mode: 'serial' });

const host = hostOfThisFile();
/** 118 batches an epoch. */
const batchSize = 512;
const stepsPerEpoch = Math.ceil(60_000 / batchSize);

const drawing = (page: Page, chart: string) =>
  page.getByRole('figure', { name: chart }).getByRole('application');
const showAll = (page: Page) => page.getByRole('button', { name: 'Show all', exact: true });

async function open(page: Page): Promise<void> {
  await page.goto(host.url);
  await page.goto(new URL('/#/runs/1', page.url()).href);
  const figure = page.getByRole('figure', { name: 'Loss' });
  await expect(figure).toHaveAttribute('data-points', String(2 * stepsPerEpoch));
}

test('a run is trained, and its curves are there', async ({ page }) => {
  const errors = watchForErrors(page);
  await page.goto(host.url);
  await page.goto(new URL('/#/train', page.url()).href);
  await page.getByRole('textbox', { name: 'Epochs' }).fill('2');
  await page.getByRole('textbox', { name: 'Batch size' }).fill(String(batchSize));
  await press(page.getByRole('button', { name: /^Train Course net/ }));
  await expect(page.locator('[data-status=finished]').first()).toBeVisible({ timeout: 200_000 });
  await open(page);
  expect(errors).toEqual([]);
});

test('the table under the cursor has history’s numbers', async ({ page }) => {
  await open(page);
  await press(page.getByRole('radio', { name: 'Step' }));
  const area = drawing(page, 'Loss');
  const box = (await area.boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const row = page.getByRole('table', { name: 'Values' }).getByRole('row').nth(1);
  const [stepText, , batchLoss] = await row.getByRole('cell').allInnerTexts();
  const step = Number(stepText!.replace(',', ''));
  expect(step).toBeGreaterThan(50);
  expect(step).toBeLessThan(200);

  const history = openHistory(host.home);
  const losses = history.batchLosses.read(1, 0);
  const epochs = history.epochs.list(1);
  const clock = history.batchLosses.clock(1, 0);
  history.close();
  expect(batchLoss).toBe(losses[step - 1]!.toFixed(4));
  expect(clock.at(-1)).toMatchObject({ step: 2 * stepsPerEpoch });

  // The pin stays where the pointer goes, and Escape lets it go: then the latest values stand there.
  await page.mouse.move(0, 0);
  await expect(page.getByRole('button', { name: 'Unpin' })).toBeVisible();
  await area.focus();
  await page.keyboard.press('Escape');
  await expect(row).toContainText(`${((100 * epochs[1]!.testCorrect) / 10_000).toFixed(2)}%`);
  await expect(row).toContainText(epochs[1]!.testLoss.toFixed(4));
});

test('zoom by keyboard moves all charts, and the cursor stands in all of them', async ({ page }) => {
  await open(page);
  await expect(showAll(page)).toBeDisabled();
  const [loss, accuracy] = [drawing(page, 'Loss'), drawing(page, 'Test accuracy')];
  const before = await accuracy.screenshot();
  await loss.focus();
  await page.keyboard.press('+');
  await expect(showAll(page)).toBeEnabled();
  await expect.poll(async () => before.equals(await accuracy.screenshot())).toBe(false);
  await page.keyboard.press('Shift+ArrowRight');
  await expect(loss.locator('.cursor')).toBeVisible();
  await expect(accuracy.locator('.cursor')).toBeVisible();
  await page.keyboard.press('0');
  await expect(showAll(page)).toBeDisabled();
});

test('drag zooms to what is dragged over; a double click shows all', async ({ page }) => {
  await open(page);
  const box = (await drawing(page, 'Loss').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(showAll(page)).toBeEnabled();
  await page.mouse.dblclick(box.x + box.width / 2, box.y + 60);
  await expect(showAll(page)).toBeDisabled();
});

test('a chart that is moved shows what it shows at rest, and rests as a whole drawing does', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  // A chart rests by a timer: none goes off while they are held, however slow the machine is.
  await page.addInitScript(() => {
    const { setTimeout } = window;
    const timers = { held: false };
    Object.assign(window, {
      timers,
      setTimeout: (...call: Parameters<typeof setTimeout>) => (timers.held ? 0 : setTimeout(...call)),
    });
  });
  const hold = (held: boolean) =>
    page.evaluate((value) => {
      (window as unknown as { timers: { held: boolean } }).timers.held = value;
    }, held);
  await page.setViewportSize({ width: 1440, height: 1600 });
  await open(page);
  const [loss, accuracy] = [drawing(page, 'Loss'), drawing(page, 'Test accuracy')];
  await loss.focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect(showAll(page)).toBeEnabled();
  // Without the ends, where ticks' words come and go.
  const pictureOf = async (chart: typeof loss) => {
    const { x, y, width, height } = (await chart.boundingBox())!;
    return page.screenshot({ clip: { x: x + 90, y, width: width - 170, height } });
  };
  const before = await pictureOf(accuracy);

  const box = (await loss.boundingBox())!;
  const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + 60)];
  await page.mouse.move(x, y);
  await page.keyboard.down('Shift');
  await page.mouse.down();
  await hold(true);
  await page.mouse.move(x - 100, y, { steps: 5 });
  await page.mouse.move(x + 57, y, { steps: 5 });
  await expect(page.locator('.strip')).toHaveCount(4);
  const moved = await pictureOf(accuracy);
  // A hand that moves without panning, as at a turn, keeps the pictures.
  await page.locator('.strip').evaluateAll((strips) => strips.forEach((each) => (each.id = 'before')));
  await page.mouse.move(x + 57, y + 3, { steps: 3 });
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  await expect(page.locator('.strip[id="before"]')).toHaveCount(4);
  // One line of the grid, a pixel from where it was, is more than this.
  const least = 300;
  expect(await pixelsApart(page, before, moved)).toBeGreaterThan(least);
  await hold(false);
  await page.mouse.move(x + 58, y);
  await page.mouse.move(x + 57, y);
  await expect(page.locator('.strip')).toHaveCount(0);
  expect(await pixelsApart(page, moved, await pictureOf(accuracy))).toBeLessThan(least);

  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.mouse.move(0, 0);
  const rested = await Promise.all([pictureOf(loss), pictureOf(accuracy)]);
  // All of it anew, by way of another axis.
  await page.keyboard.press('y');
  await expect.poll(async () => (await pictureOf(loss)).equals(rested[0])).toBe(false);
  await page.keyboard.press('y');
  await expect.poll(async () => (await pictureOf(loss)).equals(rested[0])).toBe(true);
  expect((await pictureOf(accuracy)).equals(rested[1])).toBe(true);
  expect(errors).toEqual([]);
});

test('the confusion matrix moves with the epoch, and a cell opens its images', async ({ page }) => {
  await open(page);
  const history = openHistory(host.home);
  const [first, last] = history.epochs.list(1);
  history.close();
  const cells = page.getByRole('table', { name: 'Confusion matrix' }).getByRole('cell').getByRole('button');
  await expect(cells).toHaveText(last!.confusion.map(String));
  await page.getByRole('slider', { name: 'Epoch' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(cells).toHaveText(first!.confusion.map(String));

  // The most frequent mistake of the last epoch, whose checkpoint is the last one.
  await page.keyboard.press('ArrowRight');
  await expect(cells).toHaveText(last!.confusion.map(String));
  const mistakes = last!.confusion.map((count, cell) => (Math.floor(cell / 10) === cell % 10 ? 0 : count));
  const most = mistakes.indexOf(Math.max(...mistakes));
  await press(cells.nth(most));
  const images = page.getByRole('dialog').locator('figure[data-index]');
  await expect(images).toHaveCount(Math.min(60, mistakes[most]!), { timeout: 60_000 });
  for (const image of await images.all()) {
    await expect(image).toHaveAttribute('data-label', String(Math.floor(most / 10)));
    await expect(image).toHaveAttribute('data-prediction', String(most % 10));
  }
});

test('what a checkpoint says is asked once, and a page that rests asks nothing', async ({ page }) => {
  await open(page);
  const asked = await callsOf(page);
  await page.reload();
  const samples = page.getByRole('region', { name: 'Test images' }).locator('figure[data-index]');
  await expect(samples).toHaveCount(10);
  // Long enough for a hundred questions more, if an answer led to the next one.
  await page.waitForTimeout(2000);
  expect((await asked()).filter((name) => name === 'inspect.predictions')).toHaveLength(1);
});

test('layer health is read out; no violation in either theme', async ({ page }) => {
  await open(page);
  const dead = page.getByRole('table', { name: 'Dead units' });
  await dead.getByRole('button').first().focus();
  await expect(page.getByText(/Layer \d+ \(.*\), epoch 1: .*ReLU units/)).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/, epoch 2: .*ReLU units/)).toBeVisible();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('after one epoch the layers’ health is one table of numbers', async ({ page }) => {
  await page.goto(host.url);
  await page.goto(new URL('/#/train', page.url()).href);
  await page.getByRole('textbox', { name: 'Epochs' }).fill('1');
  await page.getByRole('textbox', { name: 'Batch size' }).fill(String(batchSize));
  await press(page.getByRole('button', { name: /^Train Course net/ }));
  await expect(page.locator('[data-status=finished]').first()).toBeVisible({ timeout: 200_000 });
  await page.goto(new URL('/#/runs/2', page.url()).href);
  const health = page.getByRole('table', { name: 'Layer health' });
  await expect(health).toBeVisible();
  await expect(page.getByRole('table', { name: 'Dead units' })).toHaveCount(0);
  const history = openHistory(host.home);
  const [epoch] = history.epochs.list(2);
  history.close();
  const convolution = epoch!.details!.layers.find(({ type }) => type === 'conv2d')!;
  const row = health.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^1 / }) });
  const shown = (await row.getByRole('button').allInnerTexts()).map(Number);
  const near = (value: number) => shown.some((each) => Math.abs(each / value - 1) < 0.01);
  expect(near(convolution.weightNorm!)).toBe(true);
  expect(near(convolution.gradientNorm!)).toBe(true);
  await row.getByRole('button').first().focus();
  await expect(page.getByText(/Layer 1 \(.*\), epoch 1: /)).toBeVisible();
});
