/**
 * npm start: sets up, then opens the lab: in a desktop window if Electron's runtime and a display are
 * available, otherwise with the browser host, which prints its address and opens an app window of an
 * installed browser.
 *
 *     npm start                     npm start -- --port 8080
 *     npm start -- --browser        the browser host even where Electron is there
 */
import process from 'node:process';
import { electronProgram, hasDisplay } from './setup/electron.mjs';
import { attend, handOver } from './setup/hand-over.mjs';
import { spoken } from './setup/language.mjs';
import { nodePath } from './setup/node.mjs';
import { setUp } from './setup.mjs';

/**
 * Milliseconds within which an Electron that ends with an error counts as not started: there is no sandbox in
 * this container or for root, a display does not respond, or a library is missing. Its own messages are on
 * the terminal.
 */
const COMING_UP_MS = 10_000;

const context = await setUp('start');
const args = process.argv.slice(2).filter((arg) => arg !== '--browser');
const program = process.argv.includes('--browser') ? undefined : electronProgram(context);

if (program && hasDisplay(context)) {
  const started = Date.now();
  const { code, signal } = await attend(program, ['.', ...args], { cwd: context.root });
  const failed =
    code !== 0 && signal !== 'SIGINT' && signal !== 'SIGTERM' && Date.now() - started < COMING_UP_MS;
  if (!failed) process.exit(code ?? 130);
  process.stderr.write(spoken('The desktop window could not be opened: the lab opens in the browser.\n'));
}
await handOver(nodePath(context), [context.at('out', 'main', 'browser.js'), ...args]);
