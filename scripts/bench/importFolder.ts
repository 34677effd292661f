/**
 * Imports a folder of many small pictures and measures what docs/data.md states: the peak of the process'
 * memory beyond what it needs without an import, the longest time that a call waits meanwhile, and the time
 * from a cancellation until nothing of the import is left.
 *
 *     node scripts/bench/importFolder.ts [pictures, 200000]
 */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import sharp from 'sharp';
import { createLab } from '../../src/main/lab/lab.ts';

const [count = 200_000] = process.argv.slice(2).map(Number);
const classes = 10;
const side = 28;
const work = mkdtempSync(join(tmpdir(), 'stride-import-'));
const source = (path: string) => new URL(`../../src/main/${path}`, import.meta.url);

/** Writes a thousand pictures of random pixels; the others are hard links to them, which are sooner made. */
async function writePictures(folder: string): Promise<void> {
  for (let i = 0; i < classes; i += 1) mkdirSync(join(folder, String(i)), { recursive: true });
  const pathOf = (i: number) => join(folder, String(i % classes), `${i}.png`);
  const own = Math.min(count, 1000);
  for (let i = 0; i < own; i += 1) {
    const pixels = Uint8Array.from({ length: side * side }, () => Math.random() * 256);
    const raw = { width: side, height: side, channels: 1 } as const;
    writeFileSync(pathOf(i), await sharp(pixels, { raw }).png().toBuffer());
  }
  for (let i = own; i < count; i += 1) linkSync(pathOf(i % own), pathOf(i));
}

/** Returns the peak of the resident memory in MiB and starts a new measurement. */
function peakMemory(): number {
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  writeFileSync('/proc/self/clear_refs', '5');
  return Number(peak) / 1024;
}

const print = (text: string) => process.stdout.write(`${text}\n`);
const folder = join(work, 'pictures');
await writePictures(folder);
const home = join(work, 'home');
const lab = await createLab({
  ...{ home, host: 'terminal' },
  workerPath: source('engine/worker.ts'),
  importerPath: source('datasets/import/importThread.ts'),
});
const left = () => (existsSync(join(home, 'datasets')) ? readdirSync(join(home, 'datasets')) : []);

/** Cancels an import as soon as it has reached the phase and share, and returns the milliseconds until it ended. */
async function cancelled(phase: string, share: number): Promise<number> {
  const ticket = `${phase}-${share}`;
  let asked = 0;
  const off = lab.on('datasets.progress', (progress) => {
    if (asked > 0 || progress.phase !== phase || progress.done < share * (progress.total ?? 0)) return;
    asked = performance.now();
    void lab.call('datasets.cancelImport', { ticket });
  });
  const code = await lab.call('datasets.import', { ticket, from: { path: folder } }).then(
    () => 'imported',
    (error: unknown) => (error as { code: string }).code,
  );
  off();
  if (code !== 'dataset.cancelled' || left().length > 0)
    throw new Error(`${code}; left: ${left().join(', ')}`);
  return performance.now() - asked;
}

try {
  peakMemory();
  const [before, began] = [process.memoryUsage().rss / 2 ** 20, performance.now()];
  let longestWait = 0;
  const asking = setInterval(() => {
    const asked = performance.now();
    void lab
      .call('app.info', {})
      .then(() => (longestWait = Math.max(longestWait, performance.now() - asked)));
  }, 20);
  let [expected, latest] = [performance.now(), 0];
  const beating = setInterval(() => {
    latest = Math.max(latest, performance.now() - expected - 10);
    expected = performance.now();
  }, 10);
  const { entry } = await lab.call('datasets.import', { ticket: 'whole', from: { path: folder } });
  clearInterval(asking);
  clearInterval(beating);
  const { trainCount, testCount } = entry.summary;
  print(
    `imported ${trainCount} + ${testCount} images in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  print(`memory before ${before.toFixed(0)} MiB, peak ${peakMemory().toFixed(0)} MiB`);
  print(
    `the process that answers was busy for at most ${latest.toFixed(0)} ms, a call waited at most ${longestWait.toFixed(0)} ms`,
  );
  await lab.call('datasets.delete', { dataset: entry.summary.id });
  for (const [phase, share] of [
    ['looking', 0],
    ['reading', 0.01],
    ['reading', 0.1],
  ] as const)
    print(
      `cancelled while ${phase}, at ${share * 100} %: ${(await cancelled(phase, share)).toFixed(0)} ms; nothing is left`,
    );
} finally {
  await lab.close();
  rmSync(work, { recursive: true, force: true });
}
