/**
 * Real training in a real browser: MNIST, the built host, nothing simulated. The numbers in the page are held against
 * what PyTorch printed for the same seed (test/vectors/traces).
 */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { axeFindings } from './axe.ts';
import { expect, hostOfThisFile, isDesktop, test, watchForErrors } from './host.ts';
import { press } from './press.ts';
import {
  lossFigure,
  points,
  panel,
  rowsOf,
  emptyLab,
  field,
  choose,
  queueOf,
  namesShown,
  started,
  pressing,
  state,
} from './training.ts';

test.describe.configure({ mode: 'serial' });

const host = hostOfThisFile();

interface Trace {
  readonly epochs: readonly {
    readonly epoch: number;
    readonly running_loss: readonly { readonly batch: number; readonly loss: number }[];
  }[];
}

/** 118 batches an epoch: short where the numbers do not matter. */
const bigBatch = '512';
const bigSteps = 118;

async function open(page: Page): Promise<void> {
  await page.goto(host.url);
  // Where nothing has been trained yet, the first page comes first.
  await press(page.getByRole('link', { name: 'Train', exact: true }));
  await expect(page.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible();
  await expect(page.getByRole('article').or(emptyLab(page)).first()).toBeVisible();
}

test('trains the course net: the chart moves, pauses, resumes, and has PyTorch’s numbers', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await open(page);
  await expect(emptyLab(page)).toBeVisible();
  await field(page, 'Epochs').fill('2');
  // Measured here, before anything is started.
  await expect(page.getByRole('button', { name: /^Train Course net, about \d+ s$/ })).toBeVisible();
  const [name] = (await started(page, 1, pressing(page, /^Train Course net/))) as [string];

  const run = panel(page, name);
  await expect(run.getByText('Training', { exact: true })).toBeVisible();
  await expect.poll(() => points(page)).toBeGreaterThan(0);

  await press(run.getByRole('button', { name: 'Pause' }));
  await expect(run.getByText('Paused')).toBeVisible();
  const paused = await points(page);
  await page.waitForTimeout(1000);
  expect(await points(page)).toBe(paused);
  expect(paused).toBeLessThan(2 * 938);

  await press(run.getByRole('button', { name: 'Resume' }));
  await expect(run.getByText('Finished')).toBeVisible({ timeout: 180_000 });
  await expect.poll(() => points(page)).toBe(2 * 938);
  await expect(run.getByRole('button')).toHaveCount(0);

  const file = new URL('../vectors/traces/course-seed0.json', import.meta.url);
  const { epochs } = JSON.parse(readFileSync(file, 'utf8')) as Trace;
  const printed = epochs.flatMap((each) => each.running_loss.map((line) => ({ epoch: each.epoch, ...line })));
  await press(page.getByRole('region', { name: 'Loss', exact: true }).getByRole('button', { name: 'Table' }));
  const rows = rowsOf(lossFigure(page).getByRole('table'));
  await expect(rows).toHaveCount(6);
  for (const [index, row] of (await rows.all()).entries()) {
    const [, epoch, batch, loss] = await row.getByRole('cell').allInnerTexts();
    const expected = printed[index]!;
    expect([Number(epoch), Number(batch)]).toEqual([expected.epoch, expected.batch]);
    expect(Math.abs(Number(loss) - expected.loss)).toBeLessThan(0.002);
  }
  expect(errors).toEqual([]);
});

