/**
 * Nothing is cut off without a way to see the rest: tables at three sizes, headings, and what is drawn beside the rows. Over a
 * history that is put there; one run is trained, by a terminal beside the window.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Locator } from '@playwright/test';
import { fillHistory } from '../support/manyRuns.ts';
import { addSweep } from '../support/sweptHistory.ts';
import { Host, expect, isDesktop, test } from './host.ts';
import { press } from './press.ts';
import { terminalProgram } from './terminal.ts';
import { sizes } from './sizes.ts';

const host = new Host();
test.beforeAll(async () => {
  host.home = mkdtempSync(join(tmpdir(), 'stride-e2e-'));
  fillHistory(host.home, { runs: 12, epochs: 3, losses: true });
  addSweep(host.home);
  await host.start();
});
test.afterAll(() => host.end());

/** How far something reaches beyond what it scrolls in; what says there that there is more. */
const beyond = (cell: Locator) =>
  cell.evaluate((element) => {
    const frame = element.closest('table')!.parentElement!;
    const out = element.getBoundingClientRect().right - frame.getBoundingClientRect().right;
    const { maskImage } = getComputedStyle(frame);
    return { out, more: frame.dataset['more'] ?? null, fades: maskImage.includes('linear-gradient') };
  });

for (const size of sizes)
  test(`the values keep their last column, or say that there is more, ${size.width} × ${size.height}`, async ({
    page,
  }) => {
    await page.setViewportSize(size);
    await host.open(page, '#/train');
    await page.getByRole('slider', { name: 'Smoothing' }).press('ArrowRight');
    const values = page.getByRole('table', { name: 'Values' });
    await expect(values.getByRole('columnheader', { name: 'Smoothed' })).toBeVisible();
    const last = values.getByRole('columnheader', { name: 'Test accuracy' });
    await last.evaluate((element) => element.closest('section')!.scrollIntoView({ block: 'center' }));
    if (size.width >= 1440) expect((await beyond(last)).out).toBeLessThanOrEqual(0);
    // Whatever the size, what is cut off is said, reached by the keyboard, and names of runs stay beside it.
    const { out, more, fades } = await beyond(last);
    expect([more?.includes('right') ?? false, fades]).toEqual([out > 1, out > 1]);
    if (out <= 1) return;
    const group = page.getByRole('group', { name: 'Values' });
    await group.focus();
    for (let step = 0; step < 40 && (await beyond(last)).out > 1; step++) await group.press('ArrowRight');
    expect((await beyond(last)).out).toBeLessThanOrEqual(1);
    const name = values.getByRole('rowheader').first();
    const left = await name.evaluate((element) => {
      const box = element.getBoundingClientRect();
      return document.elementFromPoint(box.left + 8, box.top + box.height / 2)?.closest('th') === element;
    });
    expect(left).toBe(true);
  });

test('a column that scrolls says so wherever a table is: the values of a sweep’s runs at half a window', async ({
  page,
}) => {
  await page.setViewportSize({ width: 700, height: 900 });
  await host.open(page, '#/sweeps/1');
  const table = page.getByRole('table', { name: 'All combinations' }).or(page.locator('main table')).first();
  await table.waitFor();
  for (const each of await page.locator('main table:visible').all()) {
    const [wide, more] = await each.evaluate((element) => {
      const frame = element.parentElement!;
      return [frame.scrollWidth > frame.clientWidth + 1, frame.dataset['more'] ?? ''];
    });
    expect(more.includes('right')).toBe(wide);
  }
});

test('the settings’ heading keeps its line when a way back to the course’s values comes', async ({
  page,
}) => {
  for (const size of sizes) {
    await page.setViewportSize(size);
    await host.open(page, '#/train');
    const heading = page.getByRole('heading', { name: 'Training settings' });
    const height = async () => (await heading.boundingBox())!.height;
    const before = await height();
    await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill('3');
    const reset = page.getByRole('button', { name: 'Reset to course’s values' });
    await expect(reset).toBeVisible();
    expect(await height()).toBe(before);
    await press(reset);
  }
});

test('the first page stands in the middle of a wide window', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await host.open(page, '#/welcome');
  const [left, right] = await page.locator('main').evaluate((main) => {
    const card = main.querySelector('section, article, .card')!.getBoundingClientRect();
    const frame = main.getBoundingClientRect();
    return [card.left - frame.left, frame.right - card.right];
  });
  expect(Math.abs(left! - right!)).toBeLessThan(40);
});

test('a residual block is drawn with its skip line, from its input to the sum behind its layers', async ({
  page,
}) => {
  await host.open(page, '#/design/ResNet-8');
  const forks = page.locator('[data-skip="fork"]');
  const sums = page.locator('[data-skip="sum"]');
  await expect(forks).toHaveCount(3);
  await expect(sums).toHaveText([
    /\+\s*Plus the block’s input$/,
    /1×1 convolution: 32 filters, stride 2/,
    /1×1 convolution: 64 filters, stride 2/,
  ]);
  // One line all the way: the list's edge goes on where the fork's and the sum's curves end.
  const lines = await sums.first().evaluate((sum) => {
    const list = sum.previousElementSibling!;
    const fork = list.previousElementSibling!;
    const at = (element: Element) => element.querySelector('.skip')!.getBoundingClientRect();
    const edge = list.getBoundingClientRect();
    return {
      left: [at(fork).left, edge.left, at(sum).left],
      meets: [at(fork).bottom - edge.top, at(sum).top - edge.bottom],
      drawn: getComputedStyle(list).borderLeftWidth,
    };
  });
  expect(Math.max(...lines.left) - Math.min(...lines.left)).toBeLessThan(1);
  expect(lines.meets.map(Math.round)).toEqual([0, 0]);
  expect(lines.drawn).toBe('2px');
});

test('a run that a terminal trains gets on in the side bar, and its curve with it', async ({ page }) => {
  test.skip(isDesktop(), 'the terminal program of the tests is another user’s than the desktop program');
  await host.open(page, '#/settings');
  const training = spawn(
    process.execPath,
    [terminalProgram, 'train', 'course', '--epochs', '60', '--batch-size', '512', '--json'],
    { env: { ...process.env, STRIDE_HOME: host.home, NODE_OPTIONS: '' }, stdio: 'ignore' },
  );
  try {
    const now = page.getByRole('region', { name: 'In progress' }).getByRole('link');
    const share = now.locator('.share');
    await expect(share).toHaveText(/^[1-9]/);
    await press(now);
    const loss = page.getByRole('figure', { name: 'Loss' });
    await expect(loss).toHaveAttribute('data-points', /^[1-9]\d\d/);
    const points = Number(await loss.getAttribute('data-points'));
    await expect.poll(async () => Number(await loss.getAttribute('data-points'))).toBeGreaterThan(points);
  } finally {
    const ended = once(training, 'exit');
    training.kill('SIGINT');
    await ended;
  }
  await expect(page.locator('main [data-status="stopped"], main [data-status="interrupted"]')).toBeVisible();
});
