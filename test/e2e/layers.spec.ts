/** What opens lies over the page: everything in it can be pressed, at every size of the window. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillHistory } from '../support/manyRuns.ts';
import type { Locator } from '@playwright/test';
import { coveredParts } from './covers.ts';
import { Host, expect, test } from './host.ts';
import { press } from './press.ts';
import { sizes } from './sizes.ts';

test.describe.configure({ mode: 'serial' });

const host = new Host();
test.beforeAll(async () => {
  host.home = mkdtempSync(join(tmpdir(), 'stride-e2e-'));
  fillHistory(host.home, { runs: 60, epochs: 2 });
  await host.start();
});
test.afterAll(() => host.end());

/** Fails unless `floating` lies over a part of `below`, and is in sight and within reach wherever it does. */
async function expectOver(floating: Locator, below: Locator): Promise<void> {
  await expect(floating).toBeVisible();
  await expect(floating).toBeInViewport({ ratio: 1 });
  const [over, under] = [(await floating.boundingBox())!, (await below.boundingBox())!];
  const shared = (at: 'x' | 'y', size: 'width' | 'height') =>
    Math.min(over[at] + over[size], under[at] + under[size]) - Math.max(over[at], under[at]);
  expect(Math.min(shared('x', 'width'), shared('y', 'height'))).toBeGreaterThan(8);
  expect(await floating.evaluate(coveredParts)).toEqual([]);
}

for (const size of sizes) {
  const named = `${size.width}×${size.height}`;

  test(`Runs: grouping, archived and deleted runs are reached by pointer, ${named}`, async ({ page }) => {
    await page.setViewportSize(size);
    await host.open(page, '#/runs');
    await expect(page.locator('[data-line]').first()).toBeVisible();
    const head = page.locator('.head[role="row"]');
    const firstName = page.locator('[data-line^="r"] .name').first();
    const opener = (list: string) =>
      page.getByRole('combobox', { name: list }).or(page.getByRole('button', { name: list }));
    // The table's head and its first column stay while the rest scrolls, so they lie over their neighbours.
    for (const list of ['Which runs', 'Group by']) {
      await press(opener(list));
      await expectOver(page.getByRole('listbox'), head);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('listbox')).toHaveCount(0);
    }
    await press(page.getByRole('combobox', { name: 'Filter runs' }));
    await page.keyboard.type('t');
    await expectOver(page.getByRole('listbox'), firstName);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('listbox')).toHaveCount(0);
    for (const [list, choice, address] of [
      ['Which runs', 'Archived', /show=archived/],
      ['Which runs', 'Deleted', /show=deleted/],
      ['Which runs', 'Active and archived', /show=all/],
      ['Group by', 'Batch size', /group=batch/],
      ['Group by', 'Sweep', /group=sweep/],
    ] as const) {
      await press(opener(list));
      await press(page.getByRole('option', { name: new RegExp(`^${choice}`) }));
      await expect(page).toHaveURL(address);
      await expect(page.getByRole('listbox')).toHaveCount(0);
    }
    await press(page.getByRole('button', { name: 'Columns' }));
    await expectOver(page.getByRole('dialog', { name: 'Columns' }), head);
    await press(page.getByRole('checkbox', { name: 'Note', exact: true }));
    await page.keyboard.press('Escape');
    await press(firstName, { button: 'right' });
    await expectOver(page.getByRole('menu'), firstName);
    await page.keyboard.press('Escape');
  });

  test(`the tour is gone through by pointer, ${named}`, async ({ page }) => {
    await page.setViewportSize(size);
    await host.open(page, '#/settings');
    await press(page.getByRole('button', { name: 'Take the tour' }));
    for (const stop of ['Design', 'Train', 'Watch', 'Runs', 'Find anything']) {
      const panel = page.getByRole('dialog', { name: stop });
      await expect(panel).toBeInViewport({ ratio: 1 });
      await press(panel.getByRole('button', { name: stop === 'Find anything' ? 'Done' : 'Next' }));
    }
    await expect(page.getByRole('dialog')).toHaveCount(0);
    // Nothing was started by a press that was meant for the tour.
    await expect(page.locator('[data-status=running], [data-status=queued]')).toHaveCount(0);
  });
}
