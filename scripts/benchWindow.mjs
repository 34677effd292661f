/** npm run bench:window: sets up, builds the program, then runs scripts/benchWindow.ts under Node 24. */
import process from 'node:process';
import { handOver } from './setup/hand-over.mjs';
import { nodePath } from './setup/node.mjs';
import { run } from './setup/run.mjs';
import { setUp } from './setup.mjs';

const context = await setUp('test');
const built = await run(nodePath(context), [context.at('scripts', 'build.mjs')], {
  cwd: context.root,
  env: context.env,
  timeoutMs: 10 * 60_000,
});
if (built.code !== 0) {
  process.stderr.write(built.output);
  process.exit(built.code ?? 1);
}
await handOver(nodePath(context), [context.at('scripts', 'benchWindow.ts'), ...process.argv.slice(2)]);
