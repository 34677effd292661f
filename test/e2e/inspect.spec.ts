/** Looking inside two nets: maps, a unit's products and sum by the keyboard, held against the numbers that the engine sent. */
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { openHistory } from '../../src/main/history/open.ts';
import { decodeMessage } from '../../src/shared/base/codec.ts';
import { axeFindingsInBothThemes } from './axe.ts';
import { expect, hostOfThisFile, isDesktop, test, watchForErrors } from './host.ts';
import { go, number, spelledOut, step } from './inspecting.ts';
import { press } from './press.ts';
import { inTerminal } from './terminal.ts';

test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1440, height: 900 } });

const host = hostOfThisFile();
const weights = fileURLToPath(new URL('../vectors/models/homework-seed0-epoch1.pt', import.meta.url));

const unit = (page: Page, net: number) => page.locator(`[data-net="${net}"] [data-unit]`);

function expectRelative(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(
    1e-5 * Math.abs(expected) + 1e-9,
  );
}

interface Tensor {
  readonly shape: number[];
  readonly data: Float32Array;
}
interface Traced {
  readonly outputs: { readonly place: string; readonly output: Tensor }[];
  readonly probabilities: Tensor;
}

/** Every trace that the lab has sent to the page, in order. */
function tracesOf(page: Page): Traced[] {
  const traces: Traced[] = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string') return;
      traces.push(...repliesIn(payload));
    }),
  );
  return traces;
}

function repliesIn(payload: Uint8Array): Traced[] {
  const message = decodeMessage(payload) as { kind: string; reply?: Partial<Traced> };
  return message.kind === 'reply' && message.reply && 'outputs' in message.reply
    ? [message.reply as Traced]
    : [];
}

test('both nets are looked into from a run’s page, and in step', async ({ page }) => {
  const errors = watchForErrors(page);
  await inTerminal(host, 'train', 'course', '--epochs', '2', '--batch-size', '512', '--json');
  // The other net with weights that PyTorch has trained.
  await inTerminal(host, 'import', weights, '--network', 'homework');
  await page.goto(host.url);
  await go(page, '#/inspect');
  // Who has not trained anything yet finds no net to choose here, but the way to one.
  await press(page.getByRole('link', { name: 'Go to Train' }));
  await expect(page).toHaveURL(/#\/train$/);
  await go(page, '#/runs/1');
  await press(page.getByRole('button', { name: 'Actions', exact: true }));
  await press(page.getByRole('menuitem', { name: 'Look inside' }));
  await expect(page).toHaveURL(/#\/inspect\/1$/);
  await expect(step(page, 1, '0')).toBeVisible();
  await page.getByRole('combobox', { name: 'Add a second net' }).fill('homework');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/inspect\/1,2$/);
  await expect(step(page, 2, '0')).toBeVisible();
  expect(errors).toEqual([]);
});

test('a convolution’s unit is spelled out by the keyboard alone, and equals what the engine computed', async ({
  page,
}) => {
  const traces = tracesOf(page);
  await page.goto(host.url);
  await go(page, '#/inspect/1,2?image=18');
  const layer = step(page, 1, '3');
  const maps = layer.getByRole('application');
  await expect(maps).toBeVisible();
  await maps.focus();
  // The window of the unit at the cursor is framed in each map of the layer before, as it is for the pointer.
  await page.keyboard.press('Home');
  await expect(step(page, 1, '2').locator('.frame')).toHaveCount(10);
  // To the layer's largest value, and one unit to its left.
  for (const key of ['m', 'ArrowLeft', 'Enter']) await page.keyboard.press(key);
  const own = unit(page, 1);
  await expect(own).toBeVisible();
  await own.getByRole('radio', { name: '3 digits' }).focus();
  await page.keyboard.press('ArrowRight');
  const more = own.getByRole('button', { name: /^Show the products of/ });
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(more).toHaveCount(0);

  const engine = number(await own.locator('[data-engine]').textContent());
  const total = number(await own.locator('[data-total]').textContent());
  const bias = number(await own.locator('[data-bias]').textContent());
  const sums = (await own.locator('[data-channel-sum]').allTextContents()).map(number);
  const products = (await own.locator('[data-cell="product"]').allTextContents()).map(number);
  expect(products).toHaveLength(sums.length * 25);
  sums.forEach((sum, channel) => {
    const added = products.slice(25 * channel, 25 * (channel + 1));
    // The page has seven digits of each product: what is left of them where they cancel is less than that.
    const size = added.reduce((a, b) => a + Math.abs(b), 0);
    expect(Math.abs(added.reduce((a, b) => a + b, 0) - sum)).toBeLessThanOrEqual(1e-6 * size);
  });
  expectRelative(sums.reduce((a, b) => a + b, 0) + bias, total);
  expectRelative(total, engine);

  // What stands on the page against what the engine sent; the desktop's transport has no frames to read.
  if (isDesktop()) return;
  const at = Number(await own.getAttribute('data-unit'));
  const of = (trace: Traced) => trace.outputs.find(({ place }) => place === '3')?.output;
  const sent = traces.map(of).filter((output) => output?.shape[1] === 20);
  // The page writes seven digits.
  const isEngine = (value = NaN) => Math.abs(value - engine) <= 5e-7 * Math.abs(engine);
  expect(sent.map((output) => output?.data[at]).some(isEngine)).toBe(true);
});

test('pooling, activation, linear layer, softmax and loss have their numbers', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/inspect/1?image=3');
  await expect(step(page, 1, '0')).toBeVisible();
  const units = await spelledOut(page, 1);
  expect(units.length).toBeGreaterThan(5);
  for (const { total, engine } of units) expectRelative(total, engine);
  const table = page.getByRole('table', { name: 'Softmax and cross-entropy' });
  const shares = (await table.locator('[data-probability]').allTextContents()).map(number);
  expectRelative(
    shares.reduce((a, b) => a + b, 0),
    1,
  );
  const label = (await table.locator('tbody tr').allTextContents()).findIndex((row) => row.includes('label'));
  const loss = number(await page.locator('[data-loss]').textContent());
  expect(Math.abs(loss + Math.log(shares[label] ?? NaN))).toBeLessThan(1e-5);
});

