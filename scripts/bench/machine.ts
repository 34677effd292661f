/** The machine on which the bench runs, and whether it has it to itself. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import process from 'node:process';

export interface MachineDescription {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
}

export function describeMachine(): MachineDescription {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
  };
}

/** The mean number of processes that wanted a core in the last minute; 0 on Windows, which does not count them. */
export const load = (): number => loadavg()[0] ?? 0;

/** From here on the load before the start says that others are at work. */
const quietLoad = 0.5;
/** From here on the share of the cores that others took does. */
const quietShare = 0.05;

/** Processor time since the machine and the processes started, in Linux's ticks. */
interface Times {
  /** Everybody's, and what the host of a virtual machine took. */
  readonly busy: number;
  readonly idle: number;
  readonly own: number;
}

function times(pids: readonly number[]): Times | undefined {
  try {
    // proc(5): user nice system idle iowait irq softirq steal
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0] = readFileSync(
      '/proc/stat',
      'utf8',
    )
      .split('\n', 1)
      .join()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    const own = [process.pid, ...pids].map((pid) => {
      // Fields 14 and 15, counted from 1; the second one is the program's name in brackets, which may hold spaces.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(fields[11]) + Number(fields[12]);
    });
    return {
      busy: user + nice + system + irq + soft + steal,
      idle: idle + wait,
      own: own.reduce((a, b) => a + b, 0),
    };
  } catch {
    return undefined;
  }
}

export interface Company {
  readonly loadAfter: number;
  /** Share of all cores' time that went to other processes while it was measured; null where the system does not tell. */
  readonly othersShare: number | null;
}

/** Watches who else is at work while these processes are measured; the result is a function that ends it. */
export function watchCompany(pids: readonly number[]): () => Company {
  const before = times(pids);
  return () => {
    const after = times(pids);
    return {
      loadAfter: load(),
      othersShare: before && after ? othersShare(before, after) : null,
    };
  };
}

function othersShare(before: Times, after: Times): number {
  const busy = after.busy - before.busy;
  const all = busy + after.idle - before.idle;
  return Math.max(0, (busy - (after.own - before.own)) / all);
}

/** A line for people where the figures do not count, else null. `loadAtStart`: before any contestant was started. */
export function warning(loadAtStart: number, { othersShare: share }: Company): string | null {
  const signs = [
    loadAtStart > quietLoad ? `the load was ${loadAtStart.toFixed(1)} before it started` : '',
    share !== null && share > quietShare
      ? `others took ${(100 * share).toFixed(0)} % of the cores meanwhile`
      : '',
  ].filter(Boolean);
  return signs.length > 0
    ? `the machine was busy (${signs.join('; ')}): neither times nor ratios count`
    : null;
}
