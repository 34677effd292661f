/** Every part of Inspect with a net of all layer kinds, residual blocks included, on colour images. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Network } from '../../src/shared/network/network.ts';
import { userFolder } from '../desktop/stage.ts';
import { expect, hostOfThisFile, test, watchForErrors } from './host.ts';
import { expectAccessible, go, spelledOut, step } from './inspecting.ts';
import { press } from './press.ts';
import { inTerminal } from './terminal.ts';

test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1440, height: 900 } });

const host = hostOfThisFile();
const side = 12;

/** All layer kinds, and a block with a projection and one without. */
const network: Network = {
  name: 'colour',
  input: { channels: 3, height: side, width: side },
  layers: [
    { type: 'conv2d', filters: 4, kernelSize: 3, padding: 1 },
    { type: 'batchNorm2d' },
    { type: 'activation', function: 'relu' },
    {
      type: 'residual',
      layers: [
        { type: 'conv2d', filters: 4, kernelSize: 3, padding: 1 },
        { type: 'activation', function: 'relu' },
      ],
    },
    {
      type: 'residual',
      layers: [{ type: 'conv2d', filters: 6, kernelSize: 3, stride: 2, padding: 1 }, { type: 'batchNorm2d' }],
    },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'avgPool2d', kernelSize: 3, stride: 1, padding: 1 },
    { type: 'dropout', p: 0.1 },
    { type: 'flatten' },
    { type: 'linear', units: 8 },
    { type: 'activation', function: 'tanh' },
    { type: 'linear', units: 3 },
  ],
};

/** Pictures of which a class has more of its own colour than of the others. */
async function picturesIn(folder: string): Promise<void> {
  for (const [part, count] of [
    ['train', 24],
    ['test', 10],
  ] as const) {
    for (const [own, name] of ['red', 'green', 'blue'].entries()) {
      const of = join(folder, part, name);
      mkdirSync(of, { recursive: true });
      for (let i = 0; i < count; i++) {
        const raw = Buffer.from(
          Array.from(
            { length: 3 * side * side },
            (_, at) => ((at * 29 + i * 53 + (part === 'test' ? 7 : 0)) % 120) + (at % 3 === own ? 120 : 0),
          ),
        );
        const size = { width: side, height: side, channels: 3 as const };
        await sharp(raw, { raw: size })
          .png()
          .toFile(join(of, `${i}.png`));
      }
    }
  }
}

test.beforeAll(async () => {
  const folder = userFolder('stride-colours-');
  try {
    await picturesIn(join(folder, 'pictures'));
    writeFileSync(join(folder, 'net.json'), JSON.stringify(network));
    await inTerminal(host, 'datasets', 'import', join(folder, 'pictures'), '--name', 'colours');
    const words = [join(folder, 'net.json'), '--dataset', 'colours', '--epochs', '2', '--batch-size', '8'];
    await inTerminal(host, 'train', ...words, '--json');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every unit kind of the net is spelled out, and equals what the engine computed', async ({ page }) => {
  const errors = watchForErrors(page);
  await page.goto(host.url);
  await go(page, '#/inspect/1?image=2');
  await expect(step(page, 1, '0')).toBeVisible();
  const units = await spelledOut(page, 1);
  // The layers within the two blocks, and the projection of the second one.
  expect(units.length).toBe(network.layers.length + 4 + 1);
  for (const { place, total, engine } of units)
    expect(Math.abs(total - engine), place).toBeLessThanOrEqual(1e-5 * Math.abs(engine) + 1e-6);
  expect(errors).toEqual([]);
});

/** What is there when a part has its answer. */
const parts: Readonly<Record<string, string>> = {
  set: '[data-listed="30"]',
  units: '[data-units="3.layers.0"] button',
  weights: '[data-weights="4.layers.0"] [data-filter]',
  embedding: '[data-scatter="30"]',
  time: '[data-cursor-epoch="2"] canvas',
  draw: '[data-pad]',
  back: '[data-map="occlusion"] canvas',
  robust: '[data-distorted-prediction]',
};

test('every part has its answer for colour images and blocks', async ({ page }) => {
  const errors = watchForErrors(page);
  await page.goto(host.url);
  for (const [tab, ready] of Object.entries(parts)) {
    await go(page, `#/inspect/1?tab=${tab}`);
    await expect(page.locator(ready).first()).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    // The other parts are examined in inspectTestSet.spec.ts.
    if (['weights', 'time', 'draw'].includes(tab)) await expectAccessible(page);
  }
  await go(page, '#/inspect/1?tab=back');
  for (const map of ['gradient', 'smoothGrad', 'occlusion', 'gradCam'])
    await expect(page.locator(`[data-map="${map}"] canvas`)).toBeVisible();
  await expectAccessible(page);
  // The drawing is given to the net in all three colours.
  await go(page, '#/inspect/1?tab=draw');
  await press(page.getByRole('button', { name: /^Put test image/ }));
  await expect(page.locator('[data-net="1"] [data-bars]')).toBeVisible();
  await go(page, '#/inspect/1?tab=robust&change=blur');
  await press(page.getByRole('button', { name: 'Compute over the test set' }));
  const row = page.getByRole('table', { name: /^Accuracy on the test set/ }).locator('tbody tr');
  await expect(row).toHaveCount(1);
  expect(errors).toEqual([]);
});
