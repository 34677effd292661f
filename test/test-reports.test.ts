/** What "npm test" says of failed tests at its end, from reports that both runners write of files that fail. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { failuresOfPlaywright, failuresOfVitest } from '../scripts/testReports.mjs';

const root = path.resolve(import.meta.dirname, '..');

/** Runs a test runner of this project on files in a folder of their own, inside it for the runner to be found. */
function reportOf<Report>(tool: string, files: Record<string, string>, args: string[]): [Report, string] {
  const parent = path.join(root, 'node_modules/.stride');
  fs.mkdirSync(parent, { recursive: true });
  const folder = fs.mkdtempSync(path.join(parent, 'reports-'));
  try {
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      NO_COLOR: '1',
      PLAYWRIGHT_JSON_OUTPUT_FILE: path.join(folder, 'report.json'),
    };
    for (const name of Object.keys(env)) if (/^(VITEST|FORCE_COLOR|TEST_WORKER)/.test(name)) delete env[name];
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, tool), ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(1);
    return [JSON.parse(fs.readFileSync(path.join(folder, 'report.json'), 'utf8')) as Report, folder];
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

it('names vitest’s failed tests, and a file that cannot be loaded', () => {
  const [report, folder] = reportOf<Parameters<typeof failuresOfVitest>[0]>(
    'node_modules/vitest/vitest.mjs',
    {
      'vitest.config.mjs': 'export default {};',
      'sums.test.mjs': `import { describe, expect, it } from 'vitest';
        describe('sums', () => {
          it('are right', () => expect(1 + 1).toBe(2));
          it('are wrong', () => expect(1 + 1).toBe(3));
        });`,
      'broken.test.mjs': `import './absent.mjs';`,
    },
    ['run', '--reporter=json', '--outputFile.json=report.json'],
  );
  const failures = failuresOfVitest(report, folder).sort();
  expect(failures).toHaveLength(2);
  expect(failures[0]).toMatch(/^broken\.test\.mjs · .*absent\.mjs/);
  expect(failures[1]).toMatch(/^sums\.test\.mjs · sums are wrong · AssertionError: expected 2 to be 3/);
  expect(failuresOfVitest(undefined, folder)).toEqual([]);
});

it('names Playwright’s failed tests with what was expected and found', () => {
  const [report] = reportOf<Parameters<typeof failuresOfPlaywright>[0]>(
    'node_modules/@playwright/test/cli.js',
    {
      'playwright.config.mjs': `export default { testDir: '.', testMatch: '*.spec.mjs' };`,
      'sums.spec.mjs': `import { expect, test } from '@playwright/test';
        test('right', () => expect(1 + 1).toBe(2));
        test('wrong', () => expect(1 + 1).toBe(3));`,
    },
    ['test', '--reporter=json'],
  );
  expect(failuresOfPlaywright(report)).toEqual([
    expect.stringMatching(/^sums\.spec\.mjs:3 · wrong · .*toBe.* \/ Expected: 3 \/ Received: 2/),
  ]);
  expect(failuresOfPlaywright(undefined)).toEqual([]);
});