test('the run is in history after a reload and after a restart of the host', async ({ page }) => {
  const errors = watchForErrors(page);
  await open(page);
  const [name] = (await namesShown(page)) as [string];
  await press(page.getByRole('link', { name: 'Runs' }));
  // Asked for anew each time, because on the desktop a start brings another window.
  const row = () => page.getByRole('row', { name });
  await expect(row().getByText('Finished')).toBeVisible();
  await page.reload();
  await expect(row().getByText('2 of 2')).toBeVisible();
  expect(errors).toEqual([]);

  await host.stop();
  await host.start();
  await open(page);
  await expect(panel(page, name).getByText('Finished')).toBeVisible();
  await press(page.getByRole('link', { name: 'Runs' }));
  await press(row().getByRole('link', { name }));
  await expect(page.getByRole('heading', { name, level: 1 })).toBeFocused();
  await expect.poll(() => points(page)).toBe(2 * 938);

  const accuracy = page.getByRole('region', { name: 'Test accuracy', exact: true });
  await press(accuracy.getByRole('button', { name: 'Table' }));
  await expect(rowsOf(accuracy.getByRole('table'))).toHaveCount(2);
  const confusion = page.getByRole('table', { name: 'Confusion matrix' });
  const counts = (await confusion.getByRole('cell').allInnerTexts()).map(Number);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
});

test('both nets train at once, each with settings of its own', async ({ page }) => {
  await open(page);
  await choose(page, 'Course net', 'Homework net');
  await field(page, 'Epochs, Course net').fill('1');
  await field(page, 'Batch size, Course net').fill(bigBatch);
  await field(page, 'Epochs, Homework net').fill('1');
  await field(page, 'Batch size, Homework net').fill('256');
  const [course, homework] = (await started(page, 2, pressing(page, /^Train 2 nets side by side/))) as [
    string,
    string,
  ];
  await expect(panel(page, homework).getByText('Batch 235 of 235')).toBeVisible({ timeout: 180_000 });
  for (const run of [course, homework])
    await expect(state(page, run, 'Finished')).toBeVisible({ timeout: 180_000 });
  await expect.poll(() => points(page)).toBe(bigSteps + 235);
});

test('a run that lost its host is interrupted, and goes on to its end', async ({ page }) => {
  await open(page);
  // What was last started is there again: both nets.
  await expect(field(page, 'Batch size, Homework net')).toHaveValue('256');
  await choose(page, 'Course net');
  await field(page, 'Epochs').fill('3');
  await field(page, 'Batch size').fill(bigBatch);
  const [run] = (await started(page, 1, pressing(page, /^Train Course net/))) as [string];
  await expect(state(page, run, 'Training')).toBeVisible();
  await expect.poll(() => points(page)).toBeGreaterThan(0);
  await host.stop('SIGKILL');
  // On the desktop the window ends with its program.
  if (!isDesktop()) await expect(page.getByText('Stride is not responding')).toBeVisible();

  await host.start();
  await open(page);
  await expect(state(page, run, 'Interrupted')).toBeVisible();
  await press(panel(page, run).getByRole('button', { name: 'Resume' }));
  await expect(state(page, run, 'Finished')).toBeVisible({ timeout: 180_000 });
  await expect.poll(() => points(page)).toBe(3 * bigSteps);
});

test('a number that cannot be is refused where it stands, and nothing starts', async ({ page }) => {
  await open(page);
  await choose(page, 'Course net');
  await press(page.getByRole('button', { name: 'Optimizer', exact: true }));
  const momentum = page.getByRole('textbox', { name: 'Momentum' });
  const start = page.getByRole('button', { name: 'Train Course net' });
  await momentum.fill('1');
  await expect(momentum).toHaveAttribute('aria-invalid', 'true');
  await expect(momentum).toHaveAccessibleDescription('Enter a number from 0 to just below 1');
  await expect(start).toBeDisabled();
  // Folded it still says that something is not right.
  const section = page.getByRole('button', { name: 'Optimizer', exact: true });
  await press(section);
  await expect(section).toHaveAccessibleDescription('Something here needs to be corrected');
  await press(section);
  await press(page.getByRole('button', { name: 'Reset Momentum to 0.5' }));
  await expect(momentum).toHaveValue('0.5');
  await expect(start).toBeEnabled();
});

