/**
 * Compares two nets: the time from pressing "Compare" to the verdict, with predictions that must be computed
 * first and with stored ones; and a comparison of as many runs as are allowed. Times are the page's own.
 */
import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { openDataset } from '../../src/main/datasets/index.ts';
import type { Host } from '../../test/e2e/host.ts';
import { addUntrainedCheckpoints } from '../../test/support/untrained.ts';
import { addLongRuns } from './longRuns.ts';
import type { Measure, Part } from './part.ts';

const terminal = fileURLToPath(new URL('../../out/main/terminal.js', import.meta.url));
const manyRuns = 20;
const steps = 20_000;
const repeats = 5;

/**
 * Watches for the verdict: milliseconds from the press until it is in the page, checked in every frame so
 * that no queries disturb the measurement.
 */
const watchVerdict = () => {
  let pressed = 0;
  let seen = 0;
  let longest = 0;
  addEventListener('click', ({ timeStamp }) => ([pressed, seen, longest] = [timeStamp, 0, 0]), {
    capture: true,
  });
  const look = (time: number) => {
    if (seen === 0 && document.querySelector('[data-verdict]')) seen = time;
    if (!document.querySelector('[data-verdict]')) seen = 0;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  }).observe({ entryTypes: ['longtask'] });
  Object.assign(window, { verdict: () => seen - pressed, longest: () => longest });
};

const take = (page: Page, what: 'verdict' | 'longest') =>
  page.evaluate((name) => (window as unknown as Record<string, () => number>)[name]!(), what);

/** Presses "Compare" in the list of runs and returns the time until the verdict. */
async function comparePressed(page: Page, count: number): Promise<number> {
  await page.goto(new URL('/#/runs', page.url()).href);
  const lines = page.locator('[data-line^="r"] [data-tick]');
  for (let line = 0; line < count; line++) await lines.nth(line).click();
  // This is the time that a user takes, in which the lab loads the native library.
  await page.waitForTimeout(1500);
  await page.getByRole('toolbar').getByRole('button', { name: 'Compare', exact: true }).click();
  await page.locator('[data-verdict]').first().waitFor({ timeout: 120_000 });
  await page.waitForTimeout(300);
  return take(page, 'verdict');
}

async function forgetPredictions(home: string): Promise<void> {
  const folder = join(home, 'runs');
  for (const run of await readdir(folder))
    for (const file of await readdir(join(folder, run)))
      if (file.startsWith('predictions-')) await rm(join(folder, run, file));
}

/** Restarts the lab, because it would not read again what it has in memory. */
async function again(page: Page, host: Host): Promise<void> {
  await page.goto('about:blank');
  await host.stop();
  await forgetPredictions(host.home);
  await host.start();
  await page.goto(host.url);
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const two: Part = {
  name: 'compare: first verdict, predictions to be computed',
  async prepare(home) {
    const nets = ['course', 'homework', '--epochs', '1', '--batch-size', '256'];
    await promisify(execFile)(process.execPath, [terminal, 'train', ...nets, '--json'], {
      env: { ...process.env, STRIDE_HOME: home, NODE_OPTIONS: '' },
      maxBuffer: 2 ** 26,
    });
  },
  async measure(page, host): Promise<Measure[]> {
    await page.addInitScript(watchVerdict);
    const fresh: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      await again(page, host);
      fresh.push(await comparePressed(page, 2));
    }
    const kept: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      await page.reload();
      kept.push(await comparePressed(page, 2));
    }
    const common = { unit: 'ms', better: 'lower' } as const;
    return [
      { name: this.name, value: middle(fresh), target: 1000, ...common },
      { name: 'compare: verdict, predictions kept', value: middle(kept), target: 100, ...common },
    ];
  },
};

const twenty: Part = {
  name: `compare: verdict of ${manyRuns} runs of 20,000 points, predictions kept`,
  async prepare(home) {
    const { summary } = await openDataset('mnist');
    addLongRuns(home, manyRuns, steps, { datasetHash: summary.hash });
    await addUntrainedCheckpoints(home, numbers(1, manyRuns));
  },
  async measure(page, host): Promise<Measure[]> {
    await page.addInitScript(watchVerdict);
    await page.goto(host.url);
    // All predictions are computed here, once.
    await comparePressed(page, manyRuns);
    await page.reload();
    const value = await comparePressed(page, manyRuns);
    await page.locator('[data-chart] path').first().waitFor();
    await page.waitForTimeout(3000);
    const longest = await take(page, 'longest');
    const common = { unit: 'ms', better: 'lower' } as const;
    return [
      { name: this.name, value, target: 1000, ...common },
      { name: `compare: longest task of the page, ${manyRuns} runs`, value: longest, target: 100, ...common },
    ];
  },
};

export const compare: readonly Part[] = [two, twenty];
