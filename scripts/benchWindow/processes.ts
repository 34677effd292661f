/**
 * Processor time that the browser has used, all its processes together: window, compositor, network. Linux tells it of each
 * process in /proc, in ticks of a hundredth of a second (man 5 proc_pid_stat).
 */
import { readFileSync, readdirSync } from 'node:fs';
import type { Browser } from '@playwright/test';

const ticksPerSecond = 100;

interface Process {
  readonly parent: number;
  /** Seconds. */
  readonly time: number;
}

/** The process number of the browser itself, of which all its other processes descend. */
export async function browserProcess(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const main = processInfo.find(({ type }) => type === 'browser');
  if (!main) throw new Error('the browser does not tell its process number');
  return main.id;
}

/** Seconds of processor time that `root` and its descendants have used, by process number. */
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

/** Seconds by which `after` is more than `before`; a process that is new counts whole. */
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

/** Null for a process that ended meanwhile. */
function readProcess(id: number): Process | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${id}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
  return { parent: parent!, time: (user! + system!) / ticksPerSecond };
}