test('every setting is there: optimizers, the schedule’s curve, augmentation by example', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await open(page);
  await choose(page, 'Course net');
  // What unfolds above a list moves it, on a busy machine between a press and its release: then once more, as anybody would.
  const pick = async (list: string, option: string | RegExp) => {
    const box = page.getByRole('combobox', { name: list, exact: true });
    await expect(async () => {
      if ((await box.getAttribute('aria-expanded')) !== 'true') await press(box);
      await press(page.getByRole('option', { name: option }), { timeout: 2000 });
      await expect(box).toHaveAttribute('aria-expanded', 'false', { timeout: 2000 });
    }).toPass({ timeout: 20_000 });
  };
  await press(page.getByRole('button', { name: 'Optimizer', exact: true }));
  for (const [name, field] of [
    ['Adam', 'β₁'],
    ['AdamW', 'β₂'],
    ['RMSprop', 'α'],
    ['Adagrad', 'Learning rate decay'],
    ['SGD', 'Momentum'],
  ] as const) {
    await pick('Optimizer', new RegExp(`^${name}$`));
    await expect(page.getByRole('textbox', { name: field })).toBeVisible();
  }
  await press(page.getByRole('button', { name: 'Learning-rate schedule', exact: true }));
  await pick('Schedule', /OneCycleLR/);
  await expect(
    page.getByRole('img', { name: 'Learning rate over the epochs: from 0.004 to 0.0000004, 0.1 at most.' }),
  ).toBeVisible();

  await press(page.getByRole('button', { name: 'Augmentation', exact: true }));
  await press(page.getByRole('switch', { name: 'Transform training images at random' }));
  const variant = page.getByRole('img', { name: 'Variant 8' });
  await expect(page.getByRole('img', { name: 'Original: 5' })).toBeVisible();
  const picture = () => variant.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const before = await picture();
  await page.getByRole('textbox', { name: 'Noise' }).fill('0.5');
  await expect.poll(picture).not.toBe(before);

  await press(page.getByRole('button', { name: 'Validation and stopping', exact: true }));
  await press(page.getByRole('switch', { name: 'Stop early' }));
  await pick('Metric', 'Validation loss');
  await expect(page.getByText('There are no validation images')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train Course net' })).toBeDisabled();
  expect(await axeFindings(page, { within: 'form' })).toEqual([]);
  await press(page.getByRole('button', { name: 'Reset to course’s values' }));
  await expect(page.getByRole('button', { name: 'Train Course net' })).toBeEnabled();
  expect(errors).toEqual([]);
});

test('the learning rate changes while a run trains, and it stops after its epoch', async ({ page }) => {
  await open(page);
  await choose(page, 'Course net');
  // More than it will train: only its stop ends it.
  await field(page, 'Epochs').fill('500');
  await field(page, 'Batch size').fill(bigBatch);
  const [name] = (await started(page, 1, pressing(page, /^Train Course net/))) as [string];
  const run = panel(page, name);
  await expect.poll(() => points(page)).toBeGreaterThan(0);
  const steer = run.getByRole('button', { name: `Change the learning rate of ${name}` });
  await expect(steer).toHaveText('0.01');
  await press(steer);
  const rate = page.getByRole('dialog', { name: `Change the learning rate of ${name}` });
  await rate.getByRole('slider', { name: 'Learning rate (log scale)' }).press('ArrowRight');
  await expect(field(page, 'Learning rate').and(rate.getByRole('textbox'))).toHaveValue('0.011');
  await rate.getByRole('textbox', { name: 'Learning rate' }).fill('0.002');
  await press(rate.getByRole('button', { name: 'Change', exact: true }));
  await expect(rate).toBeHidden();
  await expect(steer).toHaveText('0.002');
  await press(run.getByRole('button', { name: `Stop ${name} after this epoch` }));
  await expect(run.getByRole('button', { name: 'Do not stop after this epoch' })).toBeVisible();
  await expect(state(page, name, 'Stopped')).toBeVisible({ timeout: 120_000 });
  await expect.poll(async () => (await points(page)) % bigSteps).toBe(0);
  expect(await points(page)).toBeGreaterThan(0);
  expect(await points(page)).toBeLessThan(500 * bigSteps);

  // What was done is in the run's log.
  await press(run.getByRole('link', { name }));
  await press(page.getByRole('tab', { name: 'Log' }));
  await expect(page.getByRole('tabpanel')).toContainText('0.002');
});

