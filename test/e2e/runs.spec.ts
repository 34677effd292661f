/** The runs that are kept, in a real browser: found, tagged, archived, deleted and had back, put together, saved, cloned. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { fillHistory } from '../support/manyRuns.ts';
import { axeFindingsInBothThemes } from './axe.ts';
import { Host, expect, saved, test, watchForErrors } from './host.ts';
import { press } from './press.ts';

test.describe.configure({ mode: 'serial' });

const host = new Host();
test.beforeAll(async () => {
  host.home = mkdtempSync(join(tmpdir(), 'stride-e2e-'));
  fillHistory(host.home, { runs: 120, epochs: 4, losses: true });
  await host.start();
});
test.afterAll(() => host.end());

async function openRuns(page: Page, query = ''): Promise<void> {
  await page.goto(host.url);
  await page.goto(host.at(`#/runs${query}`));
  await expect(rows(page).first()).toBeVisible();
}

const rows = (page: Page) => page.locator('[data-line^="r"]');
const filter = (page: Page) => page.getByRole('combobox', { name: 'Filter runs' });
const grid = (page: Page) => page.getByRole('grid');

test('found by a filter, with proposals, and an error at the word', async ({ page }) => {
  const errors = watchForErrors(page);
  await openRuns(page);
  await page.keyboard.press('/');
  await expect(filter(page)).toBeFocused();
  await page.keyboard.type('optim');
  await press(page.getByRole('option', { name: /^optimizer/ }));
  await page.keyboard.type('ad');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(filter(page)).toHaveValue('optimizer:adam ');
  await expect(page).toHaveURL(/filter=optimizer/);
  await filter(page).fill('acuracy > 98');
  await expect(page.getByRole('alert')).toContainText('Did you mean “accuracy”?');
  await filter(page).fill('#7');
  await expect(rows(page)).toHaveCount(1);
  await filter(page).fill('tag:nowhere');
  await expect(page.getByRole('heading', { name: 'No matching runs' })).toBeVisible();
  await press(page.getByRole('button', { name: 'Show all runs' }));
  await expect(rows(page).nth(5)).toBeVisible();
  expect(errors).toEqual([]);
});

test('tagged, archived, deleted and had back by keyboard alone', async ({ page }) => {
  await openRuns(page, '?show=all');
  await grid(page).focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByRole('toolbar', { name: 'Selected runs' })).toContainText('2 selected');
  await page.keyboard.press('t');
  await page.getByRole('textbox', { name: 'Tag' }).fill('by keyboard');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'by keyboard' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Escape');
  await filter(page).fill('tag:"by keyboard"');
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.press('Enter');
  await expect(grid(page)).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await expect(page.getByText('2 runs deleted.')).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await press(page.getByRole('button', { name: 'Undo' }));
  await expect(rows(page)).toHaveCount(2);
});

test('put together with mean and spread, sorted, saved as a file', async ({ page }) => {
  await openRuns(page, '?group=seed');
  const groups = page.locator('[data-line^="g"]');
  await expect(groups.first()).toContainText('Seed 0');
  await expect(groups.first()).toContainText('±');
  await press(groups.first());
  await expect(groups.first()).toHaveAttribute('aria-expanded', 'false');
  await openRuns(page, '?sort=-accuracy');
  await expect(page.getByRole('columnheader', { name: 'Best accuracy' })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  await press(page.getByRole('button', { name: 'Export' }));
  const path = await saved(page, () => press(page.getByRole('menuitem', { name: 'These runs as CSV' })));
  expect(readFileSync(path, 'utf8').split('\r\n')[0]).toContain('id,name,net,status');
});

test('from groups to no groups by the address, with rows selected: every row is there again', async ({
  page,
}) => {
  const few = page.locator('[data-line^="r"]');
  await openRuns(page, '?filter=id<7&group=lr&show=all');
  const groups = page.locator('[data-line^="g"]');
  await expect(groups.first()).toContainText('Learning rate');
  for (const line of [0, 2]) await press(few.nth(line).locator('[data-tick]'));
  const all = await few.count();
  expect(all).toBeGreaterThan(3);
  await page.evaluate(() => (location.hash = '#/runs?filter=id<7&show=all'));
  await expect(groups).toHaveCount(0);
  await expect(few).toHaveCount(all);
  await expect(page.getByRole('row', { selected: true })).toHaveCount(2);
  for (let line = 0; line < all; line++) await expect(few.nth(line)).toBeInViewport();
});

test('a list that was scrolled to its end begins with its first line once it is grouped or sorted', async ({
  page,
}) => {
  await openRuns(page);
  // In groups it is a tree.
  const list = page.locator('[role="grid"], [role="treegrid"]');
  const scrolled = () => list.evaluate((element) => element.scrollTop);
  const toEnd = async () => {
    await list.evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    await expect.poll(scrolled).toBeGreaterThan(1000);
  };
  await toEnd();
  await page.evaluate(() => (location.hash = '#/runs?group=seed'));
  await expect(page.locator('[data-line^="g"]').first()).toBeInViewport();
  await toEnd();
  await page.evaluate(() => (location.hash = '#/runs?sort=-accuracy'));
  await expect.poll(scrolled).toBe(0);
});

test('a scrolled table has the same rows for other runs, in order; the focus does not go with them', async ({
  page,
}) => {
  await openRuns(page);
  const list = grid(page);
  const row = rows(page).first();
  await row.evaluate((element) => element.setAttribute('data-marked', ''));
  const to = (top: number) => list.evaluate((element, there) => (element.scrollTop = there), top);
  await to(1500);
  await expect(page.locator('[data-marked]')).not.toHaveAttribute('aria-rowindex', '2');
  await to(0);
  // The first row of the page is the first line's again once scrolling has rested.
  await expect(row).toHaveAttribute('aria-rowindex', '2');
  await press(row.locator('[data-tick]'));
  await expect(list).toBeFocused();
  await to(1500);
  const indices = () =>
    rows(page).evaluateAll((all) => all.map((each) => Number(each.getAttribute('aria-rowindex'))));
  // The row of the keyboard's line stays, so that it can be announced.
  await expect.poll(async () => (await indices()).slice(0, 2)).toEqual([2, expect.any(Number)]);
  await expect
    .poll(async () => (await indices()).every((each, i, all) => i === 0 || each > all[i - 1]!))
    .toBe(true);
  expect((await indices())[1]).toBeGreaterThan(20);
  await expect(page.getByRole('row', { selected: true })).toHaveCount(1);

  await filter(page).fill('net:nothing');
  await expect(rows(page)).toHaveCount(0);
  await expect(list).toBeHidden();
  await filter(page).fill('');
  await expect(rows(page).first()).toBeInViewport();
  await expect(list).toBeVisible();
});

test('the command palette finds every run there is, by name or filter', async ({ page }) => {
  await openRuns(page);
  await page.keyboard.press('Control+k');
  // Too old to be among those that the window holds.
  await page.keyboard.type('id<4');
  const options = page.getByRole('option');
  await expect(options).toHaveText([/#3/, /#2/, /#1/]);
  await press(options.last());
  await expect(page).toHaveURL(/#\/runs\/1$/);
});

test('its page: renamed where it stands, noted, cloned; and all of it after a restart', async ({ page }) => {
  await page.goto(host.url);
  await page.goto(host.at('#/runs/42'));
  await press(page.getByRole('button', { name: 'Rename' }));
  await page.getByRole('textbox', { name: 'Name' }).fill('The answer');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'The answer #42' })).toBeVisible();
  await press(page.getByRole('tab', { name: 'Note' }));
  const edit = page.getByRole('button', { name: 'Edit' });
  if (await edit.isVisible()) await press(edit);
  await page.getByRole('textbox', { name: 'Note' }).fill('**bold** <img src=x onerror=alert(1)>');
  await press(page.getByRole('button', { name: 'Save' }));
  await expect(page.locator('.read strong')).toHaveText('bold');
  await expect(page.locator('.read img')).toHaveCount(0);
  await host.stop();
  await host.start();
  await page.goto(host.url);
  await page.goto(host.at('#/runs?filter=answer&show=all'));
  await expect(page.getByRole('link', { name: 'The answer #42' })).toBeVisible();
  await press(page.getByRole('link', { name: 'The answer #42' }));
  await press(page.getByRole('button', { name: 'Actions' }));
  await press(page.getByRole('menuitem', { name: /Train with changes/ }));
  await expect(page).toHaveURL(/#\/train/);
});

test('no violation found by axe, both themes', async ({ page }) => {
  await openRuns(page, '?group=optimizer');
  const check = async (what: string) => {
    expect(await axeFindingsInBothThemes(page), what).toEqual([]);
  };
  await check('groups');
  await openRuns(page);
  await grid(page).focus();
  await page.keyboard.press('Control+a');
  await check('runs');
  await page.keyboard.press('o');
  await expect(page.getByRole('table', { name: 'Runs in the charts' }).getByRole('row')).toHaveCount(11);
  await check('overlay');
  for (const tab of ['net', 'settings', 'notes', 'log', 'files', 'machine']) {
    await page.goto(host.at(`#/runs/42?tab=${tab}`));
    await expect(page.getByRole('tabpanel')).toBeVisible();
    await check(tab);
  }
});
