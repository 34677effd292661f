/**
 * The window's frame in a real browser: first start, command palette, keys, tour, settings and what is kept of them, and
 * runs that were cut off. By keyboard alone but for a few presses.
 */
import type { Page } from '@playwright/test';
import { expect, hostOfThisFile, isDesktop, needsSecondWindow, test, watchForErrors } from './host.ts';
import { press } from './press.ts';

test.describe.configure({ mode: 'serial' });

const host = hostOfThisFile();

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 });
const palette = (page: Page) => page.getByRole('dialog', { name: 'Commands' });

async function open(page: Page, hash = ''): Promise<void> {
  await page.goto(host.url);
  await page.locator('#heading').waitFor();
  if (hash) await page.goto(new URL(hash, page.url()).href);
}

test('who has trained nothing yet finds the first page; the tour is gone through by keyboard and left', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await open(page);
  await expect(heading(page, 'Welcome to Stride')).toBeVisible();
  await page.getByRole('button', { name: 'Start the tour' }).focus();
  await page.keyboard.press('Enter');
  const stops = ['Design', 'Train', 'Watch', 'Runs', 'Find anything'];
  for (const [at, stop] of stops.entries()) {
    const panel = page.getByRole('dialog', { name: stop });
    await expect(panel).toBeVisible();
    await expect(panel.getByRole('button', { name: at === 4 ? 'Done' : 'Next' })).toBeFocused();
    if (at === 1) {
      await page.keyboard.press('ArrowLeft');
      await expect(page.getByRole('dialog', { name: 'Design' })).toBeVisible();
      await page.keyboard.press('ArrowRight');
      await expect(panel.getByRole('button', { name: 'Next' })).toBeFocused();
    }
    await page.keyboard.press('Enter');
  }
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.locator('#heading')).toBeFocused();

  // Begun again from the palette, left by Escape.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('tour');
  await page.keyboard.press('Enter');
  await expect(
    page.getByRole('dialog', { name: 'Design' }).getByRole('button', { name: 'Next' }),
  ).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // It was left on purpose, so it does not come by itself again.
  await open(page);
  await expect(heading(page, 'Train')).toBeVisible();
  expect(errors).toEqual([]);
});

test('keys lead to every screen, and are shown; a text that is typed keeps its letters', async ({ page }) => {
  await open(page, '#/train');
  for (const [keys, screen] of [
    ['gd', 'Design'],
    ['gr', 'Runs'],
    ['gs', 'Settings'],
    ['gt', 'Train'],
  ] as const) {
    for (const key of keys) await page.keyboard.press(key);
    if (screen !== 'Design') await expect(heading(page, screen)).toBeFocused();
    await expect(page.getByRole('link', { name: screen, exact: true })).toHaveAttribute(
      'aria-current',
      'page',
    );
  }
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet.getByText('Go to Runs')).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await expect(sheet).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('gr');
  await expect(palette(page).getByRole('combobox')).toHaveValue('gr');
  await page.keyboard.press('Escape');
  await expect(palette(page)).toHaveCount(0);
  await expect(heading(page, 'Train')).toBeVisible();
});

