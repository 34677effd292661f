/**
 * Measures the window's speed: the built program in real Chromium, with histories of the sizes that it must
 * handle.
 *
 *     npm run bench:window                 all parts, as a table with targets
 *     npm run bench:window -- charts       only parts whose names start so
 *         --json      as JSON
 *         --check     exit code 1 where a target is missed
 *
 * A part is a file in scripts/benchWindow; each has a history of its own, made by the program's own code.
 */
import { mkdtemp } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { Host } from '../test/e2e/host.ts';
import { chromiumPath } from './benchWindow/chromium.ts';
import { charts } from './benchWindow/charts.ts';
import { compare } from './benchWindow/compare.ts';
import { drawing } from './benchWindow/drawing.ts';
import { inspect } from './benchWindow/inspect.ts';
import { type Measure, type Part, isMet } from './benchWindow/part.ts';
import { manyRuns } from './benchWindow/manyRuns.ts';
import { report } from './benchWindow/report.ts';
import { training } from './benchWindow/training.ts';

const parts: readonly Part[] = [...charts, manyRuns, training, drawing, ...compare, inspect];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, check: { type: 'boolean', default: false } },
});
const wanted = parts.filter(
  ({ name }) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)),
);
if (wanted.length === 0) {
  console.error(`There is no such part; there is ${parts.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const measures: Measure[] = [];
const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});
try {
  for (const part of wanted) {
    if (!options.json) process.stderr.write(`${part.name} …\n`);
    const host = new Host();
    host.home = await mkdtemp(join(tmpdir(), 'stride-bench-window-'));
    try {
      await part.prepare?.(host.home);
      await host.start();
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      measures.push(...(await part.measure(page, host)));
      await page.close();
    } finally {
      await host.end();
    }
  }
} finally {
  await browser.close();
}

const machine = { cpu: cpus()[0]?.model ?? '', cores: availableParallelism(), browser: browser.version() };
if (options.json) console.log(JSON.stringify({ machine, measures }, null, 2));
else console.log(report(measures, machine));
if (options.check && !measures.every(isMet)) process.exitCode = 1;
