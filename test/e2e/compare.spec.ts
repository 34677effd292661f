/** Two nets compared in the window: from training them to a report that is read without a network. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { axeFindingsInBothThemes } from './axe.ts';
import { expect, hostOfThisFile, saved, test, watchForErrors } from './host.ts';
import { press } from './press.ts';
import { inTerminal } from './terminal.ts';

test.describe.configure({ mode: 'serial' });
test.use({ actionTimeout: 30_000, viewport: { width: 1440, height: 900 } });

const host = hostOfThisFile();

interface Pair {
  pair: [number, number];
  bothRight: number;
  onlyA: number;
  onlyB: number;
  bothWrong: number;
  verdict: string;
}

/** What the terminal says of the same runs. */
async function comparedInTerminal(
  ...runs: string[]
): Promise<{ pairs: Pair[]; runs: { correct: number }[] }> {
  const said = await inTerminal(host, 'compare', ...runs, '--json');
  return JSON.parse(said) as Awaited<ReturnType<typeof comparedInTerminal>>;
}

async function go(page: Page, hash: string): Promise<void> {
  await page.goto(new URL(hash, page.url()).href);
}

const sentence = (page: Page) => page.locator('[data-verdict]').first();

test('both nets are trained for an epoch, and compared from the list of runs', async ({ page }) => {
  const errors = watchForErrors(page);
  await inTerminal(host, 'train', 'course', 'homework', '--epochs', '1', '--batch-size', '256', '--json');
  await page.goto(host.url);
  await go(page, '#/compare');
  await expect(page.getByRole('heading', { name: 'Choose two runs to compare' })).toBeVisible();
  await go(page, '#/runs');
  for (const line of [0, 1]) await press(page.locator('[data-line^="r"]').nth(line).locator('[data-tick]'));
  await press(page.getByRole('toolbar').getByRole('button', { name: 'Compare', exact: true }));
  await expect(page).toHaveURL(/#\/compare\/\d,\d$/);
  await expect(sentence(page)).toContainText(/10,000 test images/);

  const told = await comparedInTerminal(...new URL(page.url()).hash.replace(/^.*\//, '').split(','));
  const [pair] = told.pairs as [Pair];
  expect(pair.bothRight + pair.onlyA + pair.onlyB + pair.bothWrong).toBe(10_000);
  expect([pair.bothRight + pair.onlyA, pair.bothRight + pair.onlyB]).toEqual(
    told.runs.map(({ correct }) => correct),
  );
  await expect(sentence(page)).toHaveText(pair.verdict);
  const cells = page.getByRole('table', { name: 'Pairs' }).getByRole('row').nth(1).getByRole('cell');
  const counts = [pair.bothRight, pair.onlyA, pair.onlyB, pair.bothWrong];
  for (const [column, count] of counts.entries())
    await expect(cells.nth(column)).toHaveText(count.toLocaleString('en-US'));
  expect(errors).toEqual([]);
});

test('a cell of a confusion matrix opens as many images as it counts; a disagreement is read by the keyboard', async ({
  page,
}) => {
  await page.goto(host.url);
  await go(page, '#/compare/1,2?tab=classes');
  const matrix = page.locator('[data-matrix="counts"]').first();
  const cell = matrix.locator('button[data-cell]:not(.faint):not(.diagonal)').first();
  const count = Number(await cell.textContent());
  await press(cell);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(`${count} images, the most confident first.`)).toBeVisible();
  await expect(dialog.locator('[data-image]')).toHaveCount(Math.min(36, count));
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await go(page, '#/compare/1,2?tab=images');
  const images = page.locator('[data-image]');
  await expect(images.first()).toBeVisible();
  await images.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(images.nth(1)).toBeFocused();
  await expect(images.nth(1)).toHaveAccessibleName(
    /^Image \d+, label \d; .* predicts \d \(.*%\), .* predicts \d \(.*%\)$/,
  );
});

test('a baseline is pinned, kept in the address, and every figure is held against it', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/compare/1,2');
  await press(page.getByRole('button', { name: /^Make .* the baseline$/ }).nth(1));
  await expect(page).toHaveURL(/baseline=2/);
  const rows = page.getByRole('table', { name: 'Runs', exact: true });
  await expect(rows.getByRole('columnheader', { name: 'Against the baseline' })).toBeVisible();
  await expect(rows.getByRole('rowheader', { name: /\(baseline\)/ })).toHaveCount(1);
  await expect(page.locator('[data-chart="testAccuracy"] path[stroke-dasharray="7 4"]')).toHaveCount(1);
});

test('a comparison is named, noted and found again', async ({ page }) => {
  await page.goto(host.url);
  await go(page, '#/compare/1,2?tab=notes');
  await page.getByRole('textbox', { name: 'Name of this comparison' }).fill('Course or homework');
  await page.getByRole('textbox', { name: 'Notes in Markdown' }).fill('**One** epoch each');
  await press(page.getByRole('button', { name: 'Save', exact: true }));
  await expect(page.getByText('Saved as “Course or homework”.')).toBeVisible();
  await go(page, '#/compare');
  await press(page.getByRole('link', { name: 'Course or homework' }));
  await expect(sentence(page)).toBeVisible();
});

test('the report is one file: without a network it asks for nothing and has the same figures', async ({
  page,
  browser,
}) => {
  await page.goto(host.url);
  await go(page, '#/compare/1,2');
  const shown = await sentence(page).textContent();
  const path = await saved(page, () => press(page.getByRole('button', { name: 'Save report' })));
  const html = readFileSync(path, 'utf8');
  expect(html).not.toMatch(/(?:src|href)="https?:|url\(|@import/);

  const context = await browser.newContext({ offline: true, javaScriptEnabled: false });
  const report = await context.newPage();
  const asked: string[] = [];
  report.on('request', (request) => {
    if (!request.url().startsWith('data:') && !request.url().startsWith('file:')) asked.push(request.url());
  });
  await report.setContent(html);
  await expect(report.getByRole('heading', { name: 'Course or homework', level: 1 })).toBeVisible();
  await expect(report.locator('.verdict')).toHaveText(shown ?? '');
  await expect(report.locator('img').first()).toBeVisible();
  expect(asked).toEqual([]);
  const told = await comparedInTerminal('1', '2');
  const inside = JSON.parse((await report.locator('#stride-comparison').textContent()) ?? '') as typeof told;
  expect(inside.pairs).toEqual(told.pairs);
  await context.close();
});

test('by keyboard alone: runs chosen, a baseline pinned, every part seen, a cell opened, the report saved', async ({
  page,
}) => {
  await page.goto(host.url);
  const focused = page.locator(':focus');
  /** Tab, until what is meant has the focus: everything on the screen is reached so, in the order in which it is read. */
  const tabTo = async (name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab') => {
    const wanted = page
      .getByRole('main')
      .getByLabel(name)
      .or(page.getByRole('main').getByRole('button', { name }));
    const hasFocus = () => wanted.evaluateAll((all) => all.includes(document.activeElement as HTMLElement));
    for (let press = 0; press < 80 && !(await hasFocus()); press++) await page.keyboard.press(key);
    expect(await hasFocus(), String(name)).toBe(true);
  };
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await expect(page.getByRole('heading', { name: 'Compare', level: 1 })).toBeVisible();
  for (const net of ['Course', 'Homework']) {
    await tabTo('Add a run');
    await page.keyboard.type(net);
    await expect(page.getByRole('option', { name: net })).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('list', { name: 'Runs that are compared' })).toContainText(net);
  }
  await expect(sentence(page)).toBeVisible();
  await tabTo(/^Make Course net.* the baseline$/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/baseline=/);
  const tabs = page.getByRole('tab');
  for (let press = 0; press < 80 && (await focused.getAttribute('role')) !== 'tab'; press++)
    await page.keyboard.press('Tab');
  for (let tab = 0; tab < (await tabs.count()); tab++) {
    await expect(tabs.nth(tab)).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(tabs.nth(tab)).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByRole('tabpanel')).not.toBeEmpty();
    await page.keyboard.press('ArrowRight');
  }
  // Round to the first part; to classes, a cell of a matrix, and back.
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(tabs.nth(2)).toHaveAttribute('aria-selected', 'true');
  for (let press = 0; press < 80 && (await focused.getAttribute('data-cell')) === null; press++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await expect(focused).toHaveAttribute('data-cell', /./);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(focused).toHaveAttribute('data-cell', /./);
  // The report by the palette, as any action.
  const download = page.waitForEvent('download');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Save report');
  await expect(page.getByRole('option', { name: 'Save report' })).toBeVisible();
  await page.keyboard.press('Enter');
  expect((await download).suggestedFilename()).toMatch(/^stride-compare-\d-\d\.html$/);
});

for (const language of ['English', '简体中文']) {
  test(`axe finds nothing in any part, both themes, ${language}; nothing is wider than the window`, async ({
    page,
  }) => {
    await page.goto(host.url);
    await go(page, '#/compare/1,2');
    await expect(sentence(page)).toBeVisible();
    if (language !== 'English') {
      await page.keyboard.press('Control+k');
      await page.keyboard.type(language);
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('Enter');
    }
    for (const tab of ['', 'nets', 'classes', 'images', 'cost', 'health', 'notes']) {
      await go(page, `#/compare/1,2${tab ? `?tab=${tab}` : ''}`);
      await expect(page.getByRole('tabpanel')).toBeVisible();
      expect.soft(await axeFindingsInBothThemes(page), tab).toEqual([]);
      for (const width of [1024, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        const over = await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth);
        expect.soft(over, `${tab} at ${width}`).toBeLessThanOrEqual(0);
      }
      await page.setViewportSize({ width: 1440, height: 900 });
    }
  });
}
