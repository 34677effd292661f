/** A sweep from the window alone: values typed into fields, the grid before the start, training, the heat map. */
import type { Page } from '@playwright/test';
import { openHistory } from '../../src/main/history/open.ts';
import { expect, hostOfThisFile, test, watchForErrors } from './host.ts';
import { press } from './press.ts';

test.describe.configure({ mode: 'serial' });
test.use({ actionTimeout: 20_000 });

const host = hostOfThisFile();
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const start = (page: Page) => page.locator('form').getByRole('button', { name: /^Train / });

async function open(page: Page): Promise<void> {
  await host.open(page, '#/train');
  await expect(page.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible();
}

test('2 learning rates × 2 batch sizes × 2 seeds, to the heat map', async ({ page }) => {
  test.setTimeout(480_000);
  const errors = watchForErrors(page);
  await open(page);
  await field(page, 'Epochs').fill('1');
  await field(page, 'Batch size').fill('1000，2000');
  await expect(page.getByText('2 values: 1,000 · 2,000')).toBeVisible();
  // A range, made where people look for it.
  await press(page.getByRole('button', { name: 'Several values for Learning rate' }));
  const several = page.getByRole('dialog', { name: 'Several values for Learning rate' });
  await press(several.getByRole('radio', { name: 'Range' }));
  await several.getByRole('textbox', { name: 'From' }).fill('0,01');
  await several.getByRole('textbox', { name: 'To' }).fill('0.1');
  await several.getByRole('textbox', { name: 'How many' }).fill('2');
  await press(several.getByRole('button', { name: 'Use these values' }));
  await expect(field(page, 'Learning rate')).toHaveValue('0.01..0.1:2:log');
  await field(page, 'Seeds').fill('0, 1');

  // The grid before the start: its runs, and how long they take.
  await expect(page.getByText('Batch size (2) × Learning rate (2) × Seeds (2): 8 runs')).toBeVisible();
  await expect(start(page)).toHaveText(/Train a grid of 8 runs, about \d+ (s|min)$/, {
    timeout: 60_000,
  });
  await press(page.getByRole('button', { name: 'Show the grid' }));
  const grid = page.getByRole('dialog', { name: 'The grid' });
  await expect(grid.getByRole('row')).toHaveText([
    /#\s*Batch size\s*Learning rate\s*Seeds/,
    /1\s*1,000\s*0.01\s*0, 1/,
    /2\s*1,000\s*0.1\s*0, 1/,
    /3\s*2,000\s*0.01\s*0, 1/,
    /4\s*2,000\s*0.1\s*0, 1/,
  ]);
  await page.keyboard.press('Escape');
  await press(start(page));

  await expect(page).toHaveURL(/#\/sweeps\/1$/);
  await expect(page.locator('[data-sweep-status=finished]')).toBeVisible({ timeout: 400_000 });
  const map = page.getByRole('table', { name: 'Heat map' });
  await expect(map.locator('.cell')).toHaveCount(4);
  await expect(map.locator('.best')).toHaveCount(1);

  // The cells are history's numbers: means over the two seeds.
  const history = openHistory(host.home);
  try {
    const runs = history.runs.list(100, 0);
    expect(runs).toHaveLength(8);
    const mean = (batchSize: number, learningRate: number) => {
      const of = runs.filter(
        ({ settings }) =>
          settings.batchSize === batchSize && settings.optimizer.learningRate === learningRate,
      );
      expect(new Set(of.map(({ settings }) => settings.seed)).size).toBe(2);
      const shares = of.map(({ best, last }) => best!.testCorrect / last!.testTotal);
      return (100 * (shares[0]! + shares[1]!)) / 2;
    };
    const rows = await map.getByRole('rowheader').allInnerTexts();
    const columns = (await map.getByRole('columnheader').allInnerTexts()).slice(1);
    const size = (text: string) => Number(text.replace(',', ''));
    const batchFirst = columns.map(size).includes(1000);
    const means = rows.flatMap((row) =>
      columns.map((column) =>
        batchFirst ? mean(size(column), Number(row)) : mean(size(row), Number(column)),
      ),
    );
    // Two decimals are shown. A mean of two counts may lie just between two of them, where the last bit decides.
    const furthest = async () => {
      const shown = await map.locator('.cell strong').allInnerTexts();
      return Math.max(
        ...means.map((each, cell) => Math.abs(each - Number(/^([\d.]+)%$/.exec(shown[cell]!)![1]))),
      );
    };
    // The last run's result reaches the window a moment after the sweep's end.
    await expect.poll(furthest).toBeLessThan(0.0051);
  } finally {
    history.close();
  }

  await expect(page.getByRole('figure', { name: 'Parallel coordinates' })).toHaveAttribute('data-lines', '4');
  await press(page.getByRole('button', { name: 'Only Learning rate 0.1' }));
  await expect(page.locator('.line.faint')).toHaveCount(2);
  const results = page.getByRole('table', { name: 'Results' });
  await expect(results.getByRole('row')).toHaveCount(5);
  await expect(results.getByRole('row').nth(1)).toContainText(/\d s ± \d+\.\d s/);
  // A run's link is part of its row's table cell, whose line goes on beneath it.
  const bottoms = await results
    .getByRole('row')
    .nth(1)
    .getByRole('cell')
    .evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().bottom)));
  expect(new Set(bottoms).size).toBe(1);
  await press(page.getByRole('radio', { name: 'Test loss' }));
  await expect(map.locator('.cell strong').first()).toHaveText(/^\d\.\d{4}$/);
  await press(results.getByRole('link').first());
  await expect(page).toHaveURL(/#\/runs\/\d+$/);
  expect(errors).toEqual([]);
});

