/** What the specs of Inspect do again and again. */
import type { Page } from '@playwright/test';
import { axeFindings } from './axe.ts';
import { expect, isDesktop } from './host.ts';
import { press } from './press.ts';

export async function go(page: Page, hash: string): Promise<void> {
  await page.goto(new URL(hash, page.url()).href);
}

/** Numbers as the page writes them. */
export const number = (text: string | null) => Number((text ?? '').replaceAll('−', '-').trim());
export const step = (page: Page, net: number, place: string) =>
  page.locator(`[data-net="${net}"] [data-step="${place}"]`);
/** Every layer's middle unit is spelled out with seven digits; returns each place with the told total and the engine's value. */
export async function spelledOut(page: Page, net: number) {
  const places = await page
    .locator(`[data-net="${net}"] [data-step]`)
    .evaluateAll((steps) => steps.map((each) => (each as HTMLElement).dataset['step'] ?? ''));
  const found: { place: string; total: number; engine: number }[] = [];
  for (const place of places) {
    const maps = step(page, net, place).getByRole('application');
    await maps.focus();
    for (const key of ['m', 'Enter']) await page.keyboard.press(key);
    const own = step(page, net, place).locator('[data-unit]');
    await expect(own).toBeVisible();
    const seven = own.getByRole('radio', { name: '7 digits' });
    if ((await seven.getAttribute('aria-checked')) !== 'true') await press(seven);
    const told = async (name: string) => number(await own.locator(`[data-${name}]`).textContent());
    found.push({ place, total: await told('total'), engine: await told('engine') });
  }
  return found;
}

/** The screen as it is, wide in light and narrow in dark: axe, and whether it is wider than the window. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const [colorScheme, width] of [
    ['light', 2560],
    ['dark', 1024],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The desktop's window is as wide as its system lets it be.
    if (!isDesktop()) await page.setViewportSize({ width, height: 900 });
    expect(await axeFindings(page), `${colorScheme}, ${width}`).toEqual([]);
    if (isDesktop()) continue;
    const over = await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth);
    expect(over, String(width)).toBeLessThanOrEqual(0);
  }
}