test('a cell of the confusion matrix leads here; next and previous move on', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/runs/1');
  const wrong = page
    .getByRole('table', { name: 'Confusion matrix' })
    .locator('button:not(.diagonal):not(:disabled)')
    .first();
  await press(wrong);
  const image = page.getByRole('dialog').locator('figure[data-index]').first();
  const index = Number(await image.getAttribute('data-index'));
  await press(image.getByRole('link'));
  await expect(page).toHaveURL(new RegExp(`#/inspect/1\\?image=${index}$`));
  await expect(step(page, 1, '0')).toBeVisible();
  await press(page.getByRole('button', { name: 'Next image' }));
  await expect(page).toHaveURL(new RegExp(`image=${index + 1}$`));
  await page.keyboard.press('k');
  await expect(page).toHaveURL(new RegExp(`image=${index}$`));
  await page.getByRole('textbox', { name: 'Number of the image' }).fill('10000');
  await expect(page.getByText('A whole number from 0 to 9999.')).toBeVisible();
});

test('an image of a comparison leads here, with both nets', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/compare/1,2?tab=images');
  const link = page.locator('[data-image] a[href*="#/inspect/1,2"]').first();
  const image = new URLSearchParams((await link.getAttribute('href'))!.split('?')[1]).get('image');
  await press(link);
  await expect(page).toHaveURL(new RegExp(`#/inspect/1,2\\?image=${image}$`));
  await expect(step(page, 2, '0')).toBeVisible();
});

test('the part that an address names has its tab in sight in a narrow window; a linear layer has units, not filters', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.goto(host.url);
  await go(page, '#/inspect/1?tab=weights');
  const linear = page.locator('[data-weights="7"]');
  await expect(linear.getByText('Press a unit for its numbers.')).toBeVisible();
  await expect(linear.getByRole('button', { name: /^Show \d+ more units$/ })).toBeVisible();
  await expect(
    page.locator('[data-weights="3"]').getByRole('button', { name: /more filters$/ }),
  ).toBeVisible();
  await go(page, '#/inspect/1?tab=robust');
  await page.reload();
  await expect(page.getByRole('tab', { name: 'Robustness', selected: true })).toBeInViewport({ ratio: 0.99 });
});

