/** The machine on which the bench runs, and whether other programs use it. */
import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import process from 'node:process';

export interface MachineDescription {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  /** Vector instructions that the contestants may use. */
  readonly vectors: string;
  /** Flags of the processor as Linux lists them; null on other systems. */
  readonly flags: readonly string[] | null;
}

/** `isa` is the instruction set that the contestants are kept to, if any. */
export function describeMachine(isa: Isa | undefined): MachineDescription {
  const flags = processorFlags();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    vectors: vectorsOf(flags, isa),
    flags,
  };
}

/** An instruction set that all contestants can be kept to. */
export type Isa = 'avx2';

function processorFlags(): string[] | null {
  if (process.platform !== 'linux') return null;
  return /^flags\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? null;
}

/** Names the widest vectors of a processor with these flags, and what the contestants are kept to. */
export function vectorsOf(flags: readonly string[] | null, isa: Isa | undefined): string {
  const widest = [
    ['avx512f', 'AVX-512'],
    ['avx2', 'AVX2'],
    ['avx', 'AVX'],
  ].find(([flag = '']) => flags?.includes(flag))?.[1];
  const own = flags === null ? 'unknown vector width' : (widest ?? 'neither AVX nor AVX2');
  return isa === undefined || own === 'AVX2' ? own : `kept to AVX2 (the processor has ${own})`;
}

/**
 * Returns the mean number of processes that wanted a core in the last minute; 0 on Windows, which does not
 * count them.
 */
export const load = (): number => loadavg()[0] ?? 0;

/** Load before the start from which other programs are assumed to be running. */
const quietLoad = 0.5;
/** Share of the cores used by other programs from which they are assumed to disturb the measurement. */
const quietShare = 0.05;

/** Processor time since the machine and the processes started, in Linux's ticks. */
interface Times {
  /** Time of all processes, including that taken by the host of a virtual machine. */
  readonly busy: number;
  readonly idle: number;
  /** Time of the bench, its contestants and all that they started, also of those that have ended. */
  readonly own: number;
}

/** Returns the time of these processes and of all that they started, in ticks. */
function processorTime(own: Set<number>): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = statOf(Number(name));
      return stat ? [stat] : [];
    });
  // A process that is started later may have a smaller number, so the search goes on until it finds no more.
  for (let before = -1; before !== own.size;) {
    before = own.size;
    for (const { pid, parent } of processes) if (own.has(parent)) own.add(pid);
  }
  return processes.filter(({ pid }) => own.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0);
}

/** Returns null for a process that has ended meanwhile. */
function statOf(pid: number): { pid: number; parent: number; ticks: number } | null {
  try {
    // The second field is the program's name in brackets, which may contain spaces. Counted from 1, field 4 is the parent,
    // and fields 14 to 17 are the process's own time and that of its children that have ended.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    return { pid, parent: fields[1] as number, ticks: fields.slice(11, 15).reduce((a, b) => a + b, 0) };
  } catch {
    return null;
  }
}

function times(pids: readonly number[]): Times | undefined {
  try {
    // The fields are those of proc(5): user nice system idle iowait irq softirq steal
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0] = readFileSync(
      '/proc/stat',
      'utf8',
    )
      .split('\n', 1)
      .join()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return {
      busy: user + nice + system + irq + soft + steal,
      idle: idle + wait,
      own: processorTime(new Set([process.pid, ...pids])),
    };
  } catch {
    return undefined;
  }
}

export interface Company {
  readonly loadAfter: number;
  /**
   * Share of all cores' time that other processes used during the measurement; null if the system does not
   * report it.
   */
  readonly othersShare: number | null;
}

/** Measures the use of the machine by other processes; the returned function ends the measurement. */
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

/**
 * Returns a warning if the figures are not reliable, otherwise null. `loadAtStart` is the load before any
 * contestant was started.
 */
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
