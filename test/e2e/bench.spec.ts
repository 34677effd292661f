/** The Train screen while something trains: what must be in sight at every size, and what happens to a run's row. */
import type { Locator, Page } from '@playwright/test';
import { expect, hostOfThisFile, isDesktop, needsSecondWindow, test, watchForErrors } from './host.ts';
import { press, tick } from './press.ts';

test.describe.configure({ mode: 'serial' });
test.use({ actionTimeout: 20_000 });

const host = hostOfThisFile();
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const startButton = (page: Page) => page.getByRole('button', { name: /^Train (Course net|\d+ )/ });
const chart = (page: Page, name: string) => page.getByRole('figure', { name }).getByRole('application');

/** Wholly within the window, and nothing lies over its middle. */
async function inSight(target: Locator): Promise<boolean> {
  return target.evaluate((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const within = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return within && hit !== null && (element.contains(hit) || hit.contains(element));
  });
}

async function open(page: Page): Promise<void> {
  await host.open(page, '#/train');
  await expect(page.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible();
}

for (const [width, height] of [
  [1024, 700],
  [1440, 900],
  [1920, 1080],
] as const) {
  test(`at ${width} × ${height} the start is in sight before it, and the curve and the start from the first second on`, async ({
    page,
  }) => {
    const errors = watchForErrors(page);
    await page.setViewportSize({ width, height });
    await open(page);
    await expect.poll(() => inSight(startButton(page))).toBe(true);
    await tick(page.getByRole('checkbox', { name: 'Homework net' }), true);
    for (const net of ['Course net', 'Homework net']) {
      await field(page, `Epochs, ${net}`).fill('400');
      await field(page, `Batch size, ${net}`).fill('512');
    }
    await field(page, 'Seeds').fill('0, 1');
    await expect.poll(() => inSight(startButton(page))).toBe(true);
    await press(startButton(page));
    await expect(page.getByRole('article').first()).toBeVisible();
    // Settings get out of the way, and what is looked at comes into sight: no scrolling is needed.
    await expect(page.locator('form')).toHaveCount(0);
    await expect.poll(() => inSight(chart(page, 'Loss'))).toBe(true);
    await expect.poll(() => inSight(startButton(page))).toBe(true);
    // Side by side, the two charts use their cards alike.
    if (width >= 1440) {
      const ends = async (name: string) => {
        const { y, height: tall } = (await chart(page, name).boundingBox())!;
        return y + tall;
      };
      expect(Math.abs((await ends('Loss')) - (await ends('Test accuracy')))).toBeLessThan(4);
    }
    const names = page.getByRole('article').getByRole('link');
    await expect(names).toHaveText([/^Course net\s#\d+$/, /^(Course|Homework) net\s#\d+$/]);
    for (const number of await page.getByRole('article').locator('.id').all())
      expect(await number.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    // Those that wait take a line each, not a card.
    const waiting = page.getByRole('region', { name: 'Queued' }).getByRole('listitem');
    await expect(waiting).toHaveCount(2);
    expect((await waiting.first().boundingBox())!.height).toBeLessThan(40);
    while ((await waiting.count()) > 0) {
      const left = await waiting.count();
      await press(waiting.first().getByRole('button', { name: /^Remove .* from the queue$/ }));
      await expect(waiting).toHaveCount(left - 1);
    }
    const atWork = page.getByRole('article').filter({ has: page.locator('[data-status=running]') });
    while ((await atWork.count()) > 0) {
      const left = await atWork.count();
      await press(atWork.first().getByRole('button', { name: /^Stop .* #\d+$/ }));
      await expect(atWork).toHaveCount(left - 1);
    }
    await expect(page.locator('[data-status=running]')).toHaveCount(0);
    expect(errors).toEqual([]);
  });
}

/** Starts a run of the course's net that outlasts the test. */
async function startLong(page: Page): Promise<void> {
  await press(page.getByRole('button', { name: 'Reset to course’s values' }));
  await tick(page.getByRole('checkbox', { name: 'Homework net' }), false);
  await field(page, 'Epochs').fill('400');
  await field(page, 'Batch size').fill('512');
  await press(startButton(page));
}

test('a run that has ended stays beside one that trains, and the next start says where it went', async ({
  page,
}) => {
  needsSecondWindow();
  await open(page);
  await startLong(page);
  const first = page.getByRole('article').first();
  // Only then the runs of the test before have gone.
  await expect(first.locator('[data-status=running]')).toBeVisible();
  const name = (await first.getAttribute('aria-label'))!;
  // In another window of the same lab, as well as here.
  const second = await page.context().newPage();
  await open(second);
  await expect(second.getByRole('article', { name })).toBeVisible();
  await press(second.getByRole('button', { name: 'Settings', exact: true }));
  await press(startButton(second));
  for (const each of [page, second]) {
    await expect(each.getByRole('article')).toHaveCount(2);
  }
  await press(page.getByRole('button', { name: `Stop ${name}`, exact: true }));
  for (const each of [page, second]) {
    const ended = each.getByRole('article', { name });
    await expect(ended.locator('[data-status=stopped]')).toBeVisible();
  }
  await press(startButton(page));
  await expect(page.getByText('One run from the previous start is hidden.')).toBeVisible();
  await expect(page.getByRole('article', { name })).toHaveCount(0);
  await press(page.getByRole('button', { name: 'Show it here too' }));
  await expect(page.getByRole('article', { name })).toBeVisible();
  await second.close();
});

test('that a run is to stop after its epoch is seen in its row, and taken back there', async ({ page }) => {
  await open(page);
  // In a browser, the test before has left one that trains.
  if (isDesktop()) await startLong(page);
  const row = page
    .getByRole('article')
    .filter({ has: page.locator('[data-status=running]') })
    .first();
  const name = (await row.getAttribute('aria-label'))!;
  await press(row.getByRole('button', { name: `Pause ${name}` }));
  const paused = page.getByRole('article', { name });
  await expect(paused.locator('[data-status=paused]')).toBeVisible();
  await press(paused.getByRole('button', { name: `Stop ${name} after this epoch` }));
  await expect(paused.getByText(/^Stops after epoch \d+/)).toBeVisible();
  await press(paused.getByRole('button', { name: 'Do not stop after this epoch' }));
  await expect(paused.getByText(/^Stops after epoch/)).toHaveCount(0);
  await expect(paused.getByRole('button', { name: `Stop ${name} after this epoch` })).toBeVisible();
});
