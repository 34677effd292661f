/** The Chromium that set-up found. */
import { readFileSync } from 'node:fs';

export function chromiumPath(): string {
  const setup = new URL('../../node_modules/.stride/setup.json', import.meta.url);
  const { chromium } = JSON.parse(readFileSync(setup, 'utf8')) as { chromium?: { path: string } };
  const path = process.env['CHROME_PATH'] ?? chromium?.path;
  if (!path) throw new Error('No Chromium is set up: run "node scripts/setup.mjs --for test" first.');
  return path;
}
