/** Charts of long runs, panned by the mouse as a person does it; what counts is how often they are really drawn. */
import type { Page } from '@playwright/test';
import { addLongRuns } from './longRuns.ts';
import type { Measure, Part } from './part.ts';

/** Chart.js clears its canvas once a drawing. */
const countDrawings = () => {
  const counts = new Map<HTMLCanvasElement, number>();
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...rectangle) {
    counts.set(this.canvas, (counts.get(this.canvas) ?? 0) + 1);
    clearRect.apply(this, rectangle);
  };
  Object.assign(window, { drawings: () => Math.max(0, ...counts.values()) });
};

/** Frames a second in which the most drawn chart was drawn anew, while the mouse drags it to and fro. */
async function panRate(page: Page): Promise<number> {
  const drawing = page.getByRole('figure', { name: 'Loss' }).getByRole('application');
  await drawing.scrollIntoViewIfNeeded();
  const box = (await drawing.boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await drawing.focus();
  // Half of it in sight, so that there is room to pan at both sides.
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await page.waitForTimeout(500);
  await page.mouse.move(middle.x, middle.y);
  await page.keyboard.down('Shift');
  await page.mouse.down();
  const read = () =>
    page.evaluate(() => ({
      drawings: (window as unknown as { drawings: () => number }).drawings(),
      time: performance.now(),
    }));
  const before = await read();
  for (let move = 0; move < 400; move++) {
    await page.mouse.move(middle.x + 150 * Math.sin(move / 25), middle.y);
  }
  const after = await read();
  await page.mouse.up();
  await page.keyboard.up('Shift');
  return (after.drawings - before.drawings) / ((after.time - before.time) / 1000);
}

function part(name: string, runs: number, steps: number, target: number): Part {
  return {
    name,
    prepare: (home) => addLongRuns(home, runs, steps),
    async measure(page, host): Promise<Measure[]> {
      await page.addInitScript(countDrawings);
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
  // A screen's 60, less what is lost at the first and the last frame.
  part('charts: pan 1 run of 100,000 points', 1, 100_000, 58),
];
