/** Inspect on the whole test set: units, test images, weights, embedding and robustness of a net that PyTorch has trained. */
import { fileURLToPath } from 'node:url';
import { expect, hostOfThisFile, test } from './host.ts';
import { expectAccessible, go, number, step } from './inspecting.ts';
import { press } from './press.ts';
import { inTerminal } from './terminal.ts';

test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1440, height: 900 } });

const host = hostOfThisFile();
const weights = fileURLToPath(new URL('../vectors/models/homework-seed0-epoch1.pt', import.meta.url));

test.beforeAll(async () => {
  await inTerminal(host, 'import', weights, '--network', 'homework');
});

test('a unit’s images are found on the whole test set, and lead through the net', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/inspect/1?tab=units');
  const net = page.locator('[data-net="1"]');
  const layer = net.locator('[data-units="1"]').getByRole('button');
  await expect(layer).toBeVisible();
  await press(layer);
  await press(net.locator('[data-unit-tile="3"]'));
  await expect(net.locator('[data-chosen-unit="3"] [data-waking]')).toHaveCount(9);
  await expectAccessible(page);
  const first = net.locator('[data-chosen-unit="3"] [data-waking]').first();
  const image = await first.getAttribute('data-waking');
  const value = number(await first.locator('> span').textContent());
  await press(first.getByRole('link'));
  await expect(page).toHaveURL(new RegExp(`image=${image}$`));
  // The value beside the image is the largest of this map there, as the engine computes it for this image alone.
  const maps = step(page, 1, '1').getByRole('application');
  await maps.focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < 3; i++) await page.keyboard.press('PageDown');
  await page.keyboard.press('Enter');
  await press(step(page, 1, '1').getByRole('button', { name: /^Show the test images/ }));
  await expect(step(page, 1, '1').locator('[data-waking]').first()).toHaveAttribute('data-waking', image!);
  expect(value).toBeGreaterThan(0);
});

test('the test set is filtered by the keyboard and the pointer, and an image opens', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/inspect/1?tab=set');
  const listed = page.locator('[data-listed]');
  await expect(listed).toHaveAttribute('data-listed', '10000');
  await press(page.getByRole('radio', { name: 'Right', exact: true }));
  await expect(listed).not.toHaveAttribute('data-listed', '10000');
  const right = Number(await listed.getAttribute('data-listed'));
  await press(page.getByRole('radio', { name: 'Wrong', exact: true }));
  await expect(listed).toHaveAttribute('data-listed', String(10_000 - right));
  await press(page.getByRole('combobox', { name: 'Order' }).or(page.getByRole('button', { name: 'Order' })));
  await press(page.getByRole('option', { name: 'Least confident first' }));
  await expect(page).toHaveURL(/order=leastSure/);
  const list = page.getByRole('listbox', { name: 'Test images' });
  await expect(list.getByRole('option').first()).toContainText('✗');
  await expectAccessible(page);
  await list.focus();
  for (const key of ['End', 'Home', 'ArrowRight']) await page.keyboard.press(key);
  const active = list.locator('[aria-selected="true"]');
  await expect(active).toBeInViewport();
  const image = await active.getAttribute('data-image');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`image=${image}(&|$)`));
  await expect(step(page, 1, '0')).toBeVisible();
  await page.goBack();
  await expect(list).toBeVisible();
});

test('filters are sorted by norm and written as numbers; the test set is embedded, and a point opens', async ({
  page,
}) => {
  await page.goto(host.url);
  await go(page, '#/inspect/1?tab=weights');
  const layer = page.locator('[data-net="1"] [data-weights="3"]');
  await expect(layer.locator('[data-histogram]')).toHaveCount(2);
  await press(page.getByRole('radio', { name: 'Largest norm first' }));
  const norms = (await layer.locator('[data-filter]').allTextContents()).map((text) =>
    number(text.split('norm')[1] ?? null),
  );
  expect(norms.length).toBeGreaterThan(1);
  expect(norms).toEqual([...norms].sort((a, b) => b - a));
  await press(layer.locator('[data-filter]').first());
  await expect(layer.locator('[data-filter-numbers] table').first().locator('td')).toHaveCount(9);

  await go(page, '#/inspect/1?tab=embedding');
  const picture = page.getByRole('application', { name: /^Test images as points/ });
  await expect(picture).toHaveAttribute('data-scatter', '10000');
  await press(page.getByRole('radio', { name: 'Right or wrong' }));
  await expectAccessible(page);
  await picture.focus();
  for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  const point = await picture.locator('[data-point]').getAttribute('data-point');
  await expect(page.getByText(new RegExp(`^Test image ${point}: label`))).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(point === '0' ? /inspect\/1/ : new RegExp(`image=${point}(&|$)`));
  await expect(step(page, 1, '0')).toBeVisible();
});

test('an image is turned until the net errs; the whole test set’s accuracy falls with it', async ({
  page,
}) => {
  await page.goto(host.url);
  await go(page, '#/inspect/1?tab=robust&change=rotation');
  const net = page.locator('[data-net="1"]');
  const changes = net.locator('[data-changes-at]').first();
  await expect(changes).toBeVisible();
  const before = await net.locator('[data-distorted-prediction]').getAttribute('data-distorted-prediction');
  const slider = page.getByRole('slider', { name: 'Rotation' });
  await slider.focus();
  const at = Number(await changes.getAttribute('data-changes-at'));
  for (let i = 0; i < Math.abs(at) / 5; i++) await page.keyboard.press(at < 0 ? 'ArrowLeft' : 'ArrowRight');
  await expect(page.locator('[data-strength]')).toHaveAttribute('data-strength', String(at));
  const after = net.locator('[data-distorted-prediction]');
  if (at !== 0) await expect(after).not.toHaveAttribute('data-distorted-prediction', before!);
  await press(page.getByRole('button', { name: 'Compute over the test set' }));
  const row = page.getByRole('table', { name: /^Accuracy on the test set/ }).locator('tbody tr');
  await expect(row).toHaveCount(1);
  const shares = (await row.locator('td').allTextContents()).map((text) => Number(text.replace('%', '')));
  expect(Math.max(...shares)).toBe(shares[(shares.length - 1) / 2]);
  expect(shares.at(-1)).toBeLessThan(shares[(shares.length - 1) / 2]! / 2);
  await expectAccessible(page);
});
