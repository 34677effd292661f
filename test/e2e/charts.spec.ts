/**
 * The charts as a person uses them: by pointer and by keyboard, at the sizes that windows have. The histories are put there by
 * history's own code, so that what the curves are is known to the last number.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { addLongRuns } from '../../scripts/benchWindow/longRuns.ts';
import { Host, expect, test, watchForErrors } from './host.ts';

test.describe.configure({ mode: 'serial' });
test.use({ actionTimeout: 20_000 });

const host = new Host();
const steps = 2000;

test.beforeAll(async () => {
  host.home = await mkdtemp(join(tmpdir(), 'stride-e2e-charts-'));
  addLongRuns(host.home, 2, steps);
  await host.start();
});
test.afterAll(() => host.end());

async function openRun(page: Page, run: number): Promise<void> {
  await page.goto(host.url);
  await page.goto(new URL(`/#/runs/${run}`, page.url()).href);
  const figure = page.getByRole('figure', { name: 'Loss' });
  await expect(figure).toHaveAttribute('data-points', String(steps));
}

test('a run’s page may be left at any moment', async ({ page }) => {
  const errors = watchForErrors(page);
  await openRun(page, 1);
  // Charts are made in frames of their own, and Chart.js deals with their size 50 ms later: each pause falls elsewhere. All
  // of it happens in the page, for a test's own clicks are slower than that.
  await page.evaluate(async () => {
    const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
    const go = (to: string) => (location.hash = to);
    for (const pause of [0, 5, 10, 20, 30, 40, 50, 60, 80, 150]) {
      go('#/settings');
      while (document.querySelector('figure canvas')) await wait(1);
      go('#/runs/1');
      while (!document.querySelector('figure .cursor')) await wait(1);
      await wait(pause);
    }
    go('#/settings');
    await wait(300);
  });
  expect(errors).toEqual([]);
});

test('the scale that was chosen is there when a page is opened again', async ({ page }) => {
  await openRun(page, 1);
  const logarithmic = page.getByRole('radio', { name: 'Logarithmic' });
  await logarithmic.click();
  await page.getByRole('navigation').getByRole('link', { name: /^Settings/ }).click();
  await openRun(page, 1);
  await expect(logarithmic).toBeChecked();
  await page.getByRole('radio', { name: 'Linear' }).click();
});
