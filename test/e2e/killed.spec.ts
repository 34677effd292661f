/** The lab is killed while a window is open: the window says so, waits, and is where it was once the lab is back. */
import type { Page } from '@playwright/test';
import { Host, expect, needsBrowser, test } from './host.ts';
import { press } from './press.ts';

test.use({ actionTimeout: 20_000 });

const host = new Host();
test.beforeAll(() => host.start());
test.afterAll(() => host.end());

const startOne = async (page: Page) => {
  await page.goto(host.url);
  await page.goto(host.at(`#/train`));
  await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill('200');
  await press(page.getByRole('button', { name: /^Train Course net/ }));
};

test('says that the lab is gone, reconnects by itself and is back where it was', async ({ page }) => {
  needsBrowser('the host is the program that has the window: test/desktop/crashes.spec.ts kills both');
  await startOne(page);
  await page.goto(host.at(`#/runs?filter=status:running,interrupted`));
  const row = page.locator('[data-line^="r"]').first();
  await expect(row.locator('[data-status=running]')).toBeVisible({ timeout: 60_000 });
  const before = new URL(host.url);

  await host.stop('SIGKILL');
  await expect(page.getByText('Stride is not responding')).toBeVisible();
  // Nothing is known of what trained; nobody did anything, so nothing is red.
  await expect(row.locator('[data-status=unknown]')).toBeVisible();
  await expect(page.locator('[data-status=running]')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);

  await host.start();
  expect(new URL(host.url).port).toBe(before.port);
  expect(new URL(host.url).search).not.toBe(before.search);
  await expect(page.getByText('Stride is not responding')).toHaveCount(0);
  await expect(row.locator('[data-status=interrupted]')).toBeVisible();
  await expect(page).toHaveURL(/#\/runs\?filter=status/);
  await expect(page.getByRole('region', { name: '1 run was interrupted when Stride ended' })).toBeVisible();

  // Loaded anew without the printed address, the window is let in and has its style.
  await page.reload();
  await expect(row).toBeVisible();
  expect(await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)).not.toBe(
    'rgba(0, 0, 0, 0)',
  );
});

test('a browser that was never let in stays outside after the restart, too', async ({ browser }) => {
  needsBrowser('the desktop program serves nothing to a browser');
  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  const answer = await page.goto(new URL(host.url).origin);
  expect(answer?.status()).toBe(403);
  await expect(page.getByText('does not have the key')).toBeVisible();
  // Its refusal has its own style.
  expect(await page.locator('body').evaluate((body) => getComputedStyle(body).maxWidth)).not.toBe('none');
  await stranger.close();
});
