/**
 * The Design screen in a real browser: the homework net built from an empty canvas by keyboard alone and by pointer, a net
 * broken and mended, kept over a reload and a restart of the host; axe-core in both themes.
 */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { axeFindings, axeFindingsInBothThemes } from './axe.ts';
import { allowClipboard, expect, hostOfThisFile, needsBrowser, test, watchForErrors } from './host.ts';
import { forbidCopying } from './clipboard.ts';
import { press } from './press.ts';
import { rows, total, add, fill, newNet } from './designing.ts';

test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1440, height: 1000 } });

const host = hostOfThisFile();

async function open(page: Page, net: string): Promise<void> {
  await page.goto(host.url);
  await page.goto(new URL(`#/design/${net}`, page.url()).href);
  await expect(page.getByRole('treegrid')).toBeVisible();
}

test('the homework net from an empty canvas, by keyboard alone; it is there after a restart', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await open(page, 'course');
  await newNet(page);

  const block = async (...fields: string[]) => {
    await add(page, 'conv');
    await fill(page, ...fields);
    await add(page, 'max');
    await add(page, 'relu');
  };
  await block('10', '3');
  await block('20', '3', '1', '1');
  await block('30', '3');
  await add(page, 'flatten');
  for (const units of ['60', '30', '10']) {
    await add(page, 'linear');
    await fill(page, units);
  }

  await expect(total(page, 'Parameters')).toHaveText('16,750');
  await expect(page.getByText('one for each class of MNIST')).toBeVisible();
  const net = page.url();
  await expect(page.getByRole('button', { name: 'Train this net' })).toBeEnabled();

  // Undone to nothing and done again.
  for (let steps = 0; steps < 80 && (await rows(page).count()) > 0; steps++)
    await page.keyboard.press('Control+z');
  await expect(rows(page)).toHaveCount(0);
  for (let steps = 0; steps < 80 && (await rows(page).count()) < 13; steps++)
    await page.keyboard.press('Control+Shift+z');
  await page.keyboard.press('Control+Shift+z');
  await expect(total(page, 'Parameters')).toHaveText('16,750');

  // A version, with a note.
  await page.keyboard.press('Control+s');
  const note = page.getByRole('textbox', { name: 'Note' });
  await note.fill('as in the course');
  await page.keyboard.press('Enter');
  await expect(page.getByText('version 1', { exact: false }).first()).toBeVisible();

  await page.reload();
  await expect(total(page, 'Parameters')).toHaveText('16,750');
  await host.stop('SIGKILL');
  await host.start();
  await page.goto(host.url);
  await page.goto(new URL(new URL(net).hash, page.url()).href);
  await expect(total(page, 'Parameters')).toHaveText('16,750');
  await expect(rows(page)).toHaveCount(13);
  expect(errors.filter((error) => !/WebSocket|CONNECTION_REFUSED/.test(error))).toEqual([]);
});

