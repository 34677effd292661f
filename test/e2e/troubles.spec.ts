/** What goes wrong in training is said while it trains, with its cause; and one press tries it otherwise. */
import type { Page } from '@playwright/test';
import { expect, hostOfThisFile, test, watchForErrors } from './host.ts';
import { press } from './press.ts';

test.describe.configure({ mode: 'serial' });
test.use({ actionTimeout: 20_000 });

const host = hostOfThisFile();
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

async function open(page: Page): Promise<void> {
  await host.open(page, '#/train');
  await expect(page.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible();
}

test('a learning rate that is far too large is named while it trains, and a tenth of it is one press away', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await open(page);
  // More than it will train: it is stopped by what is tried instead.
  await field(page, 'Epochs').fill('400');
  await field(page, 'Batch size').fill('1000');
  await field(page, 'Learning rate').fill('2');
  await press(page.getByRole('button', { name: /^Train Course net/ }));
  const first = page.getByRole('article', { name: 'Course net #1' });
  // A time, or two where it is uncertain; not in the first second.
  await expect(first.getByText(/^\d+(:\d\d){1,2}( to \d+(:\d\d){1,2})?$/)).toBeVisible();
  const trouble = first.locator('[data-trouble]');
  await expect(trouble).toBeVisible({ timeout: 120_000 });
  await expect(first.locator('[data-status=running]')).toBeVisible();
  await expect(trouble).toContainText(/the learning rate is too large|a tenth of the learning rate/);
  await press(trouble.getByRole('button', { name: /^Start again with a tenth of the learning rate/ }));
  const second = page.getByRole('article', { name: 'Course net #2' });
  await expect(second.getByRole('button', { name: /^Change the learning rate of Course net #2/ })).toHaveText(
    '0.2',
  );
  await expect(first.locator('[data-status=stopped]')).toBeVisible();
  await press(second.getByRole('button', { name: 'Stop Course net #2', exact: true }));
  await expect(second.locator('[data-status=stopped]')).toBeVisible();
  expect(errors).toEqual([]);
});

test('weights that start alike are named as the cause, and no other learning rate is offered', async ({
  page,
}) => {
  await open(page);
  await press(page.getByRole('button', { name: 'Reset to course’s values' }));
  await field(page, 'Epochs').fill('1');
  await field(page, 'Batch size').fill('2000');
  await press(page.getByRole('button', { name: 'Input and initial weights', exact: true }));
  await press(page.getByRole('combobox', { name: 'Initial weights' }));
  await press(page.getByRole('option', { name: 'All zeros' }));
  await press(page.getByRole('button', { name: /^Train Course net/ }));
  const trouble = page.getByRole('article', { name: 'Course net #3' }).locator('[data-trouble=atChance]');
  await expect(trouble).toContainText('start alike and stay alike', { timeout: 120_000 });
  await expect(trouble.getByRole('button')).toHaveCount(0);
});
