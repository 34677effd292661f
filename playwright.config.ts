// The end-to-end tests, against both hosts: the project `browser` drives the browser host in the Chromium that set-up has found
// (node_modules/.stride/setup.json), the project `desktop` the real Electron that it has found, with the same files and those of
// test/desktop, about what only a desktop has.
import { readFileSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

interface Setup {
  chromium?: { path: string };
}

function chromiumPath(): string {
  const file = new URL('./node_modules/.stride/setup.json', import.meta.url);
  let setup: Setup = {};
  try {
    setup = JSON.parse(readFileSync(file, 'utf8')) as Setup;
  } catch {
    // The error below says what to do.
  }
  const found = process.env['CHROME_PATH'] ?? setup.chromium?.path;
  if (!found) throw new Error('No Chromium is set up: run "node scripts/setup.mjs --for test" first.');
  return found;
}

export default defineConfig({
  outputDir: 'test-results/e2e',
  // Each test trains on all cores; a second one at the same time would only make both slow.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  // Limits are for what hangs: a slow machine that is busy takes many times what a quick one does.
  timeout: 600_000,
  expect: { timeout: 100_000 },
  reporter: 'list',
  projects: [
    { name: 'browser', testDir: 'test/e2e' },
    { name: 'desktop', testDir: 'test', testMatch: ['e2e/*.spec.ts', 'desktop/*.spec.ts'] },
  ],
  use: {
    actionTimeout: 100_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromiumPath(),
      args: [
        // Chromium's sandbox needs what containers do not grant; the page under test is our own.
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
