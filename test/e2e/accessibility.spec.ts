/** axe-core on every screen, empty and full, with what opens over them, in both themes: no violation. */
import type { Page } from '@playwright/test';
import { axeFindings, axeFindingsInBothThemes } from './axe.ts';
import { expect, hostOfThisFile, test } from './host.ts';
import { press, tick } from './press.ts';

test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1440, height: 900 } });

const host = hostOfThisFile();

async function check(page: Page, screen: string): Promise<void> {
  expect.soft(await axeFindings(page), screen).toEqual([]);
}

/** As it stands, in both themes. */
async function checkBoth(page: Page, screen: string): Promise<void> {
  expect.soft(await axeFindingsInBothThemes(page), screen).toEqual([]);
}

async function go(page: Page, hash: string): Promise<void> {
  await page.goto(new URL(hash, page.url()).href);
}

const layers = (page: Page) => page.locator('[role="row"][data-row]:not([data-row="input"])');
const dialog = (page: Page) => page.getByRole('dialog');
async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
}

test('the screens of a lab without runs', async ({ page }) => {
  await page.goto(host.url);
  await expect(page.getByRole('heading', { name: 'Welcome to Stride' })).toBeVisible();
  await checkBoth(page, 'first page');
  await press(page.getByRole('link', { name: 'Train', exact: true }));
  await expect(page.getByRole('heading', { name: 'Nothing has been trained yet' })).toBeVisible();
  await checkBoth(page, 'train, empty');
  await press(page.getByRole('link', { name: 'Runs' }));
  await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible();
  await checkBoth(page, 'runs, empty');
});

test('settings, the command palette, the keys, the tour', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/settings');
  await expect(page.getByText(host.home)).toBeVisible();
  await checkBoth(page, 'settings');
  await press(page.getByRole('combobox', { name: 'Language' }));
  await expect(page.getByRole('listbox')).toBeVisible();
  await checkBoth(page, 'settings, list open');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listbox')).toHaveCount(0);

  await page.keyboard.press('Control+k');
  await expect(page.getByRole('option').first()).toBeVisible();
  await checkBoth(page, 'command palette');
  await page.keyboard.type('nothing is like this');
  await expect(page.getByText('No matches.')).toBeVisible();
  await checkBoth(page, 'command palette, nothing found');
  await close(page);
  await press(page.getByRole('button', { name: 'Show keyboard shortcuts' }));
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await checkBoth(page, 'keys');
  await close(page);
  await press(page.getByRole('button', { name: 'Take the tour' }));
  for (const stop of ['Design', 'Train', 'Watch', 'Runs', 'Find anything']) {
    const panel = page.getByRole('dialog', { name: stop });
    await expect(panel).toBeVisible();
    await expect(panel).toBeInViewport({ ratio: 1 });
    if (stop === 'Design') await checkBoth(page, 'tour');
    await press(panel.getByRole('button', { name: stop === 'Find anything' ? 'Done' : 'Next' }));
  }
  await expect(dialog(page)).toHaveCount(0);
});

test('Design: each layer’s fields, hints, code, figures, dialogs, a net with an error', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/design/course');
  await expect(layers(page)).toHaveCount(8);
  await checkBoth(page, 'design');
  await press(layers(page).nth(3));
  await checkBoth(page, 'design, convolution');
  await press(page.getByRole('button', { name: 'How the output size is computed' }));
  await expect(dialog(page)).toBeVisible();
  await checkBoth(page, 'size figure');
  await press(page.getByRole('tab', { name: 'Exercises' }));
  await checkBoth(page, 'exercises');
  await close(page);
  await press(layers(page).nth(2));
  await press(page.locator('.inspector').getByRole('button', { name: 'Function and derivative' }).first());
  await expect(dialog(page)).toBeVisible();
  await checkBoth(page, 'activation explorer');
  await close(page);
  for (const tab of ['Hints', 'Code']) {
    await press(page.getByRole('tab', { name: tab }));
    await checkBoth(page, `design, ${tab}`);
  }
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Net from PyTorch code');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Net from PyTorch code' })).toBeVisible();
  await checkBoth(page, 'paste dialog');
  await close(page);

  await press(page.getByRole('button', { name: 'Duplicate to edit' }));
  await expect(page.getByRole('textbox', { name: 'Name of the net' })).toBeVisible();
  await press(layers(page).nth(3));
  await press(page.getByRole('tab', { name: 'Layer', exact: true }));
  await page.getByRole('textbox', { name: /Kernel size/ }).fill('15');
  await checkBoth(page, 'design, error');
  // At 200 % zoom of a small window.
  await page.setViewportSize({ width: 512, height: 384 });
  await checkBoth(page, 'design, narrow');
});

test('a short run: Train with all its sections, while it trains and after', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/train');
  await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill('2');
  await page.getByRole('textbox', { name: 'Batch size', exact: true }).fill('512');
  await press(page.getByRole('button', { name: /^Train Course net/ }));
  const run = page.getByRole('article', { name: 'Course net #1' });
  await expect(run.getByText('Training', { exact: true })).toBeVisible();
  await check(page, 'train, running');
  await press(run.getByRole('button', { name: /^Change the learning rate/ }));
  await expect(dialog(page)).toBeVisible();
  await check(page, 'learning rate');
  await close(page);
  await expect(run.getByText('Finished')).toBeVisible({ timeout: 180_000 });

  // While it trained the settings were out of the way.
  await press(page.getByRole('button', { name: 'Settings', exact: true }));
  await press(page.getByRole('checkbox', { name: /Homework net/ }));
  await page.getByRole('textbox', { name: 'Epochs, Course net' }).fill('x');
  for (const section of await page.locator('form h3 > button[aria-expanded]').all()) await press(section);
  await press(page.getByRole('switch', { name: 'Transform training images at random' }));
  await press(page.getByRole('switch', { name: 'Stop early' }));
  await expect(page.getByRole('table', { name: 'Confusion matrix' })).toBeVisible();
  await checkBoth(page, 'train, all unfolded');
  for (const chart of ['Loss', 'Test accuracy'])
    await press(
      page
        .getByRole('region', { name: chart, exact: true })
        .getByRole('button', { name: 'Table', exact: true }),
    );
  await checkBoth(page, 'train, tables');
});

test('Runs, and every part of a run’s page', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/runs');
  const row = page.locator('[data-line^="r"]').first();
  await expect(row).toBeVisible();
  await checkBoth(page, 'runs');
  await press(row, { button: 'right' });
  await expect(page.getByRole('menu')).toBeVisible();
  await checkBoth(page, 'runs, menu');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await tick(row.locator('[data-tick]'), true);
  await press(page.getByRole('button', { name: 'Overlay curves' }));
  await expect(page.locator('.overlay canvas').first()).toBeVisible();
  await checkBoth(page, 'runs, curves of those selected');
  await page.keyboard.press('t');
  await expect(dialog(page)).toBeVisible();
  await checkBoth(page, 'runs, tags');
  await close(page);
  await go(page, '#/runs?group=net');
  await expect(page.locator('[data-line^="g"]').first()).toBeVisible();
  await checkBoth(page, 'runs, in groups');

  for (const tab of ['curves', 'net', 'settings', 'notes', 'log', 'files', 'machine']) {
    await go(page, `#/runs/1?tab=${tab}`);
    await expect(page.getByRole('tabpanel')).toBeVisible();
    if (tab === 'curves') await expect(page.getByRole('table', { name: 'Confusion matrix' })).toBeVisible();
    await checkBoth(page, `run, ${tab}`);
  }
});
