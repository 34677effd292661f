/**
 * Measures the processor time that the window uses while a net trains: of all the browser's processes
 * together, in percent of one core, with the charts visible, scrolled to the part below them, and with the
 * settings visible.
 */
import type { Page } from '@playwright/test';
import type { Measure, Part } from './part.ts';
import { browserProcess, processorTimes, timeBetween } from './processes.ts';

/** Long enough to contain an epoch's end, and short enough to be measured three times. */
const seconds = 15;
/** Limit in percent of one core, with the charts visible. */
const most = 10;

async function share(page: Page): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser of its own');
  const root = await browserProcess(browser);
  const before = processorTimes(root);
  const begun = performance.now();
  await page.waitForTimeout(seconds * 1000);
  const after = processorTimes(root);
  return (100 * timeBetween(before, after)) / ((performance.now() - begun) / 1000);
}

/** Starts a training that outlasts the measurement, and waits until its curves move. */
async function train(page: Page): Promise<void> {
  await page.goto(new URL('/#/train', page.url()).href);
  await page.getByRole('textbox', { name: 'Epochs' }).fill('200');
  await page.getByRole('button', { name: /^Train Course net/ }).click();
  const figure = page.getByRole('figure', { name: 'Loss' });
  await figure.and(page.locator(':not([data-points="0"])')).waitFor({ timeout: 60_000 });
}

export const drawing: Part = {
  name: 'drawing: Train, its charts in sight',
  async measure(page, host): Promise<Measure[]> {
    await page.goto(host.url);
    await train(page);
    const places: [name: string, address: string, scroll: number][] = [
      [this.name, '/#/train', 0],
      ['drawing: the run’s page, its charts in sight', '/#/runs/1', 0],
      ['drawing: the run’s page, scrolled to the test images', '/#/runs/1', 1200],
      ['drawing: the settings in sight', '/#/settings', 0],
    ];
    const measures: Measure[] = [];
    for (const [name, address, scroll] of places) {
      await page.goto(new URL(address, page.url()).href);
      await page.waitForTimeout(2500);
      if (scroll > 0) {
        await page.mouse.move(1000, 500);
        await page.mouse.wheel(0, scroll);
        await page.mouse.move(0, 0);
        await page.waitForTimeout(1000);
      }
      measures.push({ name, value: await share(page), unit: '% of a core', target: most, better: 'lower' });
    }
    return measures;
  },
};
