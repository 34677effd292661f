/**
 * npm start: sets up, then opens the lab. In a desktop window where Electron's runtime and a display are there; else the
 * browser host, which prints its address and opens an app window of an installed browser by itself.
 *
 *     npm start                     npm start -- --port 8080
 *     npm start -- --browser        the browser host even where Electron is there
 */
import process from 'node:process';
import { electronProgram } from './setup/electron.mjs';
import { handOver } from './setup/hand-over.mjs';
import { nodePath } from './setup/node.mjs';
import { setUp } from './setup.mjs';

const context = await setUp('start');
const args = process.argv.slice(2).filter((arg) => arg !== '--browser');
const program = process.argv.includes('--browser') ? undefined : electronProgram(context);
const display =
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

if (program && display) await handOver(program, ['.', ...args], { cwd: context.root });
await handOver(nodePath(context), [context.at('out', 'main', 'browser.js'), ...args]);
