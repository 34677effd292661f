/**
 * npm run bench: sets up, then runs scripts/bench.ts under Node 24, which runs TypeScript directly; with
 * `profile` as the first argument, scripts/bench/profile.ts.
 */
import process from 'node:process';
import { handOver } from './setup/hand-over.mjs';
import { nodePath } from './setup/node.mjs';
import { setUp } from './setup.mjs';

const context = await setUp('bench');
const [first, ...rest] = process.argv.slice(2);
const script = first === 'profile' ? ['bench', 'profile.ts'] : ['bench.ts'];
const args = first === 'profile' ? rest : process.argv.slice(2);
await handOver(nodePath(context), [context.at('scripts', ...script), ...args]);
