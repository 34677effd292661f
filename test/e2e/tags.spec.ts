/** Tags that a run is given at its start, and the net that it says it was trained from. */
import { expect, test } from '@playwright/test';
import { Host } from './host.ts';

const host = new Host();
test.beforeAll(() => host.start());
test.afterAll(() => host.end());

test('a run has the tags of its start, and leads back to its net', async ({ page }) => {
  await page.goto(host.url);
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill('1');
  await page.getByText('Name and tags', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Tags' }).fill('homework, week 3');
  await page.getByRole('button', { name: /^Train Course net/ }).click();
  await expect(page.locator('article').first()).toBeVisible();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  const row = page.getByRole('row', { name: /Course net/ });
  await expect(row).toContainText('week 3');
  await row.getByRole('link').click();
  await page.getByRole('tab', { name: 'Net' }).click();
  await page.getByRole('link', { name: 'Course net', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Design' })).toBeVisible();
});
