/**
 * Pans charts of long runs with the mouse as a user does. The figure is the rate of frames in which the
 * charts moved: frames that the browser really drew, according to its own trace, and at most as many as the
 * page drew new pictures for.
 */
import { setTimeout } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { addLongRuns } from './longRuns.ts';
import type { Measure, Part } from './part.ts';

/**
 * Milliseconds between two mouse events: a mouse reports 125 times a second, whether the page keeps up or
 * not.
 */
const interval = 8;
const seconds = 6;
/** Speed of the hand, and its largest distance from the centre, in pixels. */
const speed = 400;
const reach = 150;

/**
 * Counts pictures: a chart moves by being redrawn (Chart.js then clears its canvas) or by moving a bitmap of
 * it.
 */
const countPictures = () => {
  let cleared = 0;
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...rectangle) {
    cleared++;
    clearRect.apply(this, rectangle);
  };
  let pictures = 0;
  let last = '';
  const look = () => {
    const places = [...document.querySelectorAll<HTMLElement>('.strip canvas')].map(
      (each) => each.style.transform,
    );
    const picture = `${cleared} ${places.join(' ')}`;
    if (picture !== last) pictures++;
    last = picture;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  Object.assign(window, { pictures: () => pictures });
};

/** Returns the position at a time, moving to and fro at constant speed. */
function offsetAfter(time: number): number {
  const way = ((time / 1000) * speed + reach) % (4 * reach);
  return way < 2 * reach ? way - reach : 3 * reach - way;
}

/**
 * Drags without waiting for one move to be handled before making the next, like a hand. The browser itself is asked for
 * each move: at every one with a button pressed, Playwright's mouse runs three scripts in the page to find out whether
 * something is dragged and dropped, which took most of a frame's time.
 */
async function drag(page: Page, middle: { readonly x: number; readonly y: number }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const [leftButton, shift] = [1, 8];
  const moves: Promise<unknown>[] = [];
  const begun = performance.now();
  for (let time = 0; time < seconds * 1000; time = performance.now() - begun) {
    const place = { x: middle.x + offsetAfter(time), y: middle.y };
    moves.push(
      session.send('Input.dispatchMouseEvent', {
        type: 'mouseMoved',
        ...place,
        button: 'left',
        buttons: leftButton,
        modifiers: shift,
      }),
    );
    await setTimeout(interval - ((performance.now() - begun) % interval));
  }
  await Promise.all(moves);
  await session.detach();
}

/**
 * Counts the frames that the browser draws until the returned function is called, which returns their number.
 */
async function countFrames(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  let frames = 0;
  session.on('Tracing.dataCollected', ({ value }) => {
    frames += value.filter((event) => 'name' in event && event['name'] === 'DrawFrame').length;
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame'],
    },
  });
  return async () => {
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    await session.detach();
    return frames;
  };
}

/** Returns the frames per second in which the charts moved while the mouse drags one of them to and fro. */
async function panRate(page: Page): Promise<number> {
  const drawing = page.getByRole('figure', { name: 'Loss' }).getByRole('application');
  await drawing.scrollIntoViewIfNeeded();
  const box = (await drawing.boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await drawing.focus();
  // Half of the chart is visible, so that there is room to pan in both directions.
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await page.waitForTimeout(500);
  await page.mouse.move(middle.x, middle.y);
  await page.keyboard.down('Shift');
  await page.mouse.down();
  const read = () =>
    page.evaluate(() => ({
      pictures: (window as unknown as { pictures: () => number }).pictures(),
      time: performance.now(),
    }));
  const framesDrawn = await countFrames(page);
  const before = await read();
  await drag(page, middle);
  const after = await read();
  const frames = await framesDrawn();
  await page.mouse.up();
  await page.keyboard.up('Shift');
  return Math.min(frames, after.pictures - before.pictures) / ((after.time - before.time) / 1000);
}

function part(name: string, runs: number, steps: number, target: number): Part {
  return {
    name,
    prepare: (home) => addLongRuns(home, runs, steps),
    async measure(page, host): Promise<Measure[]> {
      await page.addInitScript(countPictures);
      await page.goto(host.url);
      await page.goto(new URL('/#/train', page.url()).href);
      const figure = page.getByRole('figure', { name: 'Loss' });
      await figure.and(page.locator(`[data-points="${runs * steps}"]`)).waitFor({ timeout: 60_000 });
      await page.waitForTimeout(1000);
      return [{ name, value: await panRate(page), unit: 'frames/s', target, better: 'higher' }];
    },
  };
}

export const charts: readonly Part[] = [
  part('charts: pan 10 runs of 20,000 points', 10, 20_000, 50),
  // The target is a screen's 60, less the frames lost at both ends.
  part('charts: pan 1 run of 100,000 points', 1, 100_000, 58),
];