test('the skip link passes the side bar by', async ({ page }) => {
  await open(page, '#/settings');
  await page.reload();
  await expect(heading(page, 'Settings')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Settings')).toBeFocused();
});

test('theme and language change by the palette, in every window at once, and are kept by the lab', async ({
  page,
  browser,
}) => {
  needsSecondWindow();
  await open(page, '#/runs');
  // Another browser: it has none of this one's cookies.
  const other = await browser.newContext();
  const second = await other.newPage();
  await open(second, '#/settings');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('dark');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('中文');
  await expect(palette(page).getByRole('option')).toHaveText(['Language: 简体中文']);
  await page.keyboard.press('Enter');
  for (const each of [page, second]) {
    await expect(each.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(each.locator('html')).toHaveAttribute('lang', 'zh-CN');
  }
  await expect(heading(second, '设置')).toBeVisible();
  await other.close();

  await host.stop();
  await host.start();
  const later = await browser.newContext();
  const third = await later.newPage();
  await open(third, '#/settings');
  await expect(heading(third, '设置')).toBeVisible();
  await press(third.getByRole('radio', { name: '浅色' }));
  await press(third.getByRole('combobox', { name: '语言' }));
  await press(third.getByRole('option', { name: 'English' }));
  await expect(heading(third, 'Settings')).toBeVisible();
  await expect(third.locator('html')).toHaveAttribute('data-theme', 'light');
  await later.close();
});

test('every screen is usable on half a small window, and nothing is wider than it', async ({ page }) => {
  await page.setViewportSize({ width: 512, height: 384 });
  for (const screen of ['welcome', 'design', 'train', 'runs', 'settings']) {
    await open(page, `#/${screen}`);
    await page.locator('#heading').waitFor();
    const wider = await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth);
    expect([screen, wider]).toEqual([screen, 0]);
    await expect(page.getByRole('link', { name: 'Settings', exact: true })).toBeVisible();
  }
});

test('two presses train the sample; quit and started again, one press lets its runs go on', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await open(page, '#/welcome');
  // The time is measured on this machine, and Train says the same for the same run.
  const said = async () => / about (.+) on this machine/.exec(await page.locator('main').innerText())?.[1];
  await expect.poll(said).toBeTruthy();
  const time = (await said())!;
  await open(page, '#/train');
  await expect(page.getByRole('button', { name: /^Train Course net/ })).toHaveText(
    `Train Course net, about ${time}`,
  );
  await open(page, '#/welcome');
  await press(page.getByRole('button', { name: 'Train both nets' }));
  await expect(heading(page, 'Train')).toBeVisible();
  await expect(page.getByRole('navigation').getByText('Course net #1')).toBeVisible();
  const started = () => page.locator('[data-status=running]').count();
  await expect.poll(started, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(errors).toEqual([]);

  await host.stop();
  await host.start();
  await open(page);
  // Asked for anew each time, because on the desktop a start brings another window.
  const offer = () => page.getByRole('region', { name: '2 runs were interrupted when Stride ended' });
  await expect(offer().getByRole('link', { name: 'Homework net #2' })).toBeVisible();
  await press(offer().getByRole('button', { name: 'Resume' }));
  await expect(offer()).toHaveCount(0);
  await expect.poll(started, { timeout: 60_000 }).toBeGreaterThan(0);

  // Declined once, they are not offered again.
  await host.stop();
  await host.start();
  await open(page);
  await press(offer().getByRole('button', { name: 'Not now' }));
  await expect(offer()).toHaveCount(0);
  await page.reload();
  await page.locator('#heading').waitFor();
  await page.waitForTimeout(1000);
  await expect(offer()).toHaveCount(0);
});

test('where that was asked for, runs that were cut off go on by themselves', async ({ page }) => {
  await open(page, '#/settings');
  await press(page.getByRole('switch', { name: /Resume interrupted runs/ }));
  await page.goto(new URL('#/train', page.url()).href);
  // More than it will train, however fast the machine is: it is to be under way before its end and after it.
  await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill('400');
  await press(page.getByRole('button', { name: /^Train Course net/ }));
  await expect(page.getByRole('navigation').getByText('Course net #3')).toBeVisible();
  // A run that took its process along in its first step or in its first evaluation is not tried again by itself.
  const run = page.getByRole('article', { name: 'Course net #3' });
  await expect(run.getByText(/^Epoch ([2-9]|\d\d+) of 400$/)).toBeVisible();
  await host.stop('SIGKILL');
  // On the desktop the window ends with its program.
  if (!isDesktop()) await expect(page.getByText('Stride is not responding')).toBeVisible();

  await host.start();
  // The window that is open reconnects and resumes the run; the notice may be gone before it is read here.
  await expect
    .poll(() => page.locator('[data-status=running]').count(), { timeout: 60_000 })
    .toBeGreaterThan(0);
  await expect(page.getByRole('navigation').getByText('Course net #3')).toBeVisible();
});
