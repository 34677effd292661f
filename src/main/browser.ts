/**
 * The browser host, for machines without a display, for SSH tunnels, and wherever Electron's runtime is not
 * available. This file only connects the parts in `browser/`. It must not import `electron`, not even
 * indirectly.
 */
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { runBrowserHost } from './browser/host.ts';
import { type BrowserOptions, addBrowserOptions } from './browser/options.ts';
import importerPath from './datasets/import/importThread?modulePath';
import workerPath from './engine/worker?modulePath';
import { parseCommandLine, tameCommander } from './host/commandLine.ts';
import { exitCodes } from './host/exitCodes.ts';
import { languageOf, setLanguage } from './host/language.ts';
import { createLab } from './lab/lab.ts';

setLanguage(languageOf(process.env));
const program = addBrowserOptions(tameCommander(new Command('stride-browser'), process));
program.action(async (options: BrowserOptions) => {
  const host = {
    createLab: () => createLab({ host: 'browser', workerPath, importerPath }),
    renderer: fileURLToPath(new URL('../renderer', import.meta.url)),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signals: process,
    platform: process.platform,
    env: process.env,
    kill: () => process.exit(exitCodes.interrupted),
  };
  process.exitCode = await runBrowserHost(host, options);
});

process.exitCode = (await parseCommandLine(program, process.argv.slice(2), process)) ?? process.exitCode;