test('sweeps are found again, also after a restart, in both languages', async ({ page }) => {
  await host.stop();
  await host.start();
  await open(page);
  await press(page.getByRole('link', { name: 'Sweeps', exact: true }));
  await expect(page.getByText('8 of 8 runs done')).toBeVisible();
  await press(page.getByRole('link', { name: /^course/ }));
  await expect(page.getByRole('table', { name: 'Heat map' }).locator('.cell')).toHaveCount(4);
});

test('what cannot be is said where it is typed: which rule is broken, and what would be right', async ({
  page,
}) => {
  await open(page);
  const batch = field(page, 'Batch size');
  const rate = field(page, 'Learning rate');
  const seeds = field(page, 'Seeds');
  for (const [typed, becomes] of [
    ['0,02', '0.02'],
    ['０．０３', '0.03'],
    ['1e-3', '0.001'],
  ] as const) {
    await rate.fill(typed);
    await rate.blur();
    await expect(rate).toHaveValue(becomes);
  }
  await batch.fill('1,000');
  await batch.blur();
  await expect(batch).toHaveValue('1000');
  // A whole data set is a batch; more than it is not.
  await batch.fill('60000');
  await expect(batch).toHaveAttribute('aria-invalid', 'false');
  await batch.fill('60001');
  await expect(batch).toHaveAccessibleDescription('Enter a whole number from 1 to 60,000');
  await batch.fill('16,128');
  await expect(batch).toHaveAccessibleDescription(/can be read in two ways: write 16128 or 16, 128/);
  await expect(start(page)).toBeDisabled();
  await batch.fill('abc');
  await expect(batch).toHaveAccessibleDescription(/“abc” is not a number\. Enter a whole number/);
  await batch.fill('64');
  for (const [typed, said] of [
    ['1.5', /“1\.5” is not a seed/],
    ['3-1', /“3-1”: the smaller number comes first/],
    ['0-99', /100 seeds are too many: 64 at most/],
    ['', /Enter at least one seed/],
  ] as const) {
    await seeds.fill(typed);
    await expect(seeds).toHaveAccessibleDescription(said);
    await expect(start(page)).toBeDisabled();
  }
});
