/** Looking inside two nets: maps, a unit's products and sum by the keyboard, held against the numbers that the engine sent. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { decodeMessage } from '../../src/shared/base/codec.ts';
import { expect, hostOfThisFile, isDesktop, test, watchForErrors } from './host.ts';
import { press } from './press.ts';

test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1440, height: 900 } });

const host = hostOfThisFile();
const weights = fileURLToPath(new URL('../vectors/models/homework-seed0-epoch1.pt', import.meta.url));
const terminal = fileURLToPath(new URL('../../out/main/terminal.js', import.meta.url));

async function go(page: Page, hash: string): Promise<void> {
  await page.goto(new URL(hash, page.url()).href);
}

/** Numbers as the page writes them. */
const number = (text: string | null) => Number((text ?? '').replaceAll('−', '-').trim());
const step = (page: Page, net: number, place: string) =>
  page.locator(`[data-net="${net}"] [data-step="${place}"]`);
const unit = (page: Page, net: number) => page.locator(`[data-net="${net}"] [data-unit]`);

function expectRelative(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(
    1e-5 * Math.abs(expected) + 1e-9,
  );
}

interface Tensor {
  readonly shape: number[];
  readonly data: Float32Array;
}
interface Traced {
  readonly outputs: { readonly place: string; readonly output: Tensor }[];
  readonly probabilities: Tensor;
}

/** Every trace that the lab has sent to the page, in order. */
function tracesOf(page: Page): Traced[] {
  const traces: Traced[] = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string') return;
      traces.push(...repliesIn(payload));
    }),
  );
  return traces;
}

function repliesIn(payload: Uint8Array): Traced[] {
  const message = decodeMessage(payload) as { kind: string; reply?: Partial<Traced> };
  return message.kind === 'reply' && message.reply && 'outputs' in message.reply
    ? [message.reply as Traced]
    : [];
}

test('both nets are looked into from a run’s page, and in step', async ({ page }) => {
  const errors = watchForErrors(page);
  const stride = (...words: string[]) =>
    promisify(execFile)(process.execPath, [terminal, ...words], {
      env: { ...process.env, STRIDE_HOME: host.home, NODE_OPTIONS: '' },
      maxBuffer: 2 ** 26,
    });
  await stride('train', 'course', '--epochs', '2', '--batch-size', '512', '--json');
  // The other net with weights that PyTorch has trained.
  await stride('import', weights, '--network', 'homework');
  await page.goto(host.url);
  await go(page, '#/runs/1');
  await press(page.getByRole('button', { name: 'Actions', exact: true }));
  await press(page.getByRole('menuitem', { name: 'Look inside' }));
  await expect(page).toHaveURL(/#\/inspect\/1$/);
  await expect(step(page, 1, '0')).toBeVisible();
  await page.getByRole('combobox', { name: 'Add a second net' }).fill('homework');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/inspect\/1,2$/);
  await expect(step(page, 2, '0')).toBeVisible();
  expect(errors).toEqual([]);
});

test('a convolution’s unit is spelled out by the keyboard alone, and equals what the engine computed', async ({
  page,
}) => {
  const traces = tracesOf(page);
  await page.goto(host.url);
  await go(page, '#/inspect/1,2?image=18');
  const layer = step(page, 1, '3');
  const maps = layer.getByRole('application');
  await expect(maps).toBeVisible();
  await maps.focus();
  // To the layer's largest value, and one unit to its left.
  for (const key of ['m', 'ArrowLeft', 'Enter']) await page.keyboard.press(key);
  const own = unit(page, 1);
  await expect(own).toBeVisible();
  await own.getByRole('radio', { name: '3 digits' }).focus();
  await page.keyboard.press('ArrowRight');
  const more = own.getByRole('button', { name: /^Show the products of/ });
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(more).toHaveCount(0);

  const engine = number(await own.locator('[data-engine]').textContent());
  const total = number(await own.locator('[data-total]').textContent());
  const bias = number(await own.locator('[data-bias]').textContent());
  const sums = (await own.locator('[data-channel-sum]').allTextContents()).map(number);
  const products = (await own.locator('[data-cell="product"]').allTextContents()).map(number);
  expect(products).toHaveLength(sums.length * 25);
  sums.forEach((sum, channel) => {
    const added = products.slice(25 * channel, 25 * (channel + 1));
    // The page has seven digits of each product: what is left of them where they cancel is less than that.
    const size = added.reduce((a, b) => a + Math.abs(b), 0);
    expect(Math.abs(added.reduce((a, b) => a + b, 0) - sum)).toBeLessThanOrEqual(1e-6 * size);
  });
  expectRelative(sums.reduce((a, b) => a + b, 0) + bias, total);
  expectRelative(total, engine);

  // What stands on the page against what the engine sent; the desktop's transport has no frames to read.
  if (isDesktop()) return;
  const at = Number(await own.getAttribute('data-unit'));
  const of = (trace: Traced) => trace.outputs.find(({ place }) => place === '3')?.output;
  const sent = traces.map(of).filter((output) => output?.shape[1] === 20);
  // The page writes seven digits.
  const isEngine = (value = NaN) => Math.abs(value - engine) <= 5e-7 * Math.abs(engine);
  expect(sent.map((output) => output?.data[at]).some(isEngine)).toBe(true);
});
