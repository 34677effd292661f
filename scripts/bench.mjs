/** npm run bench: sets up, then runs scripts/bench.ts under Node 24, which runs TypeScript directly. */
import process from 'node:process';
import { handOver } from './setup/hand-over.mjs';
import { nodePath } from './setup/node.mjs';
import { setUp } from './setup.mjs';

const context = await setUp('bench');
await handOver(nodePath(context), [context.at('scripts', 'bench.ts'), ...process.argv.slice(2)]);
