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
