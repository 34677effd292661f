// What the design screen's tests do again and again.
import type { Page } from '@playwright/test';
import { expect } from './host.ts';

export const rows = (page: Page) => page.locator('[role="row"][data-row]:not([data-row="input"])');
export const total = (page: Page, name: string) =>
  page.locator('.totals div', { hasText: name }).locator('dd');

/** Typed into the palette's field: the first layer of that name comes after the chosen one. */
export async function add(page: Page, name: string): Promise<void> {
  await page.keyboard.press('a');
  await expect(page.getByRole('textbox', { name: 'Find a layer' })).toBeFocused();
  await page.keyboard.type(name);
  const before = await rows(page).count();
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(before + 1);
  await expect(page.locator('[role="row"][tabindex="0"]')).toBeFocused();
}

/** Into the fields of the chosen layer, in their order, and back to the column. */
export async function fill(page: Page, ...values: string[]): Promise<void> {
  await page.keyboard.press('Enter');
  for (const [index, value] of values.entries()) {
    if (index > 0) await page.keyboard.press('Tab');
    await page.keyboard.type(value);
  }
  await page.keyboard.press('Enter');
  await expect(page.locator('[role="row"][tabindex="0"]')).toBeFocused();
}

export async function newNet(page: Page): Promise<void> {
  const address = page.url();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('new net');
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(address);
  await expect(page.getByText('An empty net')).toBeVisible();
}
