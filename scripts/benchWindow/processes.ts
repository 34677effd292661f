/**
 * Measures the processor time of all of the browser's processes: window, compositor, network. Linux reports
 * it for each process in /proc, in ticks of a hundredth of a second (man 5 proc_pid_stat).
 */
import { readFileSync, readdirSync } from 'node:fs';
import type { Browser } from '@playwright/test';

const ticksPerSecond = 100;

interface Process {
  readonly parent: number;
  /** Processor time in seconds. */
  readonly time: number;
}

/** Returns the process number of the browser itself, the ancestor of all its other processes. */
export async function browserProcess(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const main = processInfo.find(({ type }) => type === 'browser');
  if (!main) throw new Error('the browser does not tell its process number');
  return main.id;
}

/** Returns the seconds of processor time of `root` and its descendants, by process number. */
export function processorTimes(root: number): Map<number, number> {
  const all = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const process = readProcess(Number(name));
    if (process) all.set(Number(name), process);
  }
  const times = new Map<number, number>();
  for (const [id, { time }] of all) if (descends(all, id, root)) times.set(id, time);
  return times;
}

/** Returns the seconds by which `after` exceeds `before`; a new process counts in full. */
export function timeBetween(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [id, time] of after) sum += time - (before.get(id) ?? 0);
  return sum;
}

function descends(all: ReadonlyMap<number, Process>, id: number, root: number): boolean {
  for (let at: number | undefined = id; at !== undefined; at = all.get(at)?.parent) {
    if (at === root) return true;
  }
  return false;
}

/** Returns null for a process that has ended meanwhile. */
function readProcess(id: number): Process | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${id}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name, in parentheses, may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
  return { parent: parent!, time: (user! + system!) / ticksPerSecond };
}
