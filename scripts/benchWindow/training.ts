/** Measures the window while a net trains: no task in it may take long. */
import type { Part } from './part.ts';

const watchLongTasks = () => {
  const tasks: number[] = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  Object.assign(window, { longTasks: tasks });
};

export const training: Part = {
  name: 'training: longest task of the window',
  async measure(page, host) {
    await page.addInitScript(watchLongTasks);
    await page.goto(host.url);
    await page.goto(new URL('/#/train', page.url()).href);
    const start = page.getByRole('button', { name: /^Train Course net/ });
    await start.waitFor();
    await page.waitForTimeout(2000);
    const clear = () =>
      page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks.splice(0));
    // Tasks of the page's own start do not count, because nothing trains then.
    await clear();
    await start.click();
    const figure = page.getByRole('figure', { name: 'Loss' });
    await figure.and(page.locator(':not([data-points="0"])')).waitFor({ timeout: 60_000 });
    await page.waitForTimeout(15_000);
    const tasks = await clear();
    // The browser reports only tasks of at least 50 ms.
    const value = Math.max(0, ...tasks);
    return [{ name: this.name, value, unit: 'ms', target: 100, better: 'lower' }];
  },
};
