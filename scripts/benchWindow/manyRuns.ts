/**
 * Measures the Runs screen with ten thousand runs: the time until rows appear after the click and after a key
 * in the filter, and the frame rate of scrolling. Times are the page's own, from the event to the frame after
 * the one that drew the rows.
 */
import type { Page } from '@playwright/test';
import { fillHistory } from '../../test/support/manyRuns.ts';
import type { Measure, Part } from './part.ts';

const runs = 10_000;
const epochs = 10;
/** Filters that are typed key by key; the last key is measured, which changes the result of each. */
const filters = ['accuracy > 98', 'net:course seed:3', 'optimizer:adam tag:wide lr:0.001'];

interface Watched {
  /** Returns the time from the last key or click to the frame in which the table reached its final state. */
  settled(): number;
  start(): void;
}

/**
 * Records in every frame what the table shows, so that it can be determined afterwards when that appeared.
 */
const watchTable = () => {
  let from = 0;
  let seen: { text: string; time: number }[] = [];
  const note = (event: Event) => (from = event.timeStamp);
  for (const name of ['keydown', 'click']) addEventListener(name, note, { capture: true });
  const look = (time: number) => {
    const links = [...document.querySelectorAll<HTMLElement>('[data-line^="r"] a')].slice(0, 12);
    const text = `${document.querySelector('p.count')?.textContent ?? ''} ${links.map((link) => link.textContent).join()}`;
    // The content found in this frame was drawn by the previous one.
    if (links.length > 0 && text !== seen.at(-1)?.text) seen.push({ text, time });
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  const watched: Watched = {
    start: () => void (seen = []),
    settled: () => (seen.at(-1)?.time ?? Infinity) - from,
  };
  Object.assign(window, { watched });
};

const start = (page: Page) =>
  page.evaluate(() => (window as unknown as { watched: Watched }).watched.start());
const settled = (page: Page) =>
  page.evaluate(() => (window as unknown as { watched: Watched }).watched.settled());

async function firstRows(page: Page): Promise<number> {
  await page.goto(new URL('/#/settings', page.url()).href);
  await page.reload();
  const link = page.getByRole('navigation').getByRole('link', { name: /^Runs/ });
  await link.waitFor();
  await page.waitForTimeout(1500);
  await start(page);
  await link.click();
  await page.locator('[data-line^="r"] a').first().waitFor();
  await page.waitForTimeout(1000);
  return settled(page);
}

async function filterBy(page: Page, text: string): Promise<number> {
  const box = page.getByRole('combobox', { name: 'Filter runs' });
  await box.fill('');
  await page.waitForTimeout(1000);
  const last = text.at(-1)!;
  await box.pressSequentially(text.slice(0, -1), { delay: 60 });
  await page.waitForTimeout(600);
  await start(page);
  await box.press(last);
  await page.waitForTimeout(800);
  const time = await settled(page);
  if (!Number.isFinite(time) || time <= 0) throw new Error(`the last key of "${text}" changed no row`);
  return time;
}

/** Returns the frames per second while each frame scrolls by about three screens of rows. */
async function scroll(page: Page): Promise<number> {
  await page.getByRole('combobox', { name: 'Filter runs' }).fill('');
  await page.waitForTimeout(1000);
  return page.getByRole('grid').evaluate(
    (grid) =>
      new Promise<number>((resolve) => {
        const seconds = 3;
        const pixelsPerSecond = 3000;
        let begun: number | undefined;
        let frames = 0;
        const step = (time: number) => {
          begun ??= time;
          const passed = (time - begun) / 1000;
          grid.scrollTop = passed * pixelsPerSecond;
          if (passed >= seconds) resolve(frames / passed);
          else {
            frames++;
            requestAnimationFrame(step);
          }
        };
        requestAnimationFrame(step);
      }),
  );
}

/** Returns the median of three measurements, because other load on the machine should not count. */
async function median(measure: () => Promise<number>): Promise<number> {
  const found = [await measure(), await measure(), await measure()];
  return found.sort((a, b) => a - b)[1]!;
}

export const manyRuns: Part = {
  name: 'runs: first rows of 10,000',
  prepare: (home) => {
    fillHistory(home, { runs, epochs });
  },
  async measure(page, host): Promise<Measure[]> {
    await page.addInitScript(watchTable);
    await page.goto(host.url);
    const rows = await median(() => firstRows(page));
    const measures: Measure[] = [{ name: this.name, value: rows, unit: 'ms', target: 200, better: 'lower' }];
    for (const text of filters) {
      const value = await median(() => filterBy(page, text));
      measures.push({ name: `runs: filter "${text}"`, value, unit: 'ms', target: 100, better: 'lower' });
    }
    const rate = await scroll(page);
    measures.push({ name: 'runs: scrolling', value: rate, unit: 'frames/s', target: 50, better: 'higher' });
    return measures;
  },
};
