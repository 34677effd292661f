/**
 * On every screen (screens.ts), in both languages, at three sizes: no text is cut off without a way to see it, nothing that
 * can be pressed is covered at its middle, nothing to press lies over another, and no word is untranslated or the program's own.
 */
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { addLongRuns } from '../../scripts/benchWindow/longRuns.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import { layerTypes } from '../../src/shared/layers/index.ts';
import { presetWords, statusWords } from '../../src/shared/runQuery/words.ts';
import { fillHistory } from '../support/manyRuns.ts';
import { addSweep } from '../support/sweptHistory.ts';
import { addUntrainedCheckpoints } from '../support/untrained.ts';
import { auditPage } from './audit.ts';
import { coverOf, coveredParts } from './covers.ts';
import { Host, expect, test } from './host.ts';
import { press } from './press.ts';
import { screens } from './screens.ts';
import { sizes } from './sizes.ts';

const messages = new URL('../../resources/messages/en/', import.meta.url);
const keys = readdirSync(messages).flatMap((file) =>
  Object.keys(JSON.parse(readFileSync(new URL(file, messages), 'utf8')) as object),
);
const internal = [
  ...keys.filter((key) => /[_.]/.test(key)),
  ...Object.keys(presetWords),
  ...Object.keys(statusWords),
  ...layerTypes.filter((type) => /[A-Z\d]/.test(type)),
  ...['rmsProp', 'leakyRelu', 'oneCycle', 'validationLoss', 'validationAccuracy', 'testLoss', 'testAccuracy'],
];
/** Of nets, tags and runs in the history behind the screens, of products, and of this machine. */
const names = [
  ...['course wide', 'Try again', 'baseline', 'attempt', 'look', 'a cpu', 'a net', 'LeNet-5', 'ResNet-8'],
  ...[
    'Leaky ReLU',
    'PyTorch',
    'TensorFlow',
    'Keras',
    'Markdown',
    'manual_seed',
    'STRIDE_HOME',
    'Adam',
    'SGD',
    'CPU',
    '/',
  ],
];

const host = new Host();
test.beforeAll(async () => {
  host.home = mkdtempSync(join(tmpdir(), 'stride-e2e-'));
  fillHistory(host.home, { runs: 60, epochs: 4, losses: true });
  const { summary } = await openDataset('mnist');
  addLongRuns(host.home, 2, 2000, { datasetHash: summary.hash });
  await addUntrainedCheckpoints(host.home, [61, 62]);
  addSweep(host.home);
  await host.start();
});
test.afterAll(() => host.end());

/** Opens the first thing on the screen that has a list, a menu or a panel. Returns what of it is covered, and null where nothing opens. */
async function openFloating(page: Page): Promise<string[] | null> {
  const trigger = page.locator('main [aria-haspopup]:not([disabled]):visible').first();
  if ((await trigger.count()) === 0) return null;
  await press(trigger);
  // The trigger's own tooltip is there as well once it has the focus again.
  const floating = page.locator('[data-bits-floating-content-wrapper]:not(:has([data-tooltip-content]))');
  await expect(floating).toBeVisible();
  // It is placed in the frame after the one in which it appears.
  await expect(floating).toBeInViewport({ ratio: 1 });
  const covered = await floating.evaluate(coveredParts);
  await page.keyboard.press('Escape');
  await expect(floating).toHaveCount(0);
  return covered;
}

test('the audit finds each of these where it is', async ({ page }) => {
  await page.goto(host.url);
  await page.goto(host.at(`#/settings`));
  await page.locator('#heading').waitFor();
  await page.evaluate(`globalThis.coverOf = ${coverOf.toString()}`);
  await page.evaluate(() => {
    document.querySelector('main')!.replaceChildren();
    const put = (tag: string, text: string, style: Partial<CSSStyleDeclaration>) => {
      const element = document.createElement(tag);
      element.textContent = text;
      Object.assign(element.style, { position: 'fixed', height: '30px', width: '80px', ...style });
      document.querySelector('main')!.append(element);
    };
    put('button', 'under', { left: '300px', top: '300px' });
    put('div', 'lid', { left: '300px', top: '300px', background: 'red' });
    put('button', 'left', { left: '500px', top: '300px', position: 'absolute' });
    put('button', 'right', { left: '560px', top: '300px', position: 'absolute' });
    put('div', 'a text that is far too long', {
      left: '300px',
      top: '400px',
      overflow: 'hidden',
      whiteSpace: 'nowrap',
    });
    put('div', 'runs_filter_placeholder', { left: '300px', top: '500px', width: '400px' });
    put('div', 'Nobody has translated this', { left: '300px', top: '550px', width: '400px' });
    put('div', 'epoch undefined', { left: '300px', top: '600px', width: '400px' });
  });
  const found = await page.evaluate(auditPage, { internal, chinese: true, names });
  for (const expected of [
    /^covered: <button> under by <div/,
    /^overlap: <button> left and <button> right/,
    /^cut off: <div> a text that is far too long/,
    /^a name inside the program: runs_filter_placeholder/,
    /^not translated: Nobody has translated this/,
    /^a value that is none: epoch undefined/,
  ])
    expect(found).toContainEqual(expect.stringMatching(expected));
});

for (const language of ['en', 'zh-CN'] as const) {
  test.describe(language, () => {
    test.use({ locale: language, reducedMotion: 'reduce' });

    test(`every screen at three sizes, ${language}`, async ({ page }) => {
      await page.addInitScript(`globalThis.coverOf = ${coverOf.toString()}`);
      await page.goto(host.url);
      await page.locator('#heading').waitFor();
      /** What was found, with the screens on which it was. */
      const found: Record<string, string[]> = {};
      let opened = 0;
      for (const { name, hash, ready = '#heading', prepare, leave } of screens) {
        await page.goto(host.at(`#${hash}`));
        await page.locator(ready).first().waitFor();
        await prepare?.(page);
        for (const size of sizes) {
          await page.setViewportSize(size);
          await page.waitForTimeout(150);
          const audit = () => page.evaluate(auditPage, { internal, chinese: language === 'zh-CN', names });
          let here = await audit();
          // A busy machine takes longer to lay the page out anew, so what is gone a little later does not count.
          for (let wait = 0; wait < 4 && here.length > 0; wait += 1) {
            await page.waitForTimeout(500);
            const later = await audit();
            here = here.filter((each) => later.includes(each));
          }
          for (const each of here) (found[each] ??= []).push(`${name}, ${size.width}×${size.height}`);
        }
        // What floats lies over the same things in every language.
        if (language === 'en' && !leave) {
          const covered = await openFloating(page);
          if (covered) opened++;
          for (const each of covered ?? []) (found[`covered: ${each}`] ??= []).push(name);
        }
        await leave?.(page);
      }
      expect(found).toEqual({});
      if (language === 'en') expect(opened).toBeGreaterThan(12);
    });
  });
}
