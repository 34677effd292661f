/**
 * Pictures of every screen, in both themes and both languages, of the built program with real training behind them:
 *
 *     node scripts/build.mjs && node scripts/screens.ts [folder]
 *
 * The folder is docs/screens unless another is named. Needs Node 24 and the Chromium that set-up has found. A picture's
 * name is `screen.theme.language.png`.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium } from '@playwright/test';
import { Host } from '../test/e2e/host.ts';

const looks = (['light', 'dark'] as const).flatMap((theme) =>
  (['en', 'zh-CN'] as const).map((language) => ({ theme, language })),
);
const folder = resolve(process.argv[2] ?? 'docs/screens');
/** As on a laptop; pages that scroll are shown whole. */
const width = 1440;
const height = 900;
const trainingMs = 15 * 60_000;

const host = new Host();
await mkdir(folder, { recursive: true });
await host.start();
const browser = await launch();
try {
  await photograph(browser);
} finally {
  await browser.close();
  await host.end();
}

async function launch(): Promise<Browser> {
  const setup = new URL('../node_modules/.stride/setup.json', import.meta.url);
  const { chromium: found } = JSON.parse(await readFile(setup, 'utf8')) as { chromium?: { path: string } };
  const executablePath = process.env['CHROME_PATH'] ?? found?.path;
  if (!executablePath)
    throw new Error('No Chromium is set up: run "node scripts/setup.mjs --for test" first.');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
}

async function photograph(browser: Browser): Promise<void> {
  const pages: { page: Page; context: BrowserContext; name: string }[] = [];
  for (const { theme, language } of looks) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      locale: language,
    });
    const page = await context.newPage();
    await page.goto(host.url);
    await page.locator('#heading').waitFor();
    pages.push({ page, context, name: `${theme}.${language}` });
  }

  const shoot = async (screen: string, tall = false) => {
    for (const { page, name } of pages) {
      // A page scrolls inside its frame, so the window is made as high as the page.
      const content = tall
        ? await page.locator('main > .view').evaluate((view) => view.scrollHeight)
        : height;
      await page.setViewportSize({ width, height: Math.max(height, content) });
      await page.mouse.move(0, 0);
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(folder, `${screen}.${name}.png`) });
      await page.setViewportSize({ width, height });
    }
    process.stdout.write(`${screen}\n`);
  };
  const goTo = async (hash: string) => {
    for (const { page } of pages) await page.goto(new URL(hash, page.url()).href);
  };

  const [{ page: first }] = pages as [(typeof pages)[number]];
  const number = (label: string) => first.getByRole('textbox', { name: label });
  const start = () => first.locator('form button[type=submit]').click();
  const reached = (run: string, text: string) =>
    first.getByRole('article', { name: run }).getByText(text).waitFor({ timeout: trainingMs });
  const finished = (runs: number) =>
    first
      .locator('article [data-status=finished]')
      .nth(runs - 1)
      .waitFor({ timeout: trainingMs });

  await shoot('welcome');
  await goTo('#/train');
  for (const { page } of pages) await page.getByRole('checkbox').first().waitFor();
  await shoot('train-empty');
  await goTo('#/runs');
  await shoot('runs-empty');
  await goTo('#/train');

  // A few runs that tell different stories, then the two nets side by side.
  await number('Epochs').fill('2');
  await number('Seed').fill('1');
  await start();
  await finished(1);
  await number('Learning rate').fill('0.05');
  await start();
  await reached('Course net #2', 'Epoch 2 of 2');
  await first.getByRole('button', { name: 'Stop Course net #2' }).click();
  await first.locator('article [data-status=stopped]').waitFor();
  await first.getByRole('button', { name: 'Reset to course’s values' }).click();

  await first.getByRole('checkbox', { name: /Homework net/ }).click();
  await number('Epochs, Course net').fill('5');
  await number('Epochs, Homework net').fill('5');
  await start();
  await reached('Homework net #4', 'Epoch 4 of 5');
  await goTo('#/train');
  await shoot('train');
  await goTo('#/runs');
  await shoot('runs');
  await goTo('#/train');
  await finished(2);
  await first.locator('article a').first().click();
  const hash = new URL(first.url()).hash;
  await goTo(hash);
  for (const { page } of pages) await page.locator('table[aria-label]').waitFor();
  await shoot('run', true);
  await goTo('#/settings');
  await shoot('settings');
}