test('several seeds wait for their turn; they are put in another order, begun, taken out', async ({
  page,
}) => {
  await open(page);
  await choose(page, 'Course net');
  await field(page, 'Epochs').fill('500');
  await field(page, 'Batch size').fill(bigBatch);
  await field(page, 'Seeds').fill('1-3');
  await press(page.getByRole('button', { name: 'Machine and order', exact: true }));
  await press(page.getByRole('radio', { name: 'One after the other' }));
  const runs = await started(page, 3, pressing(page, /^Train 3 runs one after another/));
  const [first, second, third] = runs as [string, string, string];
  const queue = queueOf(page);
  await expect(queue.getByRole('link')).toHaveText([second, third]);
  await press(queue.getByRole('button', { name: `Move ${third} up` }));
  await expect(queue.getByRole('link')).toHaveText([third, second]);
  await press(queue.getByRole('button', { name: `Remove ${second} from the queue` }));
  await expect(queue.getByRole('link')).toHaveText([third]);
  await press(queue.getByRole('button', { name: `Start ${third} now` }));
  for (const run of [first, third]) await expect(state(page, run, 'Training')).toBeVisible();
  for (const run of [third, first]) {
    await press(panel(page, run).getByRole('button', { name: `Stop ${run}`, exact: true }));
    await expect(state(page, run, 'Stopped')).toBeVisible({ timeout: 60_000 });
  }
  await expect(queue).toBeHidden();
});

test('keyboard alone starts a run and stops it', async ({ page }) => {
  await open(page);
  await choose(page, 'Course net');
  const tabTo = async (target: Locator) => {
    for (let presses = 0; presses < 100; presses++) {
      await page.keyboard.press('Tab');
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`the keyboard does not reach ${String(target)}`);
  };
  await page.getByRole('heading', { name: 'Train', level: 1 }).focus();
  await tabTo(page.getByRole('checkbox', { name: 'Course net' }));
  await page.keyboard.press('Space');
  await tabTo(page.getByRole('checkbox', { name: 'Homework net' }));
  await page.keyboard.press('Space');
  await tabTo(field(page, 'Epochs'));
  await page.keyboard.type('9');
  await tabTo(field(page, 'Seeds'));
  await page.keyboard.type('7');
  const [name] = (await started(page, 1, () => page.keyboard.press('Enter'))) as [string];
  expect(name).toMatch(/^Homework net #/);
  const run = panel(page, name);
  await expect(run.getByText('Epoch 1 of 9')).toBeVisible();
  await expect.poll(() => points(page)).toBeGreaterThan(0);
  await tabTo(run.getByRole('button', { name: `Stop ${name}`, exact: true }));
  await page.keyboard.press('Enter');
  await expect(state(page, name, 'Stopped')).toBeVisible();
});

test('language and theme change at once and are still there after a restart', async ({ page }) => {
  await open(page);
  await press(page.getByRole('link', { name: 'Settings' }));
  await press(page.getByRole('combobox', { name: 'Language' }));
  await press(page.getByRole('option', { name: '简体中文' }));
  await expect(page.getByRole('heading', { name: '设置', level: 1 })).toBeVisible();
  await press(page.getByRole('radio', { name: '深色' }));
  const root = () => page.locator('html');
  await expect(root()).toHaveAttribute('lang', 'zh-CN');
  await expect(root()).toHaveAttribute('data-theme', 'dark');

  await host.stop();
  await host.start();
  await page.goto(host.url);
  await expect(page.getByRole('heading', { name: '训练', level: 1 })).toBeVisible();
  await expect(root()).toHaveAttribute('data-theme', 'dark');
});
