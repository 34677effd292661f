/**
 * The machine's total and free memory, from which it is decided beforehand whether a net fits. In a container
 * the limits of all cgroups above the process apply; a cgroup's file cache is reclaimed when memory is needed
 * and counts as free. STRIDE_MEMORY_LIMIT (bytes) lowers both on a shared machine.
 */
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

export interface Memory {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

export function readMemory(env: NodeJS.ProcessEnv = process.env, root = '/'): Memory {
  const own = Number(env['STRIDE_MEMORY_LIMIT']);
  const limit = own > 0 ? own : Infinity;
  const groups = process.platform === 'linux' ? cgroups(root) : [];
  return {
    totalBytes: Math.min(totalmem(), limit, ...groups.map(({ max }) => max)),
    freeBytes: Math.min(freemem(), limit, ...groups.map(({ max, used }) => Math.max(0, max - used))),
  };
}

interface Group {
  readonly max: number;
  /** Used bytes without the file cache. */
  readonly used: number;
}

/**
 * Returns the process' cgroups that have a limit, starting with its own
 * (https://docs.kernel.org/admin-guide/cgroup-v2.html).
 */
function cgroups(root: string): Group[] {
  const found: Group[] = [];
  for (const line of text(join(root, 'proc/self/cgroup')).split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const second = controllers === '';
    if (!second && !controllers.split(',').includes('memory')) continue;
    const base = join(root, 'sys/fs/cgroup', second ? '' : 'memory');
    for (let folder = path; ; folder = dirname(folder)) {
      const group = second ? groupV2(join(base, folder)) : groupV1(join(base, folder));
      if (group) found.push(group);
      if (folder === '/' || folder === '.') break;
    }
  }
  return found;
}

function groupV2(folder: string): Group | null {
  const max = number(text(join(folder, 'memory.max')));
  if (max === null) return null;
  const stat = text(join(folder, 'memory.stat'));
  const used = number(text(join(folder, 'memory.current'))) ?? 0;
  return { max, used: used - field(stat, 'active_file') - field(stat, 'inactive_file') };
}

function groupV1(folder: string): Group | null {
  const max = number(text(join(folder, 'memory.limit_in_bytes')));
  // Without a limit, it is the largest number that the kernel's counter can hold.
  if (max === null || max > 2 ** 60) return null;
  const stat = text(join(folder, 'memory.stat'));
  const used = number(text(join(folder, 'memory.usage_in_bytes'))) ?? 0;
  return { max, used: used - field(stat, 'total_active_file') - field(stat, 'total_inactive_file') };
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Returns null for `max` and for a missing file. */
function number(value: string): number | null {
  return /^\d+\s*$/.test(value) ? Number(value) : null;
}

function field(stat: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
}
