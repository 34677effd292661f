/** What the browser lets a page do with the clipboard. */
import type { Page } from '@playwright/test';

/** As a user who has blocked the clipboard for this page. */
export async function forbidCopying(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { browserContextId } = (await session.send('Target.getTargetInfo')).targetInfo;
  await session.send('Browser.setPermission', {
    ...(browserContextId !== undefined && { browserContextId }),
    permission: { name: 'clipboard-write' },
    setting: 'denied',
    origin: new URL(page.url()).origin,
  });
}
