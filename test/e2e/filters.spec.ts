/** Whatever stands in the table of runs finds it there, in the language of the window and in the other one. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { fillHistory } from '../support/manyRuns.ts';
import { Host, expect, test } from './host.ts';
import { press } from './press.ts';

test.use({ actionTimeout: 20_000, viewport: { width: 1440, height: 900 } });

const host = new Host();
test.beforeAll(async () => {
  host.home = mkdtempSync(join(tmpdir(), 'stride-e2e-'));
  fillHistory(host.home, { runs: 40, epochs: 3, losses: true });
  await host.start();
});
test.afterAll(() => host.end());

const rows = (page: Page) => page.locator('[data-line^="r"]');
const filter = (page: Page) => page.locator('input[role="combobox"]').first();

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(host.url);
  await page.goto(host.at(`#/runs?show=all${query}`));
  await expect(rows(page).first()).toBeVisible();
}

/** How many there are is said above the table, so that a long list need not be scrolled through. */
const count = async (page: Page) =>
  Number(/\d+/.exec(await page.locator('header [role="status"]').innerText())?.[0]);

for (const language of ['en', 'zh-CN'] as const) {
  test.describe(language, () => {
    test.use({ locale: language });

    test(`what a person reads in a cell finds its run, ${language}`, async ({ page }) => {
      await open(page);
      const all = await count(page);
      // Every cell of a row, with its column's head before it: the row is among what is found.
      const line = rows(page)
        .filter({ hasText: language === 'en' ? 'Course net' : '课程网络' })
        .first();
      const name = (await line.getByRole('link').innerText()).trim();
      const heads = await page.getByRole('columnheader').allInnerTexts();
      const cells = await line.locator('[role="gridcell"], [role="rowheader"]').allInnerTexts();
      expect(cells.length).toBeGreaterThan(6);
      const said = language === 'en' ? ['net', 'status', 'created'] : ['网络', '状态', '创建时间'];
      let asked = 0;
      for (const [index, cell] of cells.entries()) {
        const head = heads[index]?.trim() ?? '';
        const value = cell.trim().replaceAll('"', '');
        if (head === '' || value === '' || value === '–' || value.includes('#')) continue;
        await filter(page).fill(`${head}:"${value.split('\n')[0]!}"`);
        await expect(page.getByRole('alert')).toHaveCount(0);
        await expect(page.getByRole('link', { name, exact: true }), `${head}: ${value}`).toBeVisible();
        asked++;
      }
      expect(asked).toBeGreaterThan(said.length);

      // Both languages' words, whichever the window is in.
      for (const text of [
        ...['net:"Course net"', 'name:"Course net"', 'course net', '课程', '网络:课程网络', '网络：课程网络'],
        ...['状态:已完成', 'status:Finished', '创建时间:今天', 'Best accuracy > 50%', '最佳准确率 > 50'],
      ]) {
        await filter(page).fill(text);
        await expect.poll(() => count(page), { message: text }).toBeGreaterThan(0);
        await expect(page.getByRole('alert')).toHaveCount(0);
      }
      await filter(page).fill('状态:已停止 或 status:failed 或 状态：已完成');
      await expect.poll(() => count(page)).toBe(all);
    });

    test(`suggestions are in the reader’s words and are there, ${language}`, async ({ page }) => {
      await open(page);
      await filter(page).focus();
      await page.keyboard.type(language === 'en' ? 'sta' : '状');
      await press(page.getByRole('option', { name: language === 'en' ? /^status/ : /^状态/ }));
      await press(page.getByRole('option', { name: language === 'en' ? 'finished' : '已完成', exact: true }));
      await expect(rows(page).first()).toBeVisible();
      await expect(page.getByRole('alert')).toHaveCount(0);
      await filter(page).fill('');
      await page.keyboard.type(language === 'en' ? 'net:' : '网络：');
      await press(page.getByRole('option', { name: language === 'en' ? '"Course net"' : '课程网络' }));
      await expect(rows(page).first()).toBeVisible();
    });
  });
}

test('“same again, but…” says of which run it is a copy, by the name that is shown', async ({ page }) => {
  await open(page, '&filter=net:"Course net"');
  const run = (await rows(page).first().getByRole('link').innerText()).trim();
  await press(rows(page).first(), { button: 'right' });
  await press(page.getByRole('menuitem', { name: /Train with changes/ }));
  await expect(page).toHaveURL(/#\/train/);
  await expect(page.getByText(`filled in like ${run}`)).toBeVisible();
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  if (!(await name.isVisible())) await press(page.getByText('Name and tags', { exact: true }));
  await expect(name).toHaveValue(`Copy of ${run}`);
});

test('an undo message leaves when there is nothing left to undo', async ({ page }) => {
  await open(page);
  const line = rows(page).filter({ hasText: 'Finished' }).first();
  const run = (await line.getByRole('link').innerText()).trim();
  await press(line, { button: 'right' });
  await press(page.getByRole('menuitem', { name: 'Delete' }));
  await expect(page.getByText('1 run deleted.')).toBeVisible();
  // Restored from its own page, as if in another window.
  const id = /#(\d+)$/.exec(run)![1]!;
  await page.goto(host.at(`#/runs/${id}`));
  await press(page.getByRole('button', { name: 'Restore' }).first());
  await expect(page.getByText('1 run deleted.')).toHaveCount(0);
});
