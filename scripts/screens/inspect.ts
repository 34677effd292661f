/** Pictures of every part of Inspect, with the runs 1 and 2 side by side. */
import type { Page } from '@playwright/test';
import type { Studio } from './studio.ts';

/** Draws a seven on the pad. */
async function drawSeven(page: Page): Promise<void> {
  const box = (await page.locator('[data-pad]').boundingBox())!;
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(0.28, 0.22));
  await page.mouse.down();
  await page.mouse.move(...at(0.72, 0.22), { steps: 8 });
  await page.mouse.move(...at(0.45, 0.85), { steps: 12 });
  await page.mouse.up();
  await page.locator('[data-net="2"] [data-bars]').waitFor();
}

/** Spells out the unit with the largest value of the first pooling layer's input. */
async function spellOut(page: Page): Promise<void> {
  await page.locator('[data-net="1"] [data-step="0"] [data-maps]').focus();
  for (const key of ['m', 'Enter']) await page.keyboard.press(key);
  await page.locator('[data-net="1"] [data-unit]').waitFor();
}

interface Part {
  readonly ready: string;
  readonly query?: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

const parts: Readonly<Record<string, Part>> = {
  look: { ready: '[data-net="2"] [data-step="0"] canvas', prepare: spellOut },
  set: { ready: '[data-image]', query: '&outcome=wrong' },
  units: {
    ready: '[data-net="2"] [data-units] button',
    prepare: async (page) => {
      await page.locator('[data-net="1"] [data-units] button').first().click();
      await page.locator('[data-net="1"] [data-unit-tile="0"]').click();
      await page.locator('[data-waking]').nth(8).waitFor();
    },
  },
  weights: { ready: '[data-net="2"] [data-filter]' },
  embedding: { ready: '[data-net="2"] [data-scatter]' },
  time: { ready: '[data-net="2"] canvas', query: '&epoch=1' },
  draw: { ready: '[data-pad]', prepare: drawSeven },
  back: { ready: '[data-net="2"] [data-map="gradCam"] canvas' },
  robust: { ready: '[data-net="2"] [data-distorted-prediction]', query: '&change=rotation' },
};

export async function inspect(studio: Studio): Promise<void> {
  await studio.go('#/inspect');
  await studio.shoot('inspect-empty');
  for (const [tab, { ready, query = '', prepare }] of Object.entries(parts)) {
    await studio.go(`#/inspect/1,2?tab=${tab}&image=18${query}`);
    await studio.each(async ({ page }) => {
      await page.locator(ready).first().waitFor();
      await prepare?.(page);
    });
    await studio.shoot(tab === 'look' ? 'inspect' : `inspect-${tab}`, tab !== 'set' && tab !== 'look');
  }
}
