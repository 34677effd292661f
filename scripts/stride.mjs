/**
 * npm run stride -- …: the terminal host. Nothing but what it prints goes to stdout; set-up, where there is any to do,
 * speaks on stderr.
 */
import process from 'node:process';
import { handOver } from './setup/hand-over.mjs';
import { nodePath } from './setup/node.mjs';
import { setUp } from './setup.mjs';

const context = await setUp('stride');
await handOver(nodePath(context), [context.at('out', 'main', 'terminal.js'), ...process.argv.slice(2)]);
