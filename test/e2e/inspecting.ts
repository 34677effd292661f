/** What the specs of Inspect do again and again. */
import type { Page } from '@playwright/test';
import { axeFindings } from './axe.ts';
import { expect, isDesktop } from './host.ts';

export async function go(page: Page, hash: string): Promise<void> {
  await page.goto(new URL(hash, page.url()).href);
}

/** Numbers as the page writes them. */
export const number = (text: string | null) => Number((text ?? '').replaceAll('−', '-').trim());
export const step = (page: Page, net: number, place: string) =>
  page.locator(`[data-net="${net}"] [data-step="${place}"]`);
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
