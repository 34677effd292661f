/** The accessibility rules of axe-core, on a page of either host. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { isDesktop } from './host.ts';

/** Returns what axe objects to: `rule: the elements' HTML`. `within` is a selector, `rule` the only rule to check. */
export async function axeFindings(
  page: Page,
  { within, rule }: { within?: string; rule?: string } = {},
): Promise<string[]> {
  // axe puts its findings together in a page of its own, which Electron does not make; the old mode needs none.
  const axe = new AxeBuilder({ page }).setLegacyMode(isDesktop());
  if (within !== undefined) axe.include(within);
  if (rule !== undefined) axe.withRules(rule);
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/**
 * Returns what axe objects to in either theme, with the theme before each finding. A theme changes colours and nothing
 * else, so the second one is checked for contrast alone.
 */
export async function axeFindingsInBothThemes(page: Page): Promise<string[]> {
  const findings: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await axeFindings(page, colorScheme === 'dark' ? { rule: 'color-contrast' } : {});
    findings.push(...found.map((finding) => `${colorScheme}: ${finding}`));
  }
  return findings;
}
