/** Tags that a run is given at its start, and the net that it says it was trained from. */
import { expect, hostOfThisFile, test } from './host.ts';
import { press } from './press.ts';

const host = hostOfThisFile();

test('a run has the tags of its start, and leads back to its net', async ({ page }) => {
  // An address that somebody sent, of a run that is not there yet.
  await host.open(page, '#/runs/1');
  await expect(page.getByText('There is no run 1')).toBeVisible();
  await press(page.getByRole('link', { name: 'Train', exact: true }));
  await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill('1');
  await press(page.getByText('Name and tags', { exact: true }));
  await page.getByRole('textbox', { name: 'Tags' }).fill('homework, week 3');
  await press(page.getByRole('button', { name: /^Train Course net/ }));
  await expect(page.locator('article').first()).toBeVisible();
  await press(page.getByRole('link', { name: 'Runs', exact: true }));
  const row = page.getByRole('row', { name: /Course net/ });
  await expect(row).toContainText('week 3');
  await press(row.getByRole('link'));
  await press(page.getByRole('tab', { name: 'Net' }));
  await press(page.getByRole('link', { name: 'Course net', exact: true }));
  await expect(page.getByRole('heading', { name: 'Design' })).toBeVisible();
});
