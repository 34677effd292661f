/** axe-core on every screen, empty and full, in both themes: no violation. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, hostOfThisFile, test } from './host.ts';

test.describe.configure({ mode: 'serial' });
test.use({ actionTimeout: 20_000 });

const host = hostOfThisFile();

async function check(page: Page, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${screen}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
  expect(found).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the screens of a lab without runs, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(host.url);
    await page.goto(new URL('#/welcome', page.url()).href);
    await expect(page.getByRole('heading', { name: 'Welcome to Stride' })).toBeVisible();
    await check(page, 'first page');
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Nothing has been trained yet' })).toBeVisible();
    await check(page, 'train, empty');
    await page.getByRole('link', { name: 'Runs' }).click();
    await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible();
    await check(page, 'runs, empty');
    await page.getByRole('link', { name: 'Settings' }).click();
    await expect(page.getByText(host.home)).toBeVisible();
    await check(page, 'settings');
    await page.getByRole('combobox', { name: 'Language' }).click();
    await expect(page.getByRole('listbox')).toBeVisible();
    await check(page, 'settings, list open');
    await page.keyboard.press('Escape');

    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option').first()).toBeVisible();
    await check(page, 'command palette');
    await page.keyboard.type('nothing is like this');
    await expect(page.getByText('Nothing fits.')).toBeVisible();
    await check(page, 'command palette, nothing found');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show the keys' }).click();
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    await check(page, 'keys');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Take the tour' }).click();
    await expect(page.getByRole('dialog', { name: 'Design' })).toBeVisible();
    await check(page, 'design, tour');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.setViewportSize({ width: 512, height: 384 });
    await check(page, 'design, narrow');
  });
}

test('the screens of a lab with runs, both themes', async ({ page }) => {
  await page.goto(host.url);
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.getByRole('textbox', { name: 'Epochs' }).fill('1');
  await page.getByRole('textbox', { name: 'Batch size' }).fill('512');
  await page.getByRole('button', { name: 'Train Course net' }).click();
  const run = page.getByRole('article', { name: 'Course net #1' });
  await expect(run.getByText('Training', { exact: true })).toBeVisible();
  await check(page, 'train, running');
  await expect(run.getByText('Finished')).toBeVisible({ timeout: 180_000 });
  await page.getByRole('checkbox', { name: /Homework net/ }).click();
  await page.getByRole('textbox', { name: 'Epochs, Course net' }).fill('x');

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.getByRole('link', { name: 'Train' }).click();
    await check(page, `train, ${colorScheme}`);
    await page.getByRole('button', { name: 'Table' }).first().click();
    await check(page, `train, table, ${colorScheme}`);
    await page.getByRole('link', { name: 'Runs' }).click();
    await check(page, `runs, ${colorScheme}`);
    await page.getByRole('link', { name: 'Course net #1' }).click();
    await expect(page.getByRole('table', { name: 'Confusion matrix' })).toBeVisible();
    await check(page, `run, ${colorScheme}`);
  }
});
