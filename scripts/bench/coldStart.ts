/**
 * Measures what a run of the course's net costs beside its epochs: the seconds from `stride train` to its first step,
 * and the peak of the host's memory. Each time is that of a new process; the first of each round has an empty home, so
 * that it measures whose kernels are faster before it begins.
 *
 *     node scripts/bench/coldStart.ts [rounds, 3]
 *
 * Needs Linux, whose `/proc` has the peak.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [rounds = 3] = process.argv.slice(2).map(Number);
const stride = fileURLToPath(new URL('../stride.mjs', import.meta.url));

interface Line {
  readonly type: string;
  readonly batch?: number;
  readonly trainSeconds?: number;
}

interface Trained {
  /** Milliseconds from the start of the process to the last running loss of the first epoch. */
  readonly toLastLoss: number;
  /** Milliseconds of the first epoch's steps. */
  readonly steps: number;
  /** Largest resident memory of the host in MiB. */
  readonly peak: number;
}

/** Returns the peak of the memory of the program that `stride.mjs` starts, or 0 before that or after its end. */
function peakOfHost(launcher: number): number {
  try {
    const [child] = readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'utf8').trim().split(' ');
    const status = child ? readFileSync(`/proc/${child}/status`, 'utf8') : '';
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function train(home: string, options: readonly string[]): Promise<Trained> {
  const began = performance.now();
  const child = spawn(process.execPath, [stride, 'train', 'course', '--json', ...options], {
    env: { ...process.env, STRIDE_HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, peakOfHost(child.pid as number))), 50);
  let [toLastLoss, steps] = [0, 0];
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.type === 'running-loss' && steps === 0) toLastLoss = performance.now() - began;
    if (line.type === 'epoch' && steps === 0) steps = 1000 * (line.trainSeconds as number);
  }
  clearInterval(timer);
  if (steps === 0) throw new Error(`the run ended before its first epoch had (exit code ${child.exitCode})`);
  return { toLastLoss, steps, peak };
}

// With 200 images a step, the running loss that comes every 300 steps comes with an epoch's last one.
const start = ['--epochs', '1', '--batch-size', '200'];
for (let round = 0; round < rounds; round += 1) {
  const home = mkdtempSync(join(tmpdir(), 'stride-start-'));
  try {
    for (const name of ['empty home', 'the same home']) {
      const { toLastLoss, steps } = await train(home, start);
      process.stdout.write(`${name}: first step after ${((toLastLoss - steps) / 1000).toFixed(2)} s\n`);
    }
  } finally {
    rmSync(home, { recursive: true });
  }
}
for (let round = 0; round < rounds; round += 1) {
  const home = mkdtempSync(join(tmpdir(), 'stride-start-'));
  try {
    const { peak } = await train(home, ['--epochs', '5']);
    process.stdout.write(`empty home, 5 epochs: ${peak.toFixed(0)} MiB at most\n`);
  } finally {
    rmSync(home, { recursive: true });
  }
}