test('by pointer: clicked, dragged in, dragged to another place, taken out', async ({ page }) => {
  const errors = watchForErrors(page);
  await open(page, 'course');
  await newNet(page);
  const offer = (name: string) => page.getByRole('button', { name: `Add ${name}`, exact: true });
  const drag = async (from: ReturnType<typeof offer>, x: number, y: number) => {
    const box = (await from.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 10, box.y + box.height / 2 + 10, { steps: 4 });
    await page.mouse.move(x, y, { steps: 12 });
    // The library looks where the pointer is five times a second.
    await page.waitForTimeout(600);
    await page.mouse.up();
  };
  for (const name of ['Convolution', 'ReLU', 'Flatten', 'Linear']) await press(offer(name));
  await expect(rows(page)).toHaveCount(4);

  const relu = (await rows(page).nth(1).boundingBox())!;
  await drag(offer('Max pooling'), relu.x + 200, relu.y + 4);
  await expect(rows(page)).toHaveCount(5);
  const types = () => rows(page).evaluateAll((all) => all.map((row) => row.getAttribute('data-type')));
  await expect.poll(types).toEqual(['conv2d', 'maxPool2d', 'activation', 'flatten', 'linear']);

  const first = (await rows(page).nth(0).boundingBox())!;
  await drag(rows(page).nth(2), first.x + 200, first.y + 4);
  await expect.poll(types).toEqual(['activation', 'conv2d', 'maxPool2d', 'flatten', 'linear']);

  await press(rows(page).nth(0));
  await press(page.getByRole('button', { name: 'Remove', exact: true }));
  await expect(rows(page)).toHaveCount(4);
  await press(page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Undo' }));
  await expect.poll(types).toEqual(['activation', 'conv2d', 'maxPool2d', 'flatten', 'linear']);
  expect(errors).toEqual([]);
});

test('broken and mended: the layer is named, what would fit is offered, the rest stays', async ({ page }) => {
  await open(page, 'course');
  await press(page.getByRole('button', { name: 'Duplicate to edit' }));
  await expect(page.getByRole('textbox', { name: 'Name of the net' })).toHaveValue('Course net copy');
  await press(rows(page).nth(3));
  const kernel = page.getByRole('textbox', { name: /Kernel size/ });
  await kernel.fill('15');
  const reason = 'Kernel 15 does not fit the 12×12 map from layer 3. Use kernel ≤ 12 or padding ≥ 2.';
  // Told in words at the field, by a mark on the row, and what to do in the bar.
  await expect(kernel).toHaveAccessibleDescription(reason);
  await expect(page.getByText(reason).and(page.locator(':not(.visually-hidden)'))).toHaveCount(1);
  await expect(rows(page).nth(3)).toContainText('does not fit');
  await expect(rows(page).nth(3)).toHaveAccessibleDescription(reason);
  const bar = page.getByText('Layer 4 does not fit; 4 layers after it cannot be computed.');
  await expect(bar).toBeVisible();
  await expect(rows(page)).toHaveCount(8);
  await expect(rows(page).nth(7)).toContainText('size unknown: layer 4 does not fit');
  await expect(kernel).toHaveAttribute('aria-invalid', 'true');
  const train = page.getByRole('button', { name: 'Train this net' });
  await expect(train).toHaveAttribute('aria-disabled', 'true');
  await train.focus();
  await expect(page.getByText(`Fix the net first: Layer 4 (Convolution): ${reason}`).first()).toBeVisible();

  // With its error it is kept.
  await expect(page.getByText('Saved', { exact: false }).first()).toBeVisible();
  await page.reload();
  await expect(rows(page).nth(3)).toContainText('does not fit');
  await expect(kernel).toBeHidden();
  await press(page.getByRole('button', { name: 'Go to layer 4' }));
  await expect(rows(page).nth(3)).toBeFocused();
  await expect(kernel).toHaveAttribute('aria-invalid', 'true');
  await press(page.getByRole('button', { name: 'Use padding 2' }));
  await expect(rows(page).nth(3)).not.toContainText('does not fit');
  await expect(rows(page).nth(3)).toBeFocused();
  await expect(bar).toBeHidden();
  await expect(train).not.toHaveAttribute('aria-disabled', 'true');

  await kernel.fill('0');
  await expect(page.getByText('Until then, 15 is kept.')).toBeVisible();
  await kernel.press('Escape');
  await expect(kernel).toHaveValue('15');

  await press(train);
  await expect(page).toHaveURL(/#\/train/);
});

test('the side panel is wider for code, and as wide as it was made, also after a reload', async ({
  page,
}) => {
  await open(page, 'course');
  const edge = page.getByRole('separator', { name: 'Width of the side panel' });
  const width = async () =>
    (await page.getByRole('complementary', { name: 'Layer and net' }).boundingBox())!.width;
  const fields = await width();
  await press(page.getByRole('tab', { name: 'Code' }));
  await expect.poll(width).toBeGreaterThan(fields + 100);
  const usual = await width();
  await edge.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(width).toBe(usual - 32);
  const box = (await edge.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 300);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 48, box.y + 320, { steps: 4 });
  await page.mouse.up();
  await expect.poll(width).toBe(usual - 80);
  await press(page.getByRole('tab', { name: 'Layer' }));
  await expect.poll(width).toBe(fields);
  await page.reload();
  await press(page.getByRole('tab', { name: 'Code' }));
  await expect.poll(width).toBe(usual - 80);
  await press(edge, { twice: true });
  await expect.poll(width).toBe(usual);
});

test('layers are copied and pasted as text; anything else is refused in words', async ({ page, context }) => {
  await allowClipboard(context);
  await open(page, 'course');
  await press(page.getByRole('button', { name: 'Duplicate to edit' }));
  await expect(page.getByRole('textbox', { name: 'Name of the net' })).toBeVisible();
  await press(rows(page).nth(0));
  await press(rows(page).nth(2), { modifiers: ['Shift'] });
  await page.keyboard.press('Control+c');
  await press(rows(page).nth(2));
  await page.keyboard.press('Control+v');
  await expect(rows(page)).toHaveCount(11);
  await page.evaluate(() => navigator.clipboard.writeText('print("hello")'));
  await page.keyboard.press('Control+v');
  await expect(page.getByText('it is not JSON').first()).toBeVisible();
  await expect(rows(page)).toHaveCount(11);
});

test('where the browser forbids copying, that and another way are said', async ({ page }) => {
  needsBrowser('the desktop program lets its window copy: test/desktop/security.spec.ts');
  await open(page, 'course');
  await press(page.getByRole('button', { name: 'Duplicate to edit' }));
  await expect(page.getByRole('textbox', { name: 'Name of the net' })).toBeVisible();
  await press(rows(page).nth(2));
  const errors = watchForErrors(page);
  await forbidCopying(page);
  await press(page.getByRole('button', { name: 'Actions on layer' }));
  await press(page.getByRole('menuitem', { name: 'Copy' }));
  const instead = page.getByText('Press Ctrl+C (⌘C) in the list of layers instead.');
  await expect(instead).toBeVisible({ timeout: 20_000 });
  expect(errors).toEqual([]);
});

test('the course’s script, pasted on the column, is the course net, and its settings go to Train', async ({
  page,
  context,
}) => {
  const errors = watchForErrors(page);
  await allowClipboard(context);
  const script = await readFile(new URL('../../scripts/bench/course.py', import.meta.url), 'utf8');
  // What Train has by default is not what the script says.
  const theirs = script.replace(/range\(10\)/, 'range(3)').replace(/lr=0\.01/, 'lr=0.02');
  expect(theirs).toContain('range(3)');
  expect(theirs).toContain('lr=0.02');
  await open(page, 'homework');
  await press(rows(page).nth(0));
  await page.evaluate((text) => navigator.clipboard.writeText(text), theirs);
  await page.keyboard.press('Control+v');
  const dialog = page.getByRole('dialog', { name: 'Net from PyTorch code' });
  await expect(dialog.getByRole('textbox', { name: 'PyTorch code' })).toHaveValue(theirs);
  await expect(dialog.getByRole('textbox', { name: 'PyTorch code' })).toBeFocused();
  await expect(dialog.getByText('Everything was understood.')).toBeVisible();
  await expect(dialog.getByRole('listitem')).toHaveCount(9);
  await expect(dialog.getByRole('checkbox', { name: /^Training settings too/ })).toBeChecked();
  expect(await axeFindings(page)).toEqual([]);
  await press(dialog.getByRole('button', { name: 'Use this net' }));

  await expect(page).not.toHaveURL(/homework/);
  await expect(total(page, 'Parameters')).toHaveText('8,490');
  await expect(total(page, 'Multiply-adds')).toHaveText('467,200');
  await expect(rows(page)).toHaveCount(8);
  await press(page.getByRole('button', { name: 'Train this net' }));
  await expect(page.getByRole('textbox', { name: /^Epochs/ })).toHaveValue('3');
  await expect(page.getByRole('textbox', { name: /^Learning rate/ })).toHaveValue('0.02');
  expect(errors).toEqual([]);
});

test('the size figure slides by keyboard; an exercise says what is wrong and what is right', async ({
  page,
}) => {
  await open(page, 'course');
  await press(rows(page).nth(0));
  await press(page.getByRole('button', { name: 'How the output size is computed' }));
  const dialog = page.getByRole('dialog', { name: 'How the output size is computed' });
  await expect(dialog.getByText('⌊(28 + 2·0 − 1·(5 − 1) − 1) / 1⌋ + 1 = 24')).toBeVisible();
  const grid = dialog.getByRole('img', { name: /^A 28×28 map/ });
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(dialog.getByText('Output (2, 2) of 24×24')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(dialog.getByText('Output (1, 24) of 24×24')).toBeVisible();

  await press(dialog.getByRole('tab', { name: 'Exercises' }));
  const answer = dialog.getByRole('textbox');
  await answer.fill('10x23x23');
  await press(dialog.getByRole('button', { name: 'Check' }));
  await expect(dialog.getByText('One too few')).toBeVisible();
  await answer.fill('10x24x24');
  await press(dialog.getByRole('button', { name: 'Check' }));
  await expect(dialog.getByText('Right.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'How the output size is computed' })).toBeFocused();
});

test('the activation explorer shows what the layer is given in the newest run, and in another', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await page.goto(host.url);
  await page.goto(new URL('#/design/course', page.url()).href);
  await press(rows(page).nth(2));
  const explore = page.getByRole('button', { name: 'Function and derivative' });
  const dialog = page.getByRole('dialog', { name: 'Function and derivative' });
  await press(explore);
  await expect(dialog.getByText('Train this net to see this layer’s real inputs here.')).toBeVisible();
  await page.keyboard.press('Escape');

  // Two runs of the preset as it is, one epoch each.
  for (const seed of ['0', '1']) {
    await press(page.getByRole('button', { name: 'Train this net' }));
    await page.getByRole('textbox', { name: /^Epochs/ }).fill('1');
    await page.getByRole('textbox', { name: /^Seed/ }).fill(seed);
    await press(page.locator('form button[type=submit]'));
    await expect(
      page.locator('article', { hasText: `#${Number(seed) + 1}` }).locator('[data-status=finished]'),
    ).toBeVisible({ timeout: 120_000 });
    await page.goto(new URL('#/design/course', page.url()).href);
  }
  await press(rows(page).nth(2));
  await press(explore);
  await expect(dialog.getByLabel('Run', { exact: true })).toContainText('#2');
  await press(dialog.getByRole('button', { name: 'Show this layer’s real inputs' }));
  const words = (id: number) =>
    dialog.getByText(`Inputs of this layer in Course net #${id}: 92,160 numbers, on 64 test images`);
  await expect(words(2)).toBeVisible();
  const share = async (id: number) => /([\d.]+)% of them/.exec((await words(id).textContent())!)![1]!;
  const newest = await share(2);
  expect(Number(newest)).toBeGreaterThan(10);
  expect(Number(newest)).toBeLessThan(90);
  await press(dialog.getByLabel('Run', { exact: true }));
  await press(page.getByRole('option', { name: 'Course net #1' }));
  await expect(words(1)).toBeVisible();
  expect(await share(1)).not.toBe(newest);
  expect(await axeFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test('axe finds nothing in either theme', async ({ page }) => {
  const check = async (what: string) => {
    expect(await axeFindingsInBothThemes(page), what).toEqual([]);
  };
  await open(page, 'homework');
  await check('preset');
  await press(page.getByRole('button', { name: 'Duplicate to edit' }));
  await expect(page.getByRole('textbox', { name: 'Name of the net' })).toBeVisible();
  await press(rows(page).nth(3));
  await page.getByRole('textbox', { name: /Kernel size/ }).fill('40');
  await check('broken');
  await press(page.getByRole('button', { name: 'Add Residual block' }));
  await page.keyboard.press('o');
  await expect(page.getByRole('dialog', { name: 'Open a net' })).toBeVisible();
  await check('switcher');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('dialog', { name: 'Versions' })).toBeVisible();
  await check('versions');
});
