/** Windows of the program in both themes and both languages, of which pictures are taken. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type Page, chromium } from '@playwright/test';
import sharp from 'sharp';
import type { Host } from '../../test/e2e/host.ts';

/** Width of a laptop's screen; pages that scroll are shown in their full height. */
const width = 1440;
const height = 900;
const tallest = 2400;
export const patience = 180_000;

export type Language = 'en' | 'zh-CN';

export interface Look {
  readonly page: Page;
  readonly name: string;
  readonly language: Language;
  /** Returns a message in this window's language. */
  readonly say: (key: string) => string;
}

async function messagesOf(language: Language): Promise<(key: string) => string> {
  const messages = new URL(`../../resources/messages/${language}/`, import.meta.url);
  const all = new Map<string, unknown>();
  for (const file of await readdir(messages)) {
    const words = JSON.parse(await readFile(new URL(file, messages), 'utf8')) as Record<string, unknown>;
    for (const [key, text] of Object.entries(words)) all.set(key, text);
  }
  return (key) => {
    const text = all.get(key);
    if (typeof text !== 'string') throw new Error(`No plain message "${key}".`);
    return text;
  };
}

export async function launch(): Promise<Browser> {
  const setup = new URL('../../node_modules/.stride/setup.json', import.meta.url);
  const { chromium: found } = JSON.parse(await readFile(setup, 'utf8')) as { chromium?: { path: string } };
  const executablePath = process.env['CHROME_PATH'] ?? found?.path;
  if (!executablePath)
    throw new Error('No Chromium is set up: run "node scripts/setup.mjs --for test" first.');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
}

/** Writes a PNG without loss in about three quarters of the bytes that a browser takes for it. */
export async function savePicture(picture: Buffer, file: string): Promise<void> {
  await sharp(picture).removeAlpha().png({ compressionLevel: 9 }).toFile(file);
}

/** One window for each theme and language. */
export class Studio {
  readonly looks: Look[] = [];
  readonly #folder: string;
  readonly #widths: readonly number[];

  /** `folder` is where the pictures are written; `widths` are further widths of the window, each taken into its own picture. */
  constructor(folder: string, widths: readonly number[] = []) {
    this.#folder = folder;
    this.#widths = widths;
  }

  async open(browser: Browser, host: Host): Promise<void> {
    for (const theme of ['light', 'dark'] as const) {
      for (const language of ['en', 'zh-CN'] as const) {
        const context = await browser.newContext({
          viewport: { width, height },
          colorScheme: theme,
          locale: language,
          reducedMotion: 'reduce',
        });
        const page = await context.newPage();
        page.setDefaultTimeout(patience);
        // Each address opens once.
        await page.goto(host.url);
        await page.locator('#heading').waitFor();
        const say = await messagesOf(language);
        this.looks.push({ page, name: `${theme}.${language}`, language, say });
      }
    }
  }

  /** Window for actions whose results all windows show: English, light theme. */
  get first(): Page {
    return this.looks[0]!.page;
  }

  async each(work: (look: Look) => Promise<unknown>): Promise<void> {
    await Promise.all(this.looks.map(work));
  }

  /** Changes only the address, so that a window keeps its state. */
  async go(hash: string): Promise<void> {
    await this.each(async ({ page }) => {
      await page.goto(new URL(hash, page.url()).href);
      await page.locator('#heading').waitFor();
    });
  }

  async shoot(screen: string, tall = false): Promise<void> {
    await this.each(async (look) => {
      for (const each of [width, ...this.#widths]) await this.#take(look, screen, each, tall);
      await look.page.setViewportSize({ width, height });
    });
    process.stdout.write(`${screen}\n`);
  }

  async #take({ page, name }: Look, screen: string, across: number, tall: boolean): Promise<void> {
    if (across !== width) await page.setViewportSize({ width: across, height });
    await page.mouse.move(across / 2, 4);
    if (tall) {
      // A page scrolls inside its frame, so the window is made as tall as the page.
      const content = await page.locator('main').evaluate((main) => {
        main.scrollTop = 0;
        return main.scrollHeight;
      });
      await page.setViewportSize({
        width: across,
        height: Math.min(tallest, Math.max(height, content)),
      });
    }
    // This is the time for charts, fonts and images to settle.
    await page.waitForTimeout(500);
    const file = `${screen}.${name}${across === width ? '' : `.${across}`}.png`;
    await savePicture(await page.screenshot({ animations: 'disabled' }), join(this.#folder, file));
  }
}
