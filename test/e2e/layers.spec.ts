/** What opens lies over the page: everything in it can be pressed, at every size of the window. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillHistory } from '../support/manyRuns.ts';
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

for (const size of sizes) {
  const named = `${size.width}×${size.height}`;

  test(`Runs: grouping, archived and deleted runs are reached by pointer, ${named}`, async ({ page }) => {
    await page.setViewportSize(size);
    await host.open(page, '#/runs');
    const line = page.locator('[data-line]').first();
    await expect(line).toBeVisible();
    for (const [list, choice, address] of [
      ['Which runs', 'Archived', /show=archived/],
      ['Which runs', 'Deleted', /show=deleted/],
      ['Which runs', 'Active and archived', /show=all/],
      ['Group by', 'Batch size', /group=batch/],
      ['Group by', 'Sweep', /group=sweep/],
    ] as const) {
      await press(page.getByRole('combobox', { name: list }).or(page.getByRole('button', { name: list })));
      await press(page.getByRole('option', { name: new RegExp(`^${choice}`) }));
      await expect(page).toHaveURL(address);
      await expect(page.getByRole('listbox')).toHaveCount(0);
    }
    await press(page.getByRole('button', { name: 'Columns' }));
    await press(page.getByRole('checkbox', { name: 'Note', exact: true }));
    await page.keyboard.press('Escape');
    await press(page.locator('[data-line^="r"]').first(), { button: 'right' });
    await expect(page.getByRole('menu')).toBeVisible();
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
