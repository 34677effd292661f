/**
 * Looks into two nets: the time from a pen's stroke to both nets' bars, and from a step of the epoch slider to both
 * nets' values, in each part of the screen that follows it; then the longest task of the page while another net trains.
 * Times begin with the event's own time stamp and end when the page has painted.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import type { Host } from '../../test/e2e/host.ts';
import type { Measure, Part } from './part.ts';

const terminal = fileURLToPath(new URL('../../out/main/terminal.js', import.meta.url));
const epochs = 4;
const strokes = 100;
const sliderSteps = 32;
/** Milliseconds between two steps: a hand's pace. */
const pace = 40;

interface Watch {
  /** Waits for a key or a stroke and for its effect; returns the milliseconds between them. */
  readonly next: (attribute: string) => Promise<number>;
  readonly longTasks: number[];
}

/** What has changed is read from attributes that belong to the answers, so that no query disturbs the measurement. */
const watch = () => {
  const longTasks: number[] = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasks.push(duration);
  }).observe({ type: 'longtask' });
  let began: number | null = null;
  const begin = ({ timeStamp }: Event) => (began ??= timeStamp);
  addEventListener('keydown', begin, { capture: true });
  addEventListener('pointermove', (event) => event.buttons > 0 && begin(event), { capture: true });
  const next = (attribute: string) => {
    began = null;
    const all = () =>
      [...document.querySelectorAll(`[${attribute}]`)].map((each) => each.getAttribute(attribute));
    const before = all();
    return new Promise<number>((resolve) => {
      const observer = new MutationObserver(() => {
        if (began === null || !all().every((value, i) => value !== before[i])) return;
        observer.disconnect();
        // The frame that shows it has been painted when the task after its callback runs.
        requestAnimationFrame(() => {
          const painted = new MessageChannel();
          painted.port1.onmessage = () => resolve(performance.now() - (began ?? NaN));
          painted.port2.postMessage(null);
        });
      });
      observer.observe(document, { subtree: true, attributes: true, attributeFilter: [attribute] });
    });
  };
  Object.assign(window, { inspectWatch: { next, longTasks } satisfies Watch });
};

async function timeOf(page: Page, attribute: string, act: () => Promise<void>): Promise<number> {
  const changed = await page.evaluateHandle((name) => {
    const { inspectWatch } = window as unknown as { inspectWatch: Watch };
    return { done: inspectWatch.next(name) };
  }, attribute);
  await act();
  const milliseconds = await changed.evaluate(({ done }) => done);
  await changed.dispose();
  await page.waitForTimeout(pace);
  return milliseconds;
}

const longTasks = (page: Page) =>
  page.evaluate(() => (window as unknown as { inspectWatch: Watch }).inspectWatch.longTasks.splice(0));

const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function open(page: Page, hash: string): Promise<void> {
  await page.goto(new URL(`/#/inspect/1,2${hash}`, page.url()).href);
  await page.getByRole('slider').first().waitFor();
  // The lab opens the nets and loads the native library meanwhile.
  await page.waitForTimeout(3000);
}

/** Draws a wave with one stroke of `count` moves, and returns the time of each to both nets' bars. */
async function draw(page: Page, count: number): Promise<number[]> {
  await open(page, '?tab=draw');
  const box = (await page.locator('[data-pad]').boundingBox())!;
  const at = (i: number): [number, number] => [
    box.x + box.width * (0.2 + (0.6 * i) / count),
    box.y + box.height * (0.5 + 0.3 * Math.sin(i / 6)),
  ];
  await page.mouse.move(...at(0));
  await page.mouse.down();
  // A dot is no digit yet, so nothing is predicted for it.
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.3, { steps: 5 });
  await page.locator('[data-net="2"] [data-bars]').waitFor();
  await page.waitForTimeout(500);
  const times: number[] = [];
  for (let i = 1; i <= count; i++)
    times.push(await timeOf(page, 'data-answered', () => page.mouse.move(...at(i))));
  await page.mouse.up();
  return times;
}

/** Moves the slider to its beginning and back by its keys, and returns the time of each step. */
async function slide(page: Page, tab: string, count: number): Promise<number[]> {
  await open(page, tab);
  await page.locator('[data-shows]').nth(1).waitFor();
  await page.getByRole('slider').first().focus();
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const key = Math.floor(i / epochs) % 2 === 0 ? 'ArrowLeft' : 'ArrowRight';
    times.push(await timeOf(page, 'data-shows', () => page.keyboard.press(key)));
  }
  return times;
}

const tabs = ['look', 'time', 'weights'] as const;
const addressOf = (tab: (typeof tabs)[number]) => (tab === 'look' ? '' : `?tab=${tab}`);

/** Starts a long run in a window of its own, which is closed again. */
async function trainBeside(page: Page, host: Host): Promise<void> {
  const other = await page.context().browser()!.newPage();
  await other.goto(host.url);
  await other.goto(new URL('/#/train', other.url()).href);
  await other.getByRole('textbox', { name: 'Epochs', exact: true }).fill('200');
  await other.locator('form button[type=submit]').click();
  const figure = other.getByRole('figure', { name: 'Loss' });
  await figure.and(other.locator(':not([data-points="0"])')).waitFor({ timeout: 60_000 });
  await other.close();
}

export const inspect: Part = {
  name: 'inspect: stroke to both nets’ bars',
  async prepare(home) {
    const words = ['course', 'homework', '--epochs', String(epochs), '--batch-size', '512', '--json'];
    await promisify(execFile)(process.execPath, [terminal, 'train', ...words], {
      env: { ...process.env, STRIDE_HOME: home, NODE_OPTIONS: '' },
      maxBuffer: 2 ** 26,
    });
  },
  async measure(page, host): Promise<Measure[]> {
    await page.addInitScript(watch);
    await page.goto(host.url);
    const common = { unit: 'ms', better: 'lower' } as const;
    const measures: Measure[] = [
      { name: this.name, value: middle(await draw(page, strokes)), target: 30, ...common },
    ];
    for (const tab of tabs) {
      const value = middle(await slide(page, addressOf(tab), sliderSteps));
      measures.push({ name: `inspect: step of the slider, ${tab}`, value, target: 60, ...common });
    }
    await trainBeside(page, host);
    for (const what of ['draw', ...tabs] as const) {
      await open(page, what === 'draw' ? '?tab=draw' : addressOf(what));
      // Tasks that open a part do not count: only those of strokes and steps do, and of the events of the training.
      await longTasks(page);
      if (what === 'draw') await draw(page, 30);
      else await slide(page, addressOf(what), 16);
      // The browser reports only tasks of at least 50 ms.
      const value = Math.max(0, ...(await longTasks(page)));
      measures.push({ name: `inspect: longest task beside training, ${what}`, value, target: 50, ...common });
    }
    return measures;
  },
};
