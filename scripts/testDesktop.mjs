/**
 * npm run test:desktop: runs all end-to-end tests in the real Electron: those of the browser host, and those
 * of test/desktop. What follows `--` goes to Playwright:
 *
 *     npm run test:desktop -- -g "zoom"
 */
import process from 'node:process';
import { handOver } from './setup/hand-over.mjs';
import { nodePath } from './setup/node.mjs';
import { tool } from './setup/tools.mjs';
import { setUp } from './setup.mjs';

const context = await setUp('test');
await handOver(nodePath(context), [
  tool(context, 'playwright'),
  'test',
  '--project=desktop',
  ...process.argv.slice(2),
]);