test('the slider moves kernels, matrix and maps together; a seven is drawn, and both nets say so', async ({
  page,
}) => {
  await page.goto(host.url);
  await go(page, '#/inspect/1,2?tab=time');
  const history = openHistory(host.home);
  const [first, last] = history.epochs.list(1);
  history.close();
  const cells = page
    .locator('[data-net="1"]')
    .getByRole('table', { name: 'Confusion matrix' })
    .locator('tbody td');
  await expect(cells).toHaveText(last!.confusion.map(String));
  await expect(page.locator('[data-net="1"] canvas').first()).toBeVisible();
  const kernels = () =>
    page
      .locator('[data-net="1"] canvas')
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const trained = await kernels();
  const slider = page.getByRole('slider', { name: 'Inspected epoch' });
  await slider.focus();
  for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowLeft');
  await expect(cells).toHaveText(first!.confusion.map(String));
  await expect(page).toHaveURL(/epoch=1/);
  await expect.poll(async () => (await kernels()) === trained).toBe(false);
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('before training', { exact: true })).toBeVisible();
  await page.keyboard.press('End');
  await expect.poll(async () => (await kernels()) === trained).toBe(true);

  // The charts' cursor is at the slider's epoch, and a key in a chart moves the slider.
  const cursor = page.locator('[data-cursor-epoch]');
  await expect(cursor).toHaveAttribute('data-cursor-epoch', '2');
  await page.getByRole('figure', { name: 'Loss' }).getByRole('application').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page).toHaveURL(/epoch=1/);
  await expect(cursor).toHaveAttribute('data-cursor-epoch', '1');
  await expect(cells).toHaveText(first!.confusion.map(String));
  // From here to the run's own charts, and from their cursor back here.
  await press(page.getByRole('list', { name: 'Inspected nets' }).getByRole('link').first());
  await expect(page).toHaveURL(/#\/runs\/1\?epoch=1$/);
  await press(page.getByRole('link', { name: 'Look inside after epoch 1' }));
  await expect(page).toHaveURL(/#\/inspect\/1\?tab=time&epoch=1$/);
  await expect(cursor).toHaveAttribute('data-cursor-epoch', '1');

  await go(page, '#/inspect/1,2?tab=time');
  await press(page.getByRole('tab', { name: 'Draw a digit' }));
  const pad = page.getByRole('application', { name: 'Drawing pad' });
  const box = (await pad.boundingBox())!;
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(0.28, 0.2));
  await page.mouse.down();
  await page.mouse.move(...at(0.72, 0.2), { steps: 8 });
  await page.mouse.move(...at(0.45, 0.85), { steps: 12 });
  await page.mouse.up();
  for (const net of [1, 2]) {
    const bars = page.locator(`[data-net="${net}"] [data-bars]`);
    await expect(bars).toHaveAttribute('data-bars', '7');
  }
  await expect(page.locator('[data-took]')).toHaveAttribute('data-took', /^\d/);

  // The same by the keyboard: wiped, and a one drawn from the middle down.
  await pad.focus();
  await page.keyboard.press('Delete');
  await expect(page.locator('[data-net="1"] [data-bars]')).toHaveCount(0);
  for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Space');
  for (let i = 0; i < 18; i++) await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-net="1"] [data-bars]')).toHaveAttribute('data-bars', '1');

  await press(page.getByRole('combobox', { name: 'Label of the drawing' }));
  await press(page.getByRole('option', { name: 'Label 1', exact: true }));
  await press(page.getByRole('button', { name: 'Keep this drawing' }));
  await expect(page.locator('[data-own-score="1"]')).toContainText('1 of 1 right');
  const scored = await inTerminal(host, 'evaluate', '1', '--dataset', 'drawings', '--json');
  expect(JSON.parse(scored)).toMatchObject({ testCorrect: 1, testTotal: 1, dataset: 'drawings' });
  await press(page.getByRole('button', { name: 'Delete this drawing' }));
  await expect(page.locator('[data-own-score]')).toHaveCount(0);
});

for (const language of ['English', '简体中文']) {
  test(`axe finds nothing in either theme, ${language}; nothing is wider than the window`, async ({
    page,
  }) => {
    await page.goto(host.url);
    await go(page, '#/inspect/1,2');
    await expect(step(page, 2, '0')).toBeVisible();
    if (language !== 'English') {
      await page.keyboard.press('Control+k');
      await page.keyboard.type(language);
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('Enter');
    }
    await step(page, 1, '0').getByRole('application').focus();
    for (const key of ['m', 'Enter']) await page.keyboard.press(key);
    await expect(unit(page, 1)).toBeVisible();
    expect(await axeFindingsInBothThemes(page)).toEqual([]);
    for (const width of [1024, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      const over = await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth);
      expect.soft(over, String(width)).toBeLessThanOrEqual(0);
    }
  });
}
